import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromSortable, toSortable } from "../../../adapters/_indexed-db/sortable-keys.ts";

/** Any code point, and often one beside a border of what changes places. */
const ids = fc.string({
  unit: fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      "a",
      "\ud7ff",
      "\ue000",
      "\uf7ff",
      "\uf800",
      "\uffff",
      "\u{10000}",
      "\u{10ffff}",
    ),
  ),
});

describe("ids in IndexedDB", () => {
  test("sort by code unit as they sort by their bytes in UTF-8 before", () => {
    fc.assert(fc.property(ids, ids, (a, b) => {
      const [left, right] = [toSortable(a), toSortable(b)];
      const order = left < right ? -1 : left > right ? 1 : 0;
      expect(order).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }));
  });

  test("come back as they were", () => {
    fc.assert(fc.property(ids, (id) => {
      expect(fromSortable(toSortable(id))).toBe(id);
    }));
  });
});
