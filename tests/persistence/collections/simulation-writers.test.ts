import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { FaultyStorage, orderly } from "./faulty-storage.ts";
import {
  type Doc,
  docStore,
  faults,
  finish,
  id,
  inMemory,
  optionsFor,
  randomFrom,
  runs,
} from "./simulation.ts";
import { stored, TestClock } from "./support.ts";

describe("two writers of one storage", () => {
  const edits = fc.array(
    fc.oneof(
      fc.record({ who: fc.constantFrom("a" as const, "b" as const), id }),
      fc.record({ milliseconds: fc.integer({ min: 1, max: 400 }) }),
    ),
    { maxLength: 40 },
  );

  for (const isWatching of [true, false]) {
    const how = isWatching ? "that hear of each other" : "that do not hear of each other";

    test(`${how} lose none of the fields that only one of them changes`, async () => {
      await fc.assert(
        fc.asyncProperty(edits, faults(orderly), fc.nat(), async (steps, schedule, seed) => {
          const clock = new TestClock();
          const inner = new MemoryStore();
          await inner.commit([0, 1, 2, 3, 4, 5].map((key) => {
            return { type: "docs", key, value: { id: key, n: 0 } };
          }));
          const storages = [schedule, schedule.toReversed()].map((each) => {
            const storage = new FaultyStorage(each, clock, { inner, atomicWrites: 3 });
            return isWatching ? storage.watching() : storage;
          });
          const dbs = { a: docStore(), b: docStore() };
          const options = optionsFor(clock, randomFrom(seed));
          const savedA = await persist(dbs.a, storages[0]!, options);
          const savedB = await persist(dbs.b, storages[1]!, options);
          for (const storage of storages) storage.break();
          const last = new Map<string, number>();
          for (const [n, each] of steps.entries()) {
            if ("milliseconds" in each) await clock.advance(each.milliseconds);
            else {
              dbs[each.who].docs.update(each.id, { [each.who]: n });
              last.set(`${each.who} of ${each.id}`, n);
            }
          }
          for (const storage of storages) storage.heal();
          await finish(clock, savedA, savedB);
          const content = await stored(inner, "docs");
          for (const [name, n] of last) {
            const [who, key] = name.split(" of ") as ["a" | "b", string];
            expect((content.get(Number(key)) as Doc)[who], name).toBe(n);
          }
          if (isWatching) {
            expect(inMemory(dbs.a)).toEqual(content);
            expect(inMemory(dbs.b)).toEqual(content);
          }
        }),
        { numRuns: runs / 2 },
      );
    });
  }
});
