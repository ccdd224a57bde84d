import { expect, test } from "vitest";
import { ManualClock, manualFetch, manualStreams, turn } from "./manual-network.ts";
import { counter, streaming } from "./streaming.ts";
import { eventAnswer, one, open, patch, refused, snapshot, texts } from "./support.ts";

test("one stream names every instance, and each snapshot fills its own", () => {
  const { streams, requests } = streaming();
  expect(streams.map(({ url }) => url)).toEqual([
    "/app/nasc/stream?scope=Counter%3Amy%20list%26%C3%A9&have=&scope=User%3Aa%3Ab&have=",
  ]);
  streams[0]!.send(snapshot(counter, { n: 4 }, 4));
  expect(texts("b, u")).toEqual(["4", "?"]);
  streams[0]!.send(snapshot("User:a:b", { n: 5 }, 9));
  expect(texts("b, u")).toEqual(["4", "5"]);
  expect(requests).toHaveLength(0);
});

test("an answer and its echo on the stream are applied once, whichever comes first", async () => {
  const { streams, requests, connection, applied } = streaming();
  streams[0]!.send(snapshot(counter, { n: 1 }, 1));
  const first = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer(eventAnswer(counter, { n: 2 }, 2));
  expect(await first).toEqual({ ok: true });
  expect(one("b").textContent).toBe("2");
  streams[0]!.send(patch(counter, { n: 2 }, 2));

  const second = connection.send("Counter", "my list&é", "add");
  await turn();
  streams[0]!.send(patch(counter, { n: 3 }, 3));
  await requests[1]!.answer(eventAnswer(counter, { n: 3 }, 3));
  expect(await second).toEqual({ ok: true });
  await turn();
  expect(one("b").textContent).toBe("3");
  expect(applied).toHaveLength(3);
});

test("an answer ahead of the page waits for the stream to bring what lies between", async () => {
  const { streams, requests, connection } = streaming();
  streams[0]!.send(snapshot(counter, { n: 1, other: 1 }, 1));
  let settled = false;
  const outcome = connection.send("Counter", "my list&é", "add").then(() => settled = true);
  await turn();
  await requests[0]!.answer(eventAnswer(counter, { n: 2 }, 3));
  expect([one("b").textContent, settled]).toEqual(["1", false]);
  streams[0]!.send(patch(counter, { other: 2 }, 2));
  streams[0]!.send(patch(counter, { n: 2 }, 3));
  await outcome;
  expect(connection.state("Counter", "my list&é")).toEqual({ n: 2, other: 2 });
});

test("an event whose scope has left the page is settled", async () => {
  const { streams, requests, connection } = streaming();
  streams[0]!.send(snapshot(counter, { n: 1 }, 1));
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer(eventAnswer(counter, { n: 5 }, 5));
  one("b").parentElement!.remove();
  connection.refresh();
  expect(await outcome).toEqual({ ok: true });
  expect(streams.map(({ url, closed }) => [url, closed]).at(-1))
    .toEqual(["/app/nasc/stream?scope=User%3Aa%3Ab&have=", false]);
  expect(streams[0]!.closed).toBe(true);
});

test("a refused scope shows why, and the others keep their stream", async () => {
  const { streams, requests, clock, connection } = streaming();
  const refusal = refused(counter, "forbidden", "You may not do this");
  streams[0]!.send(refusal);
  streams[0]!.send(snapshot("User:a:b", { n: 1 }, 1));
  streams[0]!.send(patch("User:a:b", { n: 2 }, 2));
  expect(texts("b, i, u")).toEqual(["?", "You may not do this", "2"]);
  expect([streams[0]!.closed, requests.length]).toEqual([false, 0]);

  // The stream will bring nothing of it, so its events bring what they can.
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer(eventAnswer(counter, { n: 5 }, 5));
  await requests[1]!.answer({ patches: [refusal] }, { status: 403 });
  expect(await outcome).toEqual({ ok: true });

  streams[0]!.send(refusal);
  await streams[0]!.break();
  expect(requests).toHaveLength(2);
  await clock.fire(1_000);
  streams[1]!.send(snapshot(counter, { n: 5 }, 5));
  expect(texts("b, i, u")).toEqual(["5", "", "2"]);
});

test("more instances than one stream can carry are spread over several, each opened again on its own", async () => {
  const clock = new ManualClock();
  const { fetch, requests } = manualFetch();
  const { EventSource, streams } = manualStreams();
  const errors: string[] = [];
  open(
    Array.from({ length: 80 }, (_, id) => `<b na-scope="T:${id}" na-bind="n">?</b>`).join(""),
    "sse",
    { EventSource, fetch, clock, random: () => 0.5, onError: ({ code }) => errors.push(code) },
  );
  const ids = streams.map(({ scopes }) => scopes.map((scope) => scope.slice(2)));
  expect(ids.flat()).toEqual(Array.from({ length: 80 }, (_, id) => String(id)));
  expect(ids.map(({ length }) => length)).toEqual([33, 33, 14]);
  const long = "e".repeat(60);
  for (const [index, stream] of streams.entries()) {
    for (const id of ids[index]!.slice(1)) {
      stream.send(snapshot(`T:${id}`, { n: Number(id) }, 1, long));
    }
  }
  expect(texts("b")).toEqual(ids.flatMap(([, ...shown]) => ["?", ...shown]));

  await streams[1]!.break();
  expect(streams.map(({ closed }) => closed)).toEqual([false, true, false]);
  // What has no state is mounted, to learn why.
  expect(requests.map(({ message }) => message.instance)).toEqual([ids[1]![0]]);
  await streams[0]!.break();
  await streams[2]!.break();
  await clock.fire(1_000);
  const again = streams.slice(3);
  expect(again.map(({ scopes }) => scopes.length).toSorted()).toEqual([14, 33, 33]);
  // What the page holds is named as far as it fits.
  for (const { haves, scopes, url } of again) {
    const named = haves.filter((have) => have.startsWith(`${long}.1.`));
    expect(named.length).toBeGreaterThan(scopes.length / 3);
    expect([haves.length, url.length <= 2_000]).toEqual([scopes.length, true]);
  }
  expect([requests.length, errors]).toEqual([3, []]);
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
