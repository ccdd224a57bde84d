import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { FaultyStorage } from "./faulty-storage.ts";
import {
  byKey,
  type Doc,
  docStore,
  faults,
  finish,
  id,
  inMemory,
  optionsFor,
  program,
  randomFrom,
  runs,
} from "./simulation.ts";
import { stored, TestClock } from "./support.ts";

describe("whatever happens while documents are read", () => {
  for (const conditional of ["process", "none"] as const) {
    const named = conditional === "none" ? "without conditional writes" : "with conditional writes";

    test(`local changes win over what is read, and storage follows them, ${named}`, async () => {
      const scenarios = fc.record({
        initial: fc.uniqueArray(id),
        before: fc.uniqueArray(id),
        isPaged: fc.boolean(),
        steps: program,
        schedule: faults(["ok", "ok", "slow", "fails", "hangs"]),
        seed: fc.nat(),
      });
      await fc.assert(
        fc.asyncProperty(scenarios, async ({ initial, before, isPaged, steps, schedule, seed }) => {
          const clock = new TestClock();
          const storage = new FaultyStorage(schedule, clock, { conditional, atomicWrites: 3 });
          if (isPaged) storage.paged();
          await storage.inner.commit(initial.map((key) => {
            return { type: "docs", key, value: { id: key, n: -1 } };
          }));
          const expected = new Map<number, number>(initial.map((key) => [key, -1]));
          const db = docStore();
          const put = (key: number, n: number) => {
            db.docs.put({ id: key, n });
            expected.set(key, n);
          };
          for (const key of before) put(key, -2);
          storage.break();
          const options = optionsFor(clock, randomFrom(seed));
          const opening = persist(db, storage, {
            ...options,
            retry: { ...options.retry, attempts: 50 },
          });
          for (const [n, each] of steps.entries()) {
            if (each.do === "put") put(each.id, n);
            if (each.do === "delete") {
              db.docs.delete(each.id);
              expected.delete(each.id);
            }
            if (each.do === "clear") {
              db.docs.clear();
              expected.clear();
            }
            if (each.do === "wait") await clock.advance(each.milliseconds / 10);
          }
          storage.heal();
          await finish(clock, await clock.until(opening));
          const found = [...inMemory(db)].map(([key, doc]) => [key, (doc as Doc).n]);
          expect(found).toEqual([...expected].sort(byKey));
          expect(await stored(storage.inner, "docs")).toEqual(inMemory(db));
        }),
        { numRuns: runs },
      );
    });
  }
});
