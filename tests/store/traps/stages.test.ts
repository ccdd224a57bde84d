import { expect, test } from "vitest";
import { itemStore } from "../support.ts";

// Faults that earlier stores had, by their numbers in the list of traps.
test("23: the stages of a query compose in any order, and invalid counts are refused", () => {
  const { items } = itemStore();
  items.bulkPut([{ id: 1, n: 3 }, { id: 2, n: 1 }, { id: 3, n: 2 }, { id: 4, n: 0 }]);
  const isPositive = (item: { n?: number | null }) => item.n! > 0;
  expect(items.filter(isPositive).limit(1).keys()).toEqual([1]);
  expect(items.limit(1).filter(isPositive).keys()).toEqual([1]);
  expect(items.filter(isPositive).sortBy("n").keys()).toEqual([2, 3, 1]);
  expect(items.limit(2).offset(1).sortBy("n").reverse().filter(isPositive).keys()).toEqual([3, 2]);
  for (const count of [-1, 1.5, NaN, "1" as unknown as number]) {
    expect(() => items.limit(count)).toThrow(RangeError);
    expect(() => items.offset(count)).toThrow(RangeError);
  }
});
