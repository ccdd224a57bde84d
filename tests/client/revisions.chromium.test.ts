import type { InstanceFrame } from "rian/client";
import { expect, test } from "vitest";
import { ManualClock, manualFetch, manualStreams, turn } from "./manual-network.ts";
import {
  emptyAnswer,
  eventAnswer,
  mountAnswer,
  open,
  patch,
  snapshot,
  streamedAnswer,
  texts,
} from "./support.ts";

const page = `<p na-scope="a" na-type="T"><b na-bind="n">?</b><i na-error></i></p>`;

function streaming() {
  const clock = new ManualClock();
  const { fetch, requests } = manualFetch();
  const { EventSource, streams } = manualStreams();
  const applied: (readonly InstanceFrame[])[] = [];
  const connection = open(page, "sse", {
    fetch,
    EventSource,
    clock,
    random: () => 0.5,
    onPatches: (frames) => applied.push(frames),
  });
  /** Sends an event and answers it. */
  async function send(answer: object): Promise<{ settled: boolean }> {
    const progress = { settled: false };
    connection.send("T", "a", "event").then(() => progress.settled = true);
    await turn();
    await requests.at(-1)!.answer(answer);
    return progress;
  }
  return { clock, requests, streams, connection, applied, send };
}

/** Opens a page that its own event has brought from revision 1 to 2, ahead of the stream. */
async function ahead() {
  const all = streaming();
  all.streams[0]!.send(snapshot("T:a", { n: 1, other: 1 }, 1));
  expect(await all.send(eventAnswer("T:a", { n: 2 }, 2))).toEqual({ settled: true });
  expect(texts("b")).toEqual(["2"]);
  all.applied.length = 0;
  return all;
}

test("frames of other instances, in an answer or on a stream, change nothing of this one", async () => {
  const { streams, send, connection, applied } = streaming();
  const others = [patch("T:b", { n: -1 }, 2), snapshot("U:a", { n: -2 }, 9)];
  streams[0]!.send(...others, snapshot("T:a", { n: 1 }, 1), ...others);
  expect(texts("b")).toEqual(["1"]);
  const mine = patch("T:a", { n: 2 }, 2);
  expect(await send({ ...emptyAnswer(2), patches: [...others, mine] })).toEqual({ settled: true });
  expect(texts("b")).toEqual(["2"]);
  streams[0]!.send(...others, mine, patch("T:a", { n: 3 }, 3));
  expect(connection.state("T", "a")).toEqual({ n: 3 });
  await turn();
  expect(applied.slice(1)).toEqual([[mine], [patch("T:a", { n: 3 }, 3)]]);
});

test("an answer without a frame of the instance does not advance its revision", async () => {
  const { streams, send } = streaming();
  streams[0]!.send(snapshot("T:a", { n: 1 }, 1));
  const first = await send(emptyAnswer(2));
  const next = await send(eventAnswer("T:a", { other: 3 }, 3));
  expect([first, next]).toEqual([{ settled: false }, { settled: false }]);
  streams[0]!.send(patch("T:a", { n: 7 }, 2));
  await turn();
  expect([texts("b"), first, next]).toEqual([["7"], { settled: true }, { settled: false }]);
  streams[0]!.send(patch("T:a", { other: 3 }, 3));
  await turn();
  expect(next).toEqual({ settled: true });
});

test("an answer that the stream brings is settled once the page shows it", async () => {
  const { streams, send, requests } = streaming();
  streams[0]!.hello(15_000, "mine");
  streams[0]!.send(snapshot("T:a", { n: 1 }, 1, "e1"));
  const progress = await send(streamedAnswer(2, "e1"));
  expect(requests[0]!.message).toMatchObject({ protocol: 2, stream: "mine", epoch: "e1", rev: 1 });
  expect(progress).toEqual({ settled: false });
  streams[0]!.send(patch("T:a", { n: 2 }, 2));
  await turn();
  expect([texts("b"), progress]).toEqual([["2"], { settled: true }]);
});

test("a change that was undone between two frames is undone on the page as well", async () => {
  const { streams, applied, connection } = await ahead();
  // Revision 2 set n and 3 set it back: compared to the stream's last frame, at 1, only `other` is new.
  const frame = patch("T:a", { other: 3 }, 3, 1);
  streams[0]!.send(frame);
  expect(connection.state("T", "a")).toEqual({ n: 1, other: 3 });
  expect(texts("b")).toEqual(["1"]);
  await turn();
  expect(applied).toEqual([[frame]]);
});

test("a frame without operations undoes what was undone on the server", async () => {
  const { streams } = await ahead();
  streams[0]!.send(patch("T:a", {}, 3, 1));
  expect(texts("b")).toEqual(["1"]);
});

test("a property that the page's own event added is removed when someone else removes it", async () => {
  const { streams, send, connection } = await ahead();
  await send(eventAnswer("T:a", { name: "x" }, 3));
  streams[0]!.send(patch("T:a", { n: 2 }, 4, 1));
  expect(connection.state("T", "a")).toEqual({ n: 2, other: 1 });
});

test("frames behind the page are kept for those that lead on from them", async () => {
  const { streams, send, connection } = await ahead();
  await send(eventAnswer("T:a", { n: 3 }, 3));
  streams[0]!.send(patch("T:a", { n: 2 }, 2));
  expect(connection.state("T", "a")).toEqual({ n: 3, other: 1 });
  streams[0]!.send(patch("T:a", { other: 2 }, 4, 2));
  // The revisions between 2 and 4 left n as it was at 2.
  expect(connection.state("T", "a")).toEqual({ n: 2, other: 2 });
  streams[0]!.send(patch("T:a", { n: 9 }, 4));
  expect(connection.state("T", "a")).toEqual({ n: 2, other: 2 });
});

test("an event that is answered before the stream's first frame requests the whole state", async () => {
  const { streams, requests, send } = streaming();
  const progress = await send(eventAnswer("T:a", { n: 2 }, 2));
  expect([progress.settled, requests[1]!.message.event]).toEqual([false, "mount"]);
  await requests[1]!.answer(mountAnswer("T:a", { n: 2, m: 1 }, 2));
  expect([progress.settled, texts("b")]).toEqual([true, ["2"]]);
  streams[0]!.send(snapshot("T:a", { n: 2, m: 1 }, 2));
  streams[0]!.send(patch("T:a", { n: 3 }, 3));
  expect(texts("b")).toEqual(["3"]);
});

test("a snapshot without properties empties the page", async () => {
  const { streams, clock, connection } = streaming();
  streams[0]!.send(snapshot("T:a", { n: 1 }, 1));
  await streams[0]!.break();
  await clock.fire(1_000);
  streams[1]!.send(snapshot("T:a", {}, 2));
  expect([texts("b"), connection.state("T", "a")]).toEqual([[""], {}]);
});

test("a snapshot that an answer has overtaken does not undo the answer, and later frames lead on from the snapshot", async () => {
  const { streams, clock, send } = streaming();
  streams[0]!.send(snapshot("T:a", { n: 1 }, 1));
  await streams[0]!.break();
  await clock.fire(1_000);
  expect(await send(eventAnswer("T:a", { n: 2 }, 2))).toEqual({ settled: true });
  streams[1]!.send(snapshot("T:a", { n: 1 }, 1));
  expect(texts("b")).toEqual(["2"]);
  streams[1]!.send(patch("T:a", { other: 1 }, 3, 1));
  expect(texts("b")).toEqual(["1"]);
});

test("a snapshot older than the page was when the stream opened replaces the state", async () => {
  const { streams, clock, send } = streaming();
  streams[0]!.send(snapshot("T:a", { n: 1 }, 1));
  await streams[0]!.break();
  await send(eventAnswer("T:a", { n: 2 }, 2));
  expect(texts("b")).toEqual(["2"]);
  await clock.fire(1_000);
  streams[1]!.send(snapshot("T:a", { n: 1 }, 1));
  expect(texts("b")).toEqual(["1"]);
});

test("an older snapshot in the middle of a stream replaces the state only if the stream was ahead of it", async () => {
  const { streams } = await ahead();
  streams[0]!.send(snapshot("T:a", { n: 1 }, 1));
  expect(texts("b")).toEqual(["2"]);
  streams[0]!.send(patch("T:a", { n: 3 }, 3, 1));
  // The server starts over from an older state.
  streams[0]!.send(snapshot("T:a", { n: 20 }, 2));
  expect(texts("b")).toEqual(["20"]);
  streams[0]!.send(patch("T:a", { n: 30 }, 3));
  expect(texts("b")).toEqual(["30"]);
});

test("a snapshot settles the events up to its revision, and all events if the instance was set back or created anew", async () => {
  for (const epoch of ["e", "f"]) {
    const { streams, send, connection } = streaming();
    streams[0]!.send(snapshot("T:a", { n: 3 }, 3));
    const first = await send(streamedAnswer(5));
    const second = await send(streamedAnswer(9));
    streams[0]!.send(snapshot("T:a", { n: 8 }, 8));
    await turn();
    expect([texts("b"), first.settled, second.settled]).toEqual([["8"], true, false]);
    streams[0]!.send(snapshot("T:a", { n: 0 }, epoch === "e" ? 1 : 8, epoch));
    await turn();
    expect([texts("b"), second.settled]).toEqual([["0"], true]);
    connection.close();
  }
});

test("an answer of another creation changes nothing until the stream has brought that creation", async () => {
  const { streams, send, requests } = streaming();
  streams[0]!.send(snapshot("T:a", { n: 1 }, 1));
  const progress = await send({ ...eventAnswer("T:a", { n: 9 }, 2), epoch: "f" });
  expect([texts("b"), progress.settled, requests.length]).toEqual([["1"], false, 1]);
  streams[0]!.send(snapshot("T:a", { n: 9 }, 2, "f"));
  await turn();
  expect([texts("b"), progress.settled]).toEqual([["9"], true]);
});
