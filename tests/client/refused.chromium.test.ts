import { expect, test } from "vitest";
import { hear } from "./hear.ts";
import { turn } from "./manual-network.ts";
import { mounted, posting } from "./posting.ts";
import { counter, streaming } from "./streaming.ts";
import {
  emptyAnswer,
  eventAnswer,
  mountAnswer,
  one,
  patch,
  refused,
  snapshot,
  texts,
} from "./support.ts";

/** Opens a page that has shown its state, and loses its stream. */
async function shown() {
  const heard = hear("na:refused");
  const all = streaming();
  all.streams[0]!.open();
  all.streams[0]!.send(snapshot(counter, { n: 1 }, 1));
  all.streams[0]!.send(snapshot("User:a:b", { n: 2 }, 2));
  await all.streams[0]!.break();
  await all.clock.fire(1_000);
  return { ...all, heard };
}

function problem(status: number, more: object = {}): [object, ResponseInit] {
  return [{ title: "Refused", status, code: "forbidden", detail: "You may not", ...more }, {
    status,
    headers: { "content-type": "application/problem+json" },
  }];
}

const refusals: readonly [string, unknown, number, string, string][] = [
  ["a session that has ended", "", 401, "http-401", "The server answered 401"],
  ["a right that was withdrawn", problem(403)[0], 403, "forbidden", "You may not"],
  [
    "a type that is gone",
    { patches: [{ action: "error", code: "unknown-type", message: "No type" }] },
    404,
    "unknown-type",
    "No type",
  ],
  ["too long a request", "<h1>431</h1>", 431, "http-431", "The server answered 431"],
  [
    "a login in place of the stream",
    "<form>Sign in</form>",
    200,
    "other-page",
    "Another page came instead of an answer; sign in again, or reload",
  ],
];

test.for(refusals)(
  "a page that has shown its state says why its stream is refused, and is quiet from then on: %s",
  async ([, body, status, code, message]) => {
    const { streams, requests, clock, heard } = await shown();
    await streams[1]!.refuse();
    expect(requests.map(({ url, init }) => [url, init.method])).toEqual([
      [streams[1]!.url, undefined],
    ]);
    await requests[0]!.answer(body, { status });
    expect(texts("b, i, u")).toEqual(["1", message, "2"]);
    expect(heard).toEqual([`p ${code}`, `p ${code}`]);
    expect([streams.length, requests.length, clock.delays]).toEqual([2, 1, []]);
  },
);

const again: readonly [string, (page: Awaited<ReturnType<typeof shown>>) => unknown][] = [
  ["online", () => dispatchEvent(new Event("online"))],
  ["pageshow", () => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))],
  ["refresh()", ({ connection }) => connection.refresh()],
  ["an accepted event", async ({ connection, requests }) => {
    const outcome = connection.send("User", "a:b", "rename");
    await turn();
    await requests.at(-1)!.answer(eventAnswer("User:a:b", { n: 3 }, 3));
    expect(await outcome).toEqual({ ok: true });
  }],
];

test.for(again)("a stream that was refused is tried again after %s, once", async ([, happen]) => {
  const page = await shown();
  const { streams, requests, clock, heard } = page;
  await streams[1]!.refuse();
  await requests[0]!.answer(...problem(403));
  await happen(page);
  await turn();
  expect(streams).toHaveLength(3);
  expect(streams[2]!.scopes).toEqual(streams[0]!.scopes);
  // Whatever else happens meanwhile, one attempt is under way.
  dispatchEvent(new Event("online"));
  page.connection.refresh();
  expect(streams).toHaveLength(3);
  heard.length = 0;
  await streams[2]!.refuse();
  await requests.at(-1)!.answer(...problem(403));
  expect(heard).toEqual(["p forbidden", "p forbidden"]);
  expect(one("i").textContent).toBe("You may not");

  page.connection.refresh();
  streams[3]!.open();
  streams[3]!.send(snapshot(counter, { n: 8 }, 8));
  streams[3]!.send(snapshot("User:a:b", { n: 9 }, 9));
  expect(texts("b, i, u")).toEqual(["8", "", "9"]);
  page.connection.refresh();
  expect([streams.length, clock.delays.includes(45_000)]).toEqual([4, true]);
});

test("a refused event leaves a refused stream alone", async () => {
  const { streams, requests, connection } = await shown();
  await streams[1]!.refuse();
  await requests[0]!.answer(...problem(403));
  const outcome = connection.send("User", "a:b", "rename");
  await turn();
  await requests[1]!.answer(...problem(403));
  expect(await outcome).toMatchObject({ ok: false });
  expect(streams).toHaveLength(2);
});

test("only what was refused is tried again, and the other instances keep their stream", async () => {
  const { streams, connection } = await shown();
  streams[1]!.open();
  streams[1]!.send(snapshot("User:a:b", { n: 3 }, 3));
  streams[1]!.send(refused(counter, "forbidden", "You may not"));
  expect(texts("b, i, u")).toEqual(["1", "You may not", "3"]);
  connection.refresh();
  expect(streams.slice(1).map(({ scopes, closed }) => [scopes, closed])).toEqual([
    [[counter, "User:a:b"], false],
    [[counter], false],
  ]);
  streams[2]!.send(snapshot(counter, { n: 4 }, 4));
  streams[1]!.send(patch("User:a:b", { n: 4 }, 4));
  expect(texts("b, i, u")).toEqual(["4", "", "4"]);
  connection.close();
  expect(streams.map(({ closed }) => closed)).toEqual([true, true, true]);
});

test("an outage behind a stream is not taken for a refusal", async () => {
  const { streams, requests, clock, heard } = await shown();
  const outages: (() => Promise<void>)[] = [
    () => requests.at(-1)!.answer("", { status: 503, headers: { "retry-after": "7" } }),
    () => requests.at(-1)!.answer("<h1>Bad gateway</h1>", { status: 502 }),
    () => requests.at(-1)!.answer("", { status: 429 }),
    () => requests.at(-1)!.fail(),
    () => requests.at(-1)!.answer("", { headers: { "content-type": "text/event-stream" } }),
  ];
  const pauses: number[] = [];
  for (const outage of outages) {
    await streams.at(-1)!.refuse();
    await outage();
    if (requests.at(-1)!.url.includes("/poll?")) await requests.at(-1)!.fail();
    pauses.push(...clock.delays);
    await clock.fire(30_000);
  }
  expect(pauses).toEqual([7500, 1000, 2000, 4000, 8000]);
  expect([streams.length, heard, texts("i")]).toEqual([7, [], [""]]);
});

test("a question for a refused stream that hangs is given up, and the stream opened again", async () => {
  const { streams, clock, heard } = await shown();
  await streams[1]!.refuse();
  expect(clock.delays).toEqual([30_000]);
  await clock.fire(30_000);
  await clock.fire(1_000);
  expect([streams.length, heard]).toEqual([3, []]);
});

test("an instance that was never shown says once why it is refused, not after each of its events", async () => {
  const heard = hear("na:refused");
  const { streams, requests, connection } = streaming();
  await streams[0]!.refuse();
  await requests[2]!.answer(...problem(403));
  await requests[0]!.answer(...problem(403));
  await requests[1]!.answer(...problem(403));
  expect([one("i").textContent, heard]).toEqual(["You may not", ["p forbidden", "p forbidden"]]);
  for (let event = 1; event <= 3; event++) {
    const outcome = connection.send("Counter", "my list&é", "add");
    await turn();
    await requests.at(-1)!.answer(emptyAnswer(event));
    await requests.at(-1)!.answer(...problem(403));
    expect(await outcome).toEqual({ ok: true });
    await streams.at(-1)!.refuse();
    await requests.at(-1)!.answer(...problem(403));
  }
  expect([one("i").textContent, heard.length, streams.length]).toEqual(["", 2, 4]);
});

test("without a stream, an instance that is refused after it was shown says so, and is asked for again", async () => {
  const heard = hear("na:refused");
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer(eventAnswer("Counter:c", { n: 9 }, 9));
  await requests[1]!.answer(...problem(401));
  expect(await outcome).toEqual({ ok: true });
  expect(heard).toEqual(["p forbidden"]);
  for (const [index, name] of ["online", "pageshow"].entries()) {
    dispatchEvent(new Event(name));
    await turn();
    expect(requests).toHaveLength(3 + index);
    await requests.at(-1)!.answer(...problem(401));
    expect(heard).toHaveLength(2 + index);
  }
  expect(one("i").textContent).toBe("You may not");
  connection.refresh();
  await turn();
  await requests.at(-1)!.answer(mountAnswer("Counter:c", { n: 9 }, 9));
  expect(texts("b, i")).toEqual(["9", ""]);
  connection.refresh();
  dispatchEvent(new Event("online"));
  await turn();
  expect(requests).toHaveLength(5);
});

test("a state that could not be requested, and is refused when it can, says that as well", async () => {
  const codes = [hear("na:unreachable"), hear("na:refused")];
  const { requests, clock, connection } = await posting();
  await requests[1]!.answer(mountAnswer("Counter:d", {}, 1));
  await requests[0]!.answer("", { status: 503, headers: { "retry-after": "60" } });
  await clock.pass(300_001);
  await requests.at(-1)!.fail();
  connection.refresh();
  await turn();
  await requests.at(-1)!.answer(...problem(403));
  expect(codes).toEqual([["p http-503"], ["p unreachable", "p forbidden"]]);
  expect(one("i").textContent).toBe("You may not");
});
