import { expect, test } from "vitest";
import { ManualClock, manualFetch, turn } from "./manual-network.ts";
import { counter, streaming } from "./streaming.ts";
import {
  eventAnswer,
  mountAnswer,
  one,
  open,
  patch,
  refused,
  snapshot,
  streamedAnswer,
  texts,
} from "./support.ts";

const page = `<p na-scope="my list&é" na-type="Counter"><b na-bind="n">?</b><i na-error></i></p>
  <p na-instance="User:a:b"><u na-bind="n">?</u></p>`;

/** Opens a page that polls, on a network that the test controls. */
function polling() {
  const clock = new ManualClock();
  const { fetch, requests } = manualFetch();
  const connection = open(page, "poll", { baseUrl: "/app/nasc", fetch, clock, random: () => 0.5 });
  return { clock, requests, connection };
}

function haves(url: string): string[] {
  return new URL(url, location.href).searchParams.getAll("have");
}

test("a page that polls asks for all its instances by what it holds, every five seconds", async () => {
  const { clock, requests } = polling();
  expect(requests.map(({ url }) => url))
    .toEqual(["/app/nasc/poll?scope=Counter%3Amy%20list%26%C3%A9&have=&scope=User%3Aa%3Ab&have="]);
  await requests[0]!.answer({
    ok: true,
    frames: [snapshot(counter, { n: 1 }, 1), snapshot("User:a:b", { n: 2 }, 4)],
  });
  expect(texts("b, u")).toEqual(["1", "2"]);
  await clock.pass(4_999);
  expect(requests).toHaveLength(1);
  await clock.pass(1);
  expect(haves(requests[1]!.url).map((have) => have.split(".").slice(0, 2)))
    .toEqual([["e", "1"], ["e", "4"]]);
  await requests[1]!.answer({
    ok: true,
    frames: [patch(counter, { n: 5 }, 3, 1), patch("User:a:b", {}, 4, 4)],
  });
  expect(texts("b, u")).toEqual(["5", "2"]);
});

test("an event of a page that polls names no stream, and its answer is shown at once", async () => {
  const { requests, connection } = polling();
  await requests[0]!.answer({ ok: true, frames: [snapshot(counter, { n: 1 }, 1)] });
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  expect(requests[1]!.message.stream).toBeUndefined();
  await requests[1]!.answer(eventAnswer(counter, { n: 2 }, 2));
  expect([await outcome, texts("b")]).toEqual([{ ok: true }, ["2"]]);
});

test("an event whose answer does not lead on from the page is settled by a poll, two seconds later", async () => {
  const { clock, requests, connection } = polling();
  await requests[0]!.answer({ ok: true, frames: [snapshot(counter, { n: 1 }, 1)] });
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[1]!.answer(streamedAnswer(3));
  await clock.pass(2_000);
  await requests[2]!.answer({ ok: true, frames: [patch(counter, { n: 7 }, 3, 1)] });
  expect([await outcome, texts("b")]).toEqual([{ ok: true }, ["7"]]);
});

test("a poll that was on its way when an event began to wait is followed by another at once", async () => {
  const { clock, requests, connection } = polling();
  await requests[0]!.answer({ ok: true, frames: [snapshot(counter, { n: 1 }, 1)] });
  await clock.pass(3_500);
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[1]!.answer(streamedAnswer(2));
  await clock.pass(1_500);
  expect(requests[2]!.url).toContain("/poll?");
  await clock.pass(500);
  expect(requests).toHaveLength(3);
  // The server had looked before it ran the event.
  await requests[2]!.answer({ ok: true, frames: [] });
  await requests[3]!.answer({ ok: true, frames: [patch(counter, { n: 7 }, 2)] });
  expect([await outcome, texts("b")]).toEqual([{ ok: true }, ["7"]]);
});

test("what a poll refuses is said, and not asked for again until that may help", async () => {
  const { clock, requests } = polling();
  await requests[0]!.answer({
    ok: true,
    frames: [
      refused(counter, "forbidden", "You may not do this"),
      snapshot("User:a:b", { n: 2 }, 4),
    ],
  });
  expect(texts("i, u")).toEqual(["You may not do this", "2"]);
  await clock.pass(5_000);
  expect(requests[1]!.url).toContain("/poll?scope=User%3Aa%3Ab&have=");
});

test("polls that fail go on after growing pauses, or when the server has said", async () => {
  const { clock, requests } = polling();
  await requests[0]!.fail();
  expect(requests.slice(1).map(({ message }) => message.event)).toEqual(["mount", "mount"]);
  expect(clock.delays.toSorted((a, b) => a - b)[0]).toBe(250);
  await clock.pass(250);
  await requests.at(-1)!.answer("", { status: 503, headers: { "retry-after": "7" } });
  expect(clock.delays).toContain(7_500);
  await clock.pass(7_500);
  expect(requests.at(-1)!.url).toContain("/poll?");
});

test("a page that gets another page in place of a poll says so, and keeps what it shows", async () => {
  const { clock, requests, connection } = polling();
  await requests[0]!.answer({ ok: true, frames: [snapshot(counter, { n: 1 }, 1)] });
  await clock.pass(5_000);
  await requests[1]!.answer("<form>Sign in</form>");
  expect(texts("b, i")).toEqual(["1", expect.stringContaining("Another page came")]);
  await clock.pass(60_000);
  expect(requests.slice(2).filter(({ url }) => url.includes("/poll?"))).toEqual([]);
  connection.refresh();
  await requests.at(-1)!.answer({ ok: true, frames: [snapshot(counter, { n: 2 }, 2)] });
  expect(texts("b, i")).toEqual(["2", ""]);
});

test("a page behind a proxy that holds streams back polls, and tries a stream again after five minutes", async () => {
  const { streams, requests, clock } = streaming(0.5);
  streams[0]!.open();
  await clock.pass(10_000);
  // What is not shown yet is asked for by events.
  expect(requests.map(({ message }) => message.event)).toEqual(["mount", "mount"]);
  await requests[0]!.answer(mountAnswer(counter, { n: -2 }, 1));
  await requests[1]!.answer(mountAnswer("User:a:b", { n: 2 }, 1));
  await clock.pass(250);
  streams[1]!.open();
  await clock.pass(10_000);
  expect([streams.length, streams[1]!.closed]).toEqual([2, true]);
  for (let second = 0; second < 300; second += 5) {
    expect(requests.at(-1)!.url).toContain("/poll?");
    await requests.at(-1)!.answer({
      ok: true,
      frames: [snapshot(counter, { n: second }, 1 + second)],
    });
    expect(one("b").textContent).toBe(`${second}`);
    await clock.pass(5_000);
  }
  await clock.pass(500);
  expect(streams).toHaveLength(3);
  streams[2]!.hello(15_000);
  streams[2]!.send(snapshot(counter, { n: -1 }, 999));
  expect(one("b").textContent).toBe("-1");
});
