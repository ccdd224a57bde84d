import { expect, test } from "vitest";
import { applyEvent, createProcessor, MemoryStore } from "../../mod.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

const handler = counterHandlers["Counter"]!;
const step = { handler, event: "add", payload: 2, type: "Counter", id: "visits" };

test("applyEvent runs a step, persists what changed and says what that was", async () => {
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

test("a dry run works everything out and persists nothing", async () => {
  const store = new MemoryStore();
  const { newState } = await applyEvent({ ...step, current: { count: 1 }, store, dryRun: true });
  expect(newState).toEqual({ count: 3 });
  expect(await store.load("Counter", "visits")).toBeNull();
  expect((await applyEvent({ ...step, current: { count: 1 }, dryRun: true })).diff).toEqual({
    count: 3,
  });
});

test("an event that changes nothing persists nothing", async () => {
  const store = new MemoryStore();
  await applyEvent({ ...step, payload: 0, current: { count: 1 }, store });
  expect(await store.load("Counter", "visits")).toBeNull();
});

test("an event that is not declared, and a step without a store, are refused", async () => {
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

test("on an adapter the revision goes on counting", async () => {
  const store = new MemoryStore();
  const process = createProcessor(counterHandlers, store);
  await process(counterMessage({ event: "mount" }));
  await applyEvent({ ...step, current: { count: 0 }, store });
  expect(await process(counterMessage())).toMatchObject([{ value: 3, rev: 3 }]);
});

test("the state that a handler returned can be changed by it later, and nothing else is", async () => {
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
