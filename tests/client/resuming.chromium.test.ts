import type { PatchFrame } from "rian/client";
import { expect, test } from "vitest";
import { stateTag } from "../../src/processor/state-tag.ts";
import { turn } from "./manual-network.ts";
import { counter, streaming } from "./streaming.ts";
import { eventAnswer, one, patch, snapshot, streamedAnswer, texts } from "./support.ts";

const user = "User:a:b";

/** Opens a page that has shown its state, on a stream that has lasted for a while. */
async function steady() {
  const all = streaming();
  all.streams[0]!.open();
  all.streams[0]!.hello(15_000, "first");
  all.streams[0]!.send(snapshot(counter, { n: 1 }, 1, "e~2"), snapshot(user, { n: 5 }, 7, "f"));
  await all.clock.fire(5_000);
  /** Sends an event to the first instance, and answers it. */
  async function send(answer: object): Promise<{ settled: boolean }> {
    const progress = { settled: false };
    all.connection.send("Counter", "my list&é", "add").then(() => progress.settled = true);
    await turn();
    await all.requests.at(-1)!.answer(answer);
    return progress;
  }
  return { ...all, send };
}

function have(epoch: string, rev: number, state: object): string {
  return `${epoch}.${rev}.${stateTag(state)}`;
}

test("a stream that opens again says what the page holds, and its first patches lead on from that", async () => {
  const { streams, requests, send } = await steady();
  expect(streams[0]!.haves).toEqual(["", ""]);
  streams[0]!.send(patch(user, { n: 6 }, 8));
  // The answer of another process is ahead of the stream, which said revision 1 last.
  expect(await send({ ...eventAnswer(counter, { n: 2 }, 2), epoch: "e~2" }))
    .toEqual({ settled: true });
  await streams[0]!.reopen();
  expect(streams[1]!.haves).toEqual([have("e~2", 1, { n: 1 }), have("f", 8, { n: 6 })]);
  // Somebody has undone it since.
  streams[1]!.send(patch(counter, {}, 3, 1), patch(user, {}, 8, 8));
  expect(texts("b, u")).toEqual(["1", "6"]);
  streams[1]!.send(patch(user, { n: 9 }, 9));
  expect([texts("b, u"), requests.length]).toEqual([["1", "9"], 1]);
});

const misfits: readonly [string, PatchFrame][] = [
  ["a patch of a revision that the page has not", patch(user, { n: 9 }, 10, 8)],
  ["a patch that does not fit the state", patch(user, { "m/0": 9 }, 8)],
  ["a patch that leads to a prototype", patch(user, { "__proto__/m": 9 }, 8)],
  ["a patch without operations", { ...patch(user, {}, 8), ops: undefined! }],
];

test.for(misfits)(
  "%s opens the stream again at once, and the page stays as it was",
  async ([, malformed]) => {
    const { streams, connection, clock } = await steady();
    streams[0]!.send(malformed);
    expect([streams.length, streams[0]!.closed]).toEqual([2, true]);
    expect(streams[1]!.haves[1]).toBe(have("f", 7, { n: 5 }));
    streams[1]!.send(patch(user, {}, 7, 7));
    expect(connection.state("User", "a:b")).toEqual({ n: 5 });
    // Not at full pace, if the next stream is no better.
    streams[1]!.send(malformed);
    expect(streams).toHaveLength(2);
    await clock.fire(1_000);
    expect(streams).toHaveLength(3);
    streams[2]!.send(patch(user, { n: 6 }, 8));
    expect(connection.state("User", "a:b")).toEqual({ n: 6 });
  },
);

test("a stream that stays behind an answer for two seconds is opened again, after growing pauses", async () => {
  const { streams, requests, clock, send } = await steady();
  streams[0]!.send({ action: "beat" });
  const progress = await send(streamedAnswer(5, "e~2"));
  // The stream lives, and brings all but that: revision 4, and then nothing.
  streams[0]!.send(patch(counter, { n: 4 }, 4, 1));
  await clock.pass(1_999);
  expect([streams.length, progress.settled]).toEqual([1, false]);
  await clock.pass(1);
  expect([streams.length, requests.length]).toEqual([2, 1]);
  streams[1]!.hello(15_000);
  // The next one brings nothing at all.
  await clock.pass(3_999);
  expect(streams).toHaveLength(2);
  await clock.pass(1);
  await clock.pass(500);
  expect(streams).toHaveLength(3);
  streams[2]!.send(patch(counter, {}, 4, 4));
  await turn();
  expect([progress.settled, one("b").textContent]).toEqual([true, "4"]);
});

test("a page whose own change was undone, unheard by its stream, is right two seconds later", async () => {
  const { streams, clock, send } = await steady();
  expect(await send({ ...eventAnswer(counter, { n: 2 }, 2), epoch: "e~2" }))
    .toEqual({ settled: true });
  expect(one("b").textContent).toBe("2");
  await clock.pass(2_000);
  expect(streams[1]!.haves[0]).toBe(have("e~2", 1, { n: 1 }));
  streams[1]!.send(patch(counter, {}, 3, 1));
  expect(one("b").textContent).toBe("1");
  await clock.pass(30_000);
  expect(streams).toHaveLength(2);
});

test("a stream that keeps up is not opened again", async () => {
  const { streams, clock, send } = await steady();
  const progress = await send(streamedAnswer(2, "e~2"));
  streams[0]!.send(patch(counter, { n: 2 }, 2));
  await turn();
  expect([progress.settled, clock.delays]).toEqual([true, [45_000]]);
});

test("an event names the stream that the page follows, what the page had, and the same when it is sent again", async () => {
  const { streams, requests, clock, connection } = await steady();
  connection.send("Counter", "my list&é", "add");
  await turn();
  const had = { protocol: 2, stream: "first", epoch: "e~2", rev: 1 };
  expect(requests[0]!.message).toMatchObject(had);
  streams[0]!.send(patch(counter, { n: 2 }, 2));
  await streams[0]!.reopen();
  await requests[0]!.fail();
  await clock.fire(1_000);
  expect(requests[1]!.message).toEqual(requests[0]!.message);

  // Until the next stream has said its own name, there is none.
  connection.send("User", "a:b", "add");
  await turn();
  expect(requests[2]!.message).toMatchObject({ epoch: "f", rev: 7 });
  expect(requests[2]!.message.stream).toBeUndefined();
  streams[1]!.hello(15_000, "second");
  await requests[2]!.answer(eventAnswer(user, {}, 0), { status: 422 });
  connection.send("User", "a:b", "add");
  await turn();
  expect(requests[3]!.message.stream).toBe("second");
});
