import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Ramify, type Schema } from "../../mod.ts";
import { equal } from "../../src/shared/equal.ts";

/** Anything that a document may hold. */
const value = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
});

const [hole] = [[, 1]];
const distinct: readonly unknown[] = [
  ...[undefined, null, 0, -0, NaN, 1, 1n, "", "1", true, false],
  ...[[], [undefined], hole, [1], [1, 2], [2, 1], [[]]],
  ...[{}, { a: undefined }, { a: 1 }, { b: 1 }, { a: { b: 1 } }, { length: 0 }],
  ...[new Date(0), new Date(1), new Date(NaN)],
  ...[new Map(), new Map([[1, 2]]), new Map([[2, 1]]), new Map([["1", 2]])],
  ...[new Set(), new Set([1]), new Set([1, 2]), new Set([2, 1]), new Set([[1, 2]])],
  ...[new Uint8Array(0), new Uint8Array([1]), new Int8Array([1]), new Uint8Array([1, 0])],
  ...[new ArrayBuffer(0), new ArrayBuffer(1), new DataView(new ArrayBuffer(1))],
  ...[new Float64Array([0]), new Float64Array([-0])],
];

describe("two values", () => {
  test("are equal if one is a copy of the other", () => {
    fc.assert(fc.property(value, (original) => {
      expect(equal(original, structuredClone(original))).toBe(true);
    }));
  });

  test("are equal whatever the order of their keys", () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), value), (record) => {
      expect(equal(record, Object.fromEntries(Object.entries(record).reverse()))).toBe(true);
    }));
  });

  test("of different kinds, lengths, signs or orders are not equal", () => {
    for (const [a, left] of distinct.entries()) {
      for (const [b, right] of distinct.entries()) {
        expect(equal(left, right), `${a} and ${b}`).toBe(a === b);
      }
    }
  });

  test("are equal if one was put into the store and the other was read from it", () => {
    fc.assert(fc.property(value, (original) => {
      const db = new Ramify().createStore<{ items: Schema<{ id: number; value: unknown }, "id"> }>({
        items: { primaryKey: "id" },
      });
      db.items.put({ id: 1, value: original });
      expect(equal(db.items.get(1)!.value, structuredClone(original))).toBe(true);
    }));
  });
});
