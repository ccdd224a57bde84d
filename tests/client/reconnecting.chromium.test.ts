import { expect, test } from "vitest";
import { turn } from "./manual-network.ts";
import { counter, streaming } from "./streaming.ts";
import { eventAnswer, one, patch, snapshot } from "./support.ts";

test("a stream that breaks or is refused is opened again after growing, jittered pauses", async () => {
  const { streams, requests, clock } = streaming(0.5);
  const pauses: number[] = [];
  streams[0]!.send(snapshot(counter, { n: 1 }, 1));
  streams[0]!.send(snapshot("User:a:b", { n: 1 }, 1));
  for (let failure = 0; failure < 4; failure++) {
    await streams.at(-1)!.break();
    expect(streams.at(-1)!.closed).toBe(true);
    // After two streams that have brought nothing, it asks for what they would bring.
    if (failure === 2) await requests.at(-1)!.fail();
    pauses.push(...clock.delays);
    await clock.fire();
  }
  expect(pauses).toEqual([250, 500, 1000, 2000]);
  expect(streams).toHaveLength(5);

  // It opens and breaks at once: the pauses keep growing until a stream has lasted.
  streams[4]!.open();
  streams[4]!.send(snapshot(counter, { n: 8 }, 8));
  await streams[4]!.break();
  expect(clock.delays).toEqual([4000]);
  await clock.fire();
  streams[5]!.open();
  expect(clock.delays).toContain(5000);
  await clock.fire(5_000);
  await streams[5]!.break();
  expect(clock.delays).toEqual([250]);
});

test("a snapshot after reconnecting replaces the state, even if it is behind the page", async () => {
  const { streams, clock, connection } = streaming();
  streams[0]!.send(snapshot(counter, { n: 8, gone: true }, 8));
  await streams[0]!.break();
  await clock.fire(1_000);
  streams[1]!.send(snapshot(counter, { n: 2 }, 2));
  expect(connection.state("Counter", "my list&é")).toEqual({ n: 2 });
  streams[1]!.send(patch(counter, { n: 3 }, 3));
  expect(one("b").textContent).toBe("3");
});

test("an event that waits for the stream is settled by the snapshot of the next one", async () => {
  const { streams, requests, clock, connection } = streaming();
  streams[0]!.send(snapshot(counter, { n: 1 }, 1));
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer(eventAnswer(counter, { n: 5 }, 5));
  await streams[0]!.break();
  await clock.fire(1_000);
  streams[1]!.send(snapshot(counter, { n: 6 }, 6));
  expect(await outcome).toEqual({ ok: true });
  expect(one("b").textContent).toBe("6");
});

test("a stream that falls silent for three heartbeats is dropped and opened again", async () => {
  const { streams, clock } = streaming();
  streams[0]!.hello(20_000);
  const signs = [
    () => streams[0]!.send(snapshot(counter, { n: 1 }, 1)),
    () => streams[0]!.send(snapshot("User:a:b", { n: 1 }, 1)),
    () => streams[0]!.send({ action: "beat" }),
    () => streams[0]!.send(patch(counter, { n: 2 }, 2)),
  ];
  for (const sign of signs) {
    await clock.pass(59_999);
    sign();
  }
  await clock.pass(59_999);
  expect([streams.length, streams[0]!.closed]).toEqual([1, false]);
  await clock.pass(1);
  expect([streams.length, streams[0]!.closed]).toEqual([1, true]);
  await clock.pass(250);
  expect(streams).toHaveLength(2);
  streams[1]!.send(snapshot(counter, { n: 3 }, 3));
  expect(one("b").textContent).toBe("3");
});

test("a stream that has sent nothing is given ten seconds, as is one with a fast heartbeat", async () => {
  const { streams, clock } = streaming();
  expect(clock.delays).toEqual([10_000]);
  streams[0]!.hello(5);
  expect(clock.delays).toEqual([10_000]);
});
