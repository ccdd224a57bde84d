import type { ErrorFrame } from "rian/client";
import { expect, test } from "vitest";
import { hear } from "./hear.ts";
import { type ManualStream, turn } from "./manual-network.ts";
import { counter, streaming } from "./streaming.ts";
import { eventAnswer, patch, refused, snapshot, texts } from "./support.ts";

const user = "User:a:b";
const both = [counter, user];

/** Opens a page that has shown its state, on a stream that has lasted for a while. */
async function steady() {
  const heard = [hear("na:refused"), hear("na:unreachable")];
  const all = streaming();
  all.streams[0]!.open();
  show(all.streams[0]!, 1, 2);
  await all.clock.fire(5_000);
  return { ...all, heard, told: () => heard.flat() };
}

function show(stream: ManualStream, first: number, second: number): void {
  stream.send(snapshot(counter, { n: first }, first));
  stream.send(snapshot(user, { n: second }, second));
}

function refusal(key: string, code = "forbidden"): ErrorFrame {
  return refused(key, code, "You may not");
}

/** Returns what each stream that was opened follows, and whether it is closed. */
function opened(streams: readonly ManualStream[]): [string[], boolean][] {
  return streams.map(({ scopes, closed }) => [scopes, closed]);
}

test("a stream that the server ends to be opened again is opened at once, and nobody hears of it", async () => {
  const { streams, requests, told } = await steady();
  await streams[0]!.reopen();
  expect(opened(streams)).toEqual([[both, true], [both, false]]);
  expect(texts("b, i, u")).toEqual(["1", "", "2"]);
  show(streams[1]!, 1, 5);
  streams[1]!.send(patch(counter, { n: 2 }, 2));
  expect(texts("b, i, u")).toEqual(["2", "", "5"]);
  expect([requests, told()]).toEqual([[], []]);
});

test("an event that waited for a stream is settled by the one that is opened in its place", async () => {
  const { streams, requests, connection } = await steady();
  const outcome = connection.send("User", "a:b", "rename");
  await turn();
  await requests[0]!.answer(eventAnswer(user, { n: 7 }, 7));
  await streams[0]!.reopen();
  show(streams[1]!, 1, 7);
  expect(await outcome).toEqual({ ok: true });
  expect([requests.length, texts("u")]).toEqual([1, ["7"]]);
});

test("a server that ends each stream at once is asked after growing pauses", async () => {
  const { streams, clock, told } = await steady();
  const pauses: number[] = [];
  await streams[0]!.reopen();
  for (let again = 1; again <= 5; again++) {
    streams.at(-1)!.open();
    show(streams.at(-1)!, again, again);
    await streams.at(-1)!.reopen();
    pauses.push(...clock.delays);
    await clock.fire();
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000]);
  expect([streams.length, told()]).toEqual([7, []]);
});

test("a page whose stream is refused when it is opened again says why, once, and is quiet from then on", async () => {
  const { streams, requests, clock, heard } = await steady();
  await streams[0]!.reopen();
  await streams[1]!.refuse();
  const body = { code: "unauthorized", detail: "Sign in first", status: 401 };
  await requests[0]!.answer(body, { status: 401 });
  expect(heard).toEqual([["p unauthorized", "p unauthorized"], []]);
  expect(texts("b, i, u")).toEqual(["1", "Sign in first", "2"]);
  await clock.fire();
  expect([streams.length, requests.length, clock.delays]).toEqual([2, 1, []]);
});

test("an instance that is refused while it is shown says why, and is not asked for when the stream opens again", async () => {
  const { streams, requests, clock, connection, heard } = await steady();
  streams[0]!.send(refusal(counter));
  expect(heard[0]).toEqual(["p forbidden"]);
  streams[0]!.send(patch(user, { n: 3 }, 3));
  expect(texts("b, i, u")).toEqual(["1", "You may not", "3"]);
  await streams[0]!.reopen();
  streams[1]!.send(snapshot(user, { n: 4 }, 4));
  await streams[1]!.break();
  await clock.fire(1_000);
  expect(opened(streams)).toEqual([[both, true], [[user], true], [[user], false]]);
  streams[2]!.send(snapshot(user, { n: 5 }, 5));
  expect([requests.length, heard[0]!.length]).toEqual([0, 1]);

  connection.refresh();
  expect(opened(streams.slice(2))).toEqual([[[user], false], [[counter], false]]);
  streams[3]!.send(snapshot(counter, { n: 9 }, 9));
  expect(texts("b, i, u")).toEqual(["9", "", "5"]);
  await streams[2]!.break();
  await clock.fire(1_000);
  expect(opened(streams.slice(3))).toEqual([[[counter], false], [[user], false]]);
});

test("a stream of which everything is refused is closed, and all of it asked for when that may help", async () => {
  const { streams, requests, clock, heard } = await steady();
  streams[0]!.send(refusal(counter));
  streams[0]!.send(refusal(user, "gone-away"));
  expect(heard[0]).toEqual(["p forbidden", "p gone-away"]);
  await streams[0]!.break();
  expect([opened(streams), clock.delays, requests]).toEqual([[[both, true]], [], []]);
  dispatchEvent(new Event("online"));
  expect(opened(streams)).toEqual([[both, true], [both, false]]);
});

test.for(["limited", "unavailable", "newer-state"])(
  "an instance that is %s for now is asked for when the stream opens again",
  async (code) => {
    const { streams } = await steady();
    streams[0]!.send(refusal(counter, code));
    await streams[0]!.reopen();
    expect(opened(streams)).toEqual([[both, true], [both, false]]);
    show(streams[1]!, 3, 4);
    expect(texts("b, i, u")).toEqual(["3", "", "4"]);
  },
);
