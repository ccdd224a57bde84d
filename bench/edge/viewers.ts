/** How long it takes until the last viewer of an object sees a change, and what that costs a viewer. */
import { HttpConnection } from "../http-connection.ts";
import { median } from "../events/measure.ts";
import { shownRatio, shownTime, table } from "../events/report.ts";

/** One who looks on: hears of each frame. */
interface Viewer {
  close(): void;
}

type Opener = (port: number, instance: string, hear: (bytes: number) => void) => Promise<Viewer>;

const counts: readonly number[] = [1, 50, 300];
const warmUps = 5;

const openers: Readonly<Record<string, Opener>> = { SSE: openStream, WebSocket: openSocket };

/** Measures so many changes for each number of viewers, and returns a table. */
export async function viewersTable(port: number, rounds: number): Promise<string> {
  const rows: string[][] = [];
  for (const [name, open] of Object.entries(openers)) {
    for (const count of counts) rows.push(await rowOf(port, { name, open, count, rounds }));
  }
  return table("A change of a counter in an object, until its last viewer sees it", [
    "viewers",
    "the sender's answer",
    "the last viewer",
    "last ÷ answer",
    "to reach",
    "bytes a viewer a change",
    "requests a change besides its own two",
  ], rows);
}

async function rowOf(port: number, { name, open, count, rounds }: {
  readonly name: string;
  readonly open: Opener;
  readonly count: number;
  readonly rounds: number;
}): Promise<string[]> {
  const instance = `viewers-${name}-${count}`;
  let [bytes, waiting] = [0, 0];
  let seen = () => {};
  const hear = (length: number) => {
    bytes += length;
    if (--waiting === 0) seen();
  };
  const viewers = await Promise.all(
    Array.from({ length: count }, () => open(port, instance, hear)),
  );
  const connection = await HttpConnection.open(port);
  const message = { type: "Counter", instance, event: "add", payload: 1, protocol: 2 };
  const request = connection.requestOf("/objects/event", message);
  const [answers, lasts]: [number[], number[]] = [[], []];
  let before = 0;
  for (let round = -warmUps; round < rounds; round++) {
    if (round === 0) [bytes, before] = [0, await requestsOf(port)];
    waiting = count;
    const all = new Promise<void>((resolve) => seen = resolve);
    const start = performance.now();
    const answered = connection.send(request).then(() => performance.now() - start);
    await all;
    const last = performance.now() - start;
    if (round < 0) {
      await answered;
      continue;
    }
    answers.push(await answered);
    lasts.push(last);
  }
  // Asking for it is one more.
  const requests = await requestsOf(port) - before - 1 - 2 * rounds;
  for (const viewer of viewers) viewer.close();
  connection.close();
  return [
    `${count} by ${name}`,
    shownTime(median(answers) * 1_000),
    shownTime(median(lasts) * 1_000),
    shownRatio(median(lasts.map((last, round) => last / answers[round]!))),
    count === 50 ? "≤ 3" : "",
    (bytes / count / rounds).toFixed(0),
    `${requests / rounds}`,
  ];
}

async function requestsOf(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/requests`);
  const { worker, objects } = await response.json() as Readonly<Record<string, number>>;
  return worker! + objects!;
}

/** Opens a stream, and waits for the whole state. */
async function openStream(...[port, instance, hear]: Parameters<Opener>): Promise<Viewer> {
  const closing = new AbortController();
  const address = `http://127.0.0.1:${port}/objects/stream?scope=Counter:${instance}&have=`;
  const response = await fetch(address, { signal: closing.signal });
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  for (let text = ""; !text.includes('"snapshot"');) {
    text += decoder.decode((await reader.read()).value);
  }
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const frame of decoder.decode(value).split("\n\n")) {
        if (frame.includes('"patch"')) hear(frame.length + 2);
      }
    }
  })().catch(() => {});
  return { close: () => closing.abort() };
}

/** Opens a socket, and waits for the whole state. */
async function openSocket(...[port, instance, hear]: Parameters<Opener>): Promise<Viewer> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/objects/ws`);
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener("error", () => reject(new Error("Cannot open a socket")));
    socket.addEventListener("message", ({ data }) => {
      if (data.includes('"hello"')) {
        socket.send(JSON.stringify({ open: [{ scope: `Counter:${instance}`, have: "" }] }));
      }
      if (data.includes('"snapshot"')) resolve();
      if (data.includes('"patch"')) hear(data.length);
    });
  });
  return { close: () => socket.close() };
}
