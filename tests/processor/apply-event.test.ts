import { expect, test } from "vitest";
import { applyEvent, createProcessor, MemoryStore } from "../../mod.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

const handler = counterHandlers["Counter"]!;
const step = { handler, event: "add", payload: 2, type: "Counter", id: "visits" };

test("applyEvent runs one event, persists what changed and returns it", async () => {
  const persisted: unknown[] = [];
  const store = {
    load: () => Promise.resolve(null),
    persist: (...parameters: unknown[]) => Promise.resolve(void persisted.push(parameters)),
  };
  const current = { count: 1, name: "x" };
  expect(await applyEvent({ ...step, current, store })).toEqual({
    diff: { count: 3 },
    newState: { count: 3, name: "x" },
  });
  expect(persisted).toEqual([["Counter", "visits", { count: 3 }, { count: 3, name: "x" }]]);
  expect(current).toEqual({ count: 1, name: "x" });
});

test("a dry run of applyEvent returns the result and persists nothing", async () => {
  const store = new MemoryStore();
  const { newState } = await applyEvent({ ...step, current: { count: 1 }, store, dryRun: true });
  expect(newState).toEqual({ count: 3 });
  expect(await store.load("Counter", "visits")).toBeNull();
  expect((await applyEvent({ ...step, current: { count: 1 }, dryRun: true })).diff).toEqual({
    count: 3,
  });
});

test("applyEvent persists nothing if the event changes nothing", async () => {
  const store = new MemoryStore();
  await applyEvent({ ...step, payload: 0, current: { count: 1 }, store });
  expect(await store.load("Counter", "visits")).toBeNull();
});

test("applyEvent refuses an undeclared event, and a run without a store unless it is dry", async () => {
  const store = new MemoryStore();
  for (const event of ["missing", "constructor", "mount"]) {
    await expect(applyEvent({ ...step, event, current: {}, store })).rejects.toMatchObject({
      code: "unknown-event",
    });
  }
  await expect(applyEvent({ ...step, current: { count: 1 } })).rejects.toThrow(
    "pass one, or dryRun: true",
  );
});

test("applyEvent raises the revision that an adapter keeps", async () => {
  const store = new MemoryStore();
  const process = createProcessor(counterHandlers, store);
  await process(counterMessage({ event: "mount" }));
  await applyEvent({ ...step, current: { count: 0 }, store });
  expect(await process(counterMessage())).toMatchObject([{ value: 3, rev: 3 }]);
});

test("a handler that later changes the state it returned does not change the result of applyEvent", async () => {
  const kept: { count: number }[] = [];
  const hoarder = { keep: () => kept[kept.push({ count: 5 }) - 1] };
  const { newState } = await applyEvent({
    ...step,
    handler: hoarder,
    event: "keep",
    current: {},
    dryRun: true,
  });
  kept[0]!.count = 99;
  expect(newState).toEqual({ count: 5 });
});
