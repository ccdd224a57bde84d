import { expect, test } from "vitest";
import { ManualClock, manualFetch, manualStreams, turn } from "./manual-network.ts";
import { counter, streaming } from "./streaming.ts";
import { frame, one, open, texts, updates } from "./support.ts";

test("one stream names every instance, and each snapshot fills its own", () => {
  const { streams, requests } = streaming();
  expect(streams.map(({ url }) => url)).toEqual([
    "/app/nasc/stream?scope=Counter%3Amy%20list%26%C3%A9&scope=User%3Aa%3Ab",
  ]);
  streams[0]!.send("snapshot", frame(counter, { n: 4 }, 4));
  expect(texts("b, u")).toEqual(["4", "?"]);
  streams[0]!.send("snapshot", frame("User:a:b", { n: 5 }, 9));
  expect(texts("b, u")).toEqual(["4", "5"]);
  expect(requests).toHaveLength(0);
});

test("an answer and its echo on the stream are applied once, whichever comes first", async () => {
  const { streams, requests, connection, applied } = streaming();
  streams[0]!.send("snapshot", frame(counter, { n: 1 }, 1));
  const first = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer({ ok: true, rev: 2, patches: updates(counter, { n: 2 }, 2) });
  expect(await first).toEqual({ ok: true });
  expect(one("b").textContent).toBe("2");
  streams[0]!.send("message", frame(counter, { n: 2 }, 2));

  const second = connection.send("Counter", "my list&é", "add");
  await turn();
  streams[0]!.send("message", frame(counter, { n: 3 }, 3));
  await requests[1]!.answer({ ok: true, rev: 3, patches: updates(counter, { n: 3 }, 3) });
  expect(await second).toEqual({ ok: true });
  await turn();
  expect(one("b").textContent).toBe("3");
  expect(applied).toHaveLength(3);
});

test("an answer ahead of the page waits for the stream to bring what lies between", async () => {
  const { streams, requests, connection } = streaming();
  streams[0]!.send("snapshot", frame(counter, { n: 1, other: 1 }, 1));
  let settled = false;
  const outcome = connection.send("Counter", "my list&é", "add").then(() => settled = true);
  await turn();
  await requests[0]!.answer({ ok: true, rev: 3, patches: updates(counter, { n: 2 }, 3) });
  expect([one("b").textContent, settled]).toEqual(["1", false]);
  streams[0]!.send("message", frame(counter, { other: 2 }, 2));
  streams[0]!.send("message", frame(counter, { n: 2 }, 3));
  await outcome;
  expect(connection.state("Counter", "my list&é")).toEqual({ n: 2, other: 2 });
});

test("an answer whose revision the stream never brings is settled by the whole state, after ten seconds", async () => {
  const { streams, requests, clock, connection } = streaming();
  streams[0]!.send("snapshot", frame(counter, { n: 1 }, 1));
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer({ ok: true, rev: 5, patches: updates(counter, { n: 5 }, 5) });
  // The stream lives, and brings all but that: revision 4, and then nothing.
  streams[0]!.send("message", frame(counter, { n: 4 }, 4));
  await clock.pass(9_999);
  expect(requests).toHaveLength(1);
  await clock.pass(1);
  expect(requests[1]!.message.event).toBe("mount");
  await requests[1]!.answer({ ok: true, rev: 4, patches: updates(counter, { n: 4 }, 4) });
  expect(await outcome).toEqual({ ok: true });
  streams[0]!.send("message", frame(counter, { n: 6 }, 6));
  expect(one("b").textContent).toBe("6");
});

test("an answer that the stream catches up with requests nothing more", async () => {
  const { streams, requests, clock, connection } = streaming();
  streams[0]!.send("snapshot", frame(counter, { n: 1 }, 1));
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer({ ok: true, rev: 5, patches: updates(counter, { n: 5 }, 5) });
  streams[0]!.send("message", frame(counter, { n: 5 }, 5));
  expect(await outcome).toEqual({ ok: true });
  expect(clock.delays).toEqual([45_000]);
  expect(requests).toHaveLength(1);
});

test("an event whose scope has left the page is settled", async () => {
  const { streams, requests, connection } = streaming();
  streams[0]!.send("snapshot", frame(counter, { n: 1 }, 1));
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer({ ok: true, rev: 5, patches: updates(counter, { n: 5 }, 5) });
  one("b").parentElement!.remove();
  connection.refresh();
  expect(await outcome).toEqual({ ok: true });
  expect(streams.map(({ url, closed }) => [url, closed]).at(-1))
    .toEqual(["/app/nasc/stream?scope=User%3Aa%3Ab", false]);
  expect(streams[0]!.closed).toBe(true);
});

test("a refused scope shows why, and the others keep their stream", async () => {
  const { streams, requests, clock, connection } = streaming();
  const error = { action: "error", code: "forbidden", message: "You may not do this" } as const;
  const refused = { ...frame(counter, {}, 0), patches: [error] };
  streams[0]!.send("message", refused);
  streams[0]!.send("snapshot", frame("User:a:b", { n: 1 }, 1));
  streams[0]!.send("message", frame("User:a:b", { n: 2 }, 2));
  expect(texts("b, i, u")).toEqual(["?", "You may not do this", "2"]);
  expect([streams[0]!.closed, requests.length]).toEqual([false, 0]);

  // The stream will bring nothing of it, so its events bring what they can.
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer({ ok: true, rev: 5, patches: updates(counter, { n: 5 }, 5) });
  await requests[1]!.answer({ patches: [error] }, { status: 403 });
  expect(await outcome).toEqual({ ok: true });

  streams[0]!.send("message", refused);
  await streams[0]!.break();
  expect(requests).toHaveLength(2);
  await clock.fire(1_000);
  streams[1]!.send("snapshot", frame(counter, { n: 5 }, 5));
  expect(texts("b, i, u")).toEqual(["5", "", "2"]);
});

test("more instances than one stream can carry are spread over several, each opened again on its own", async () => {
  const clock = new ManualClock();
  const { fetch, requests } = manualFetch();
  const { EventSource, streams } = manualStreams();
  const errors: string[] = [];
  open(
    Array.from({ length: 201 }, (_, id) => `<b na-scope="T:${id}" na-bind="n">?</b>`).join(""),
    "sse",
    { EventSource, fetch, clock, random: () => 0.5, onError: ({ code }) => errors.push(code) },
  );
  const shows = ({ url }: { url: string }) => url.split("scope=").length - 1;
  expect(streams.map(shows)).toEqual([100, 100, 1]);
  for (const id of [0, 150, 200]) {
    streams[Math.floor(id / 100)]!.send("snapshot", frame(`T:${id}`, { n: id }, 1));
  }
  expect(texts("b").filter((text) => text !== "?")).toEqual(["0", "150", "200"]);

  await streams[1]!.break();
  expect(streams.map(({ closed }) => closed)).toEqual([false, true, false]);
  expect(requests.map(({ message }) => message.instance))
    .toEqual(Array.from({ length: 100 }, (_, index) => String(100 + index)).toSpliced(50, 1));
  await streams[0]!.break();
  await streams[2]!.break();
  // All that have no state are mounted, more than the events that may wait.
  expect([requests.length, errors]).toEqual([198, []]);
  await clock.fire(1_000);
  expect(streams.slice(3).map(shows).toSorted()).toEqual([1, 100, 100]);
});

test("closing a connection closes its stream and opens no other", async () => {
  const { streams, clock, connection } = streaming();
  streams[0]!.open();
  connection.close();
  expect([streams[0]!.closed, clock.delays]).toEqual([true, []]);
  await streams[0]!.break();
  await clock.fire();
  expect(streams).toHaveLength(1);
});

test("a connection declared with using closes at the end of its block", () => {
  const { streams, connection } = streaming();
  {
    using _held = connection;
  }
  expect(streams[0]!.closed).toBe(true);
});
