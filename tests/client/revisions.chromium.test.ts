import fc from "fast-check";
import type { Patch } from "rian/client";
import { expect, test } from "vitest";
import { HonestServer, type State } from "./honest-server.ts";
import { ManualClock, manualFetch, manualStreams, turn } from "./manual-network.ts";
import { frame, open, texts, updates } from "./support.ts";

const page = `<p na-scope="a" na-type="T"><b na-bind="n">?</b><i na-error></i></p>`;

function streaming() {
  const clock = new ManualClock();
  const { fetch, requests } = manualFetch();
  const { EventSource, streams } = manualStreams();
  const applied: (readonly Patch[])[] = [];
  const connection = open(page, "sse", {
    fetch,
    EventSource,
    clock,
    random: () => 0.5,
    onPatches: (patches) => applied.push(patches),
  });
  /** Sends an event and answers it. */
  async function send(rev: number, patches: readonly Patch[]): Promise<{ settled: boolean }> {
    const progress = { settled: false };
    connection.send("T", "a", "event").then(() => progress.settled = true);
    await turn();
    await requests.at(-1)!.answer({ ok: true, rev, patches });
    return progress;
  }
  return { clock, requests, streams, connection, applied, send };
}

/** Opens a page that its own event has brought from revision 1 to 2, ahead of the stream. */
async function ahead() {
  const all = streaming();
  all.streams[0]!.send("snapshot", frame("T:a", { n: 1, other: 1 }, 1));
  expect(await all.send(2, updates("T:a", { n: 2 }, 2))).toEqual({ settled: true });
  expect(texts("b")).toEqual(["2"]);
  all.applied.length = 0;
  return all;
}

test("patches of other instances, in an answer or a frame, change nothing of this one", async () => {
  const { streams, send, connection, applied } = streaming();
  const mixed = (n: number, rev: number) => [
    ...updates("T:b", { n: -1 }, 1),
    ...updates("T:a", { n }, rev),
    ...updates("U:a", { n: -2 }, 9),
  ];
  streams[0]!.send("snapshot", { ...frame("T:a", {}, 1), patches: mixed(1, 1) });
  expect(texts("b")).toEqual(["1"]);
  expect(await send(2, mixed(2, 2))).toEqual({ settled: true });
  expect(texts("b")).toEqual(["2"]);
  streams[0]!.send("message", { ...frame("T:a", {}, 3), patches: mixed(3, 3) });
  expect(connection.state("T", "a")).toEqual({ n: 3 });
  await turn();
  expect(applied.slice(1)).toEqual([updates("T:a", { n: 2 }, 2), updates("T:a", { n: 3 }, 3)]);
});

test("an answer without patches of the instance does not advance its revision", async () => {
  const { streams, send } = streaming();
  streams[0]!.send("snapshot", frame("T:a", { n: 1 }, 1));
  for (const patches of [[], updates("T:b", { n: 9 }, 2)]) {
    expect(await send(2, patches)).toEqual({ settled: true });
  }
  const next = await send(3, updates("T:a", { other: 3 }, 3));
  expect(next).toEqual({ settled: false });
  streams[0]!.send("message", frame("T:a", { n: 7 }, 2));
  expect(texts("b")).toEqual(["7"]);
  streams[0]!.send("message", frame("T:a", { other: 3 }, 3));
  await turn();
  expect(next).toEqual({ settled: true });
});

test("a change that was undone between two frames is undone on the page as well", async () => {
  const { streams, applied, connection } = await ahead();
  // Revision 2 set n and 3 set it back: compared to the stream's last frame, at 1, only `other` is new.
  streams[0]!.send("message", frame("T:a", { other: 3 }, 3));
  expect(connection.state("T", "a")).toEqual({ n: 1, other: 3 });
  expect(texts("b")).toEqual(["1"]);
  await turn();
  expect(applied).toEqual([updates("T:a", { n: 1, other: 3 }, 3)]);
});

test("a frame without patches undoes what was undone on the server", async () => {
  const { streams } = await ahead();
  streams[0]!.send("message", frame("T:a", {}, 3));
  expect(texts("b")).toEqual(["1"]);
});

test("a property that the page's own event added is removed when someone else removes it", async () => {
  const { streams, send, applied, connection } = await ahead();
  await send(3, updates("T:a", { name: "x" }, 3));
  applied.length = 0;
  streams[0]!.send("message", frame("T:a", { n: 2 }, 4));
  expect(connection.state("T", "a")).toEqual({ n: 2, other: 1 });
  await turn();
  expect(applied).toEqual([updates("T:a", { name: undefined }, 4)]);
});

test("frames behind the page are kept for those that lead on from them", async () => {
  const { streams, send, connection } = await ahead();
  await send(3, updates("T:a", { n: 3 }, 3));
  streams[0]!.send("message", frame("T:a", { n: 2 }, 2));
  expect(connection.state("T", "a")).toEqual({ n: 3, other: 1 });
  streams[0]!.send("message", frame("T:a", { other: 2 }, 4));
  // The revisions between 2 and 4 left n as it was at 2.
  expect(connection.state("T", "a")).toEqual({ n: 2, other: 2 });
  streams[0]!.send("message", frame("T:a", { n: 9 }, 4));
  expect(connection.state("T", "a")).toEqual({ n: 2, other: 2 });
});

test("an event that is answered before the stream's first snapshot requests the whole state", async () => {
  const { streams, requests, send } = streaming();
  const progress = await send(2, updates("T:a", { n: 2 }, 2));
  expect([progress.settled, requests[1]!.message.event]).toEqual([false, "mount"]);
  await requests[1]!.answer({ ok: true, rev: 2, patches: updates("T:a", { n: 2, m: 1 }, 2) });
  expect([progress.settled, texts("b")]).toEqual([true, ["2"]]);
  streams[0]!.send("snapshot", frame("T:a", { n: 2, m: 1 }, 2));
  streams[0]!.send("message", frame("T:a", { n: 3 }, 3));
  expect(texts("b")).toEqual(["3"]);
});

test("a snapshot without properties empties the page", async () => {
  const { streams, clock, connection } = streaming();
  streams[0]!.send("snapshot", frame("T:a", { n: 1 }, 1));
  await streams[0]!.break();
  await clock.fire(1_000);
  streams[1]!.send("snapshot", frame("T:a", {}, 2));
  expect([texts("b"), connection.state("T", "a")]).toEqual([[""], {}]);
});

test("a snapshot that an answer has overtaken does not undo the answer, and later frames lead on from the snapshot", async () => {
  const { streams, clock, send } = streaming();
  streams[0]!.send("snapshot", frame("T:a", { n: 1 }, 1));
  await streams[0]!.break();
  await clock.fire(1_000);
  expect(await send(2, updates("T:a", { n: 2 }, 2))).toEqual({ settled: true });
  streams[1]!.send("snapshot", frame("T:a", { n: 1 }, 1));
  expect(texts("b")).toEqual(["2"]);
  streams[1]!.send("message", frame("T:a", { other: 1 }, 3));
  expect(texts("b")).toEqual(["1"]);
});

test("a snapshot older than the page was when the stream opened replaces the state", async () => {
  const { streams, clock, send } = streaming();
  streams[0]!.send("snapshot", frame("T:a", { n: 1 }, 1));
  await streams[0]!.break();
  await send(2, updates("T:a", { n: 2 }, 2));
  expect(texts("b")).toEqual(["2"]);
  await clock.fire(1_000);
  streams[1]!.send("snapshot", frame("T:a", { n: 1 }, 1));
  expect(texts("b")).toEqual(["1"]);
});

test("an older snapshot in the middle of a stream replaces the state only if the stream was ahead of it", async () => {
  const { streams } = await ahead();
  streams[0]!.send("snapshot", frame("T:a", { n: 1 }, 1));
  expect(texts("b")).toEqual(["2"]);
  streams[0]!.send("message", frame("T:a", { n: 3 }, 3));
  // The server starts over from an older state.
  streams[0]!.send("snapshot", frame("T:a", { n: 20 }, 2));
  expect(texts("b")).toEqual(["20"]);
  streams[0]!.send("message", frame("T:a", { n: 30 }, 3));
  expect(texts("b")).toEqual(["30"]);
});

test("a snapshot settles the events up to its revision, and all events if the instance was replaced", async () => {
  const { streams, send } = streaming();
  streams[0]!.send("snapshot", frame("T:a", { n: 3 }, 3));
  const first = await send(5, updates("T:a", { n: 5 }, 5));
  const second = await send(9, updates("T:a", { n: 9 }, 9));
  streams[0]!.send("snapshot", frame("T:a", { n: 8 }, 8));
  await turn();
  expect([texts("b"), first.settled, second.settled]).toEqual([["8"], true, false]);
  streams[0]!.send("snapshot", frame("T:a", { n: 0 }, 1));
  await turn();
  expect([texts("b"), second.settled]).toEqual([["0"], true]);
});

test("in whatever order answers, frames and broken streams arrive, the page shows only states that existed, never an older one, and finally the newest", async () => {
  const change = fc.record({
    a: fc.integer({ min: 0, max: 2 }),
    b: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  }, { requiredKeys: [] });
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ name: fc.constant("mine"), change }) },
    { weight: 2, arbitrary: fc.record({ name: fc.constant("theirs"), change }) },
    {
      weight: 8,
      arbitrary: fc.record({
        name: fc.constantFrom("answer", "stream", "deliver", "deliver", "break", "reopen"),
      }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const server = new HonestServer();
      const connection = open(
        `<p na-scope="a" na-type="T"><b na-bind="a"></b><b na-bind="b"></b></p>`,
        server,
      );
      const outcomes: Promise<unknown>[] = [];
      let oldest = 0;
      function check(): void {
        const state = connection.state("T", "a");
        if (state === undefined) return;
        const text = stable(state);
        oldest = server.history.findIndex((past, rev) => rev >= oldest && stable(past) === text);
        expect(oldest, text).not.toBe(-1);
        expect(texts("b")).toEqual([state["a"], state["b"]].map((value) => String(value ?? "")));
      }
      for (const { name, ...more } of steps) {
        const changes = "change" in more ? more.change : {};
        if (name === "mine") outcomes.push(connection.send("T", "a", "set", changes));
        else if (name === "theirs") server.change(changes);
        else server[name as "answer" | "stream" | "deliver" | "break" | "reopen"]();
        await turn();
        check();
      }
      server.reopen();
      for (let quiet = 0; quiet < 3; quiet++) {
        server.stream();
        while (server.deliver() || server.answer()) {
          await turn();
          check();
          quiet = 0;
        }
        await turn();
      }
      await Promise.all(outcomes);
      expect(stable(connection.state("T", "a")!)).toBe(stable(server.history.at(-1)!));
      connection.close();
    }),
    { numRuns: 150 },
  );
});

function stable(state: State): string {
  return JSON.stringify(Object.entries(state).sort());
}
