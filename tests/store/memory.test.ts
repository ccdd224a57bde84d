import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { liveQuery } from "../../src/store/mod.ts";
import { itemStore } from "./support.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Returns the bytes of the heap that are still in use. */
function retained(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test("a million updates of a thousand documents leave the heap as it was", () => {
  const { items } = itemStore();
  const write = (updates: number) => {
    for (let i = 0; i < updates; i++) {
      const id = i % 1000;
      items.put({ id, n: i, status: `s${i % 5000}`, tags: [`t${i % 3000}`, "all"], note: `${i}` });
    }
  };
  write(20_000);
  const before = retained();
  write(1_000_000);
  expect(items.count()).toBe(1000);
  expect(retained() - before).toBeLessThan(1_000_000);
});

test("documents that come and go leave nothing behind", () => {
  const { items } = itemStore();
  let next = 0;
  const write = (rounds: number) => {
    for (const end = next + rounds; next < end; next++) {
      items.put({ id: next, n: next, status: `s${next}`, tags: [`t${next}`] });
      if (next >= 100 && next % 2 === 1) items.bulkDelete([next - 100, next - 101]);
    }
  };
  write(5_000);
  const before = retained();
  write(100_000);
  expect(items.count()).toBeLessThanOrEqual(102);
  expect(retained() - before).toBeLessThan(500_000);
});

test("100,000 subscriptions that ended leave nothing behind", () => {
  const { items } = itemStore();
  items.bulkPut([{ id: 1, status: "a", n: 1 }]);
  const subscribe = (times: number) => {
    for (let i = 0; i < times; i++) {
      items.subscribe(() => {})();
      liveQuery(() => items.where("status").equals(`s${i}`).count()).subscribe(() => {})();
      liveQuery(() => items.where("n").above(i).count()).subscribe(() => {})();
    }
  };
  subscribe(1_000);
  const before = retained();
  subscribe(100_000);
  expect(retained() - before).toBeLessThan(500_000);
  expect(items.put({ id: 2 })).toBe(2);
});
