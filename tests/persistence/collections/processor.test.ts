import { expect, test } from "vitest";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { createProcessor } from "../../../src/processor/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { settled, stored, TestClock, Watched } from "./support.ts";

interface Counter {
  id: string;
  count: number;
}

const handlers = {
  Counter: {
    mount: ({ id }: { id: string }): Counter => ({ id, count: 0 }),
    increment: (_payload: unknown, state: Counter): Counter => ({
      ...state,
      count: state.count + 1,
    }),
  },
};

function counterStore() {
  return new Ramify().createStore<{ Counter: Schema<Counter, "id"> }>({
    Counter: { primaryKey: "id" },
  });
}

test("a server answers 500 events from memory and writes the result once, in the background", async () => {
  const clock = new TestClock();
  const storage = new Watched();
  const db = counterStore();
  const saved = await persist(db, storage, { clock });
  const process = createProcessor(handlers, db);
  storage.calls.length = 0;
  const send = (event: string) => process({ type: "Counter", instance: "visits", event });
  await send("mount");
  const answers = await Promise.all(Array.from({ length: 500 }, () => send("increment")));
  expect(answers.every((patches) => patches.every(({ action }) => action !== "error"))).toBe(true);
  expect(storage.calls).toEqual([]);
  await clock.advance(1_000);
  expect(storage.writes.length).toBe(1);
  expect(await stored(storage.inner, "Counter")).toEqual(
    new Map([["visits", { id: "visits", count: 500 }]]),
  );
  await saved.close();
});

test("a server that restarts goes on where the last one stopped", async () => {
  const storage = new Watched();
  for (const expected of [1, 2, 3]) {
    const db = counterStore();
    await using _saved = await persist(db, storage);
    const process = createProcessor(handlers, db);
    await process({ type: "Counter", instance: "visits", event: "mount" });
    await process({ type: "Counter", instance: "visits", event: "increment" });
    expect(db.Counter.get("visits")?.count).toBe(expected);
  }
});

test("two servers on one storage see each other's instances", async () => {
  const inner = new Watched().inner;
  const [left, right] = [counterStore(), counterStore()];
  await using savedLeft = await persist(left, new Watched(inner).watching());
  await using savedRight = await persist(right, new Watched(inner).watching());
  const process = createProcessor(handlers, left);
  await process({ type: "Counter", instance: "visits", event: "mount" });
  await process({ type: "Counter", instance: "visits", event: "increment" });
  await savedLeft.flush();
  await settled();
  expect(right.Counter.get("visits")).toEqual({ id: "visits", count: 1 });
  expect(savedRight.pending).toBe(0);
});
