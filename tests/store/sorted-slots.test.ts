import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedSlots } from "../../src/store/sorted-slots.ts";

test("slots stay sorted and complete through any number of additions, removals and merges", () => {
  const order = (a: number, b: number) => (a * 7919) % 10_007 - (b * 7919) % 10_007;
  const step = fc.record({
    action: fc.constantFrom("add", "add", "delete", "merge"),
    slots: fc.uniqueArray(fc.nat(9_999), { maxLength: 1_500, size: "max" }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12, size: "max" }), fc.nat(9_999), (steps, probe) => {
      const sorted = new SortedSlots(order);
      const model = new Set<number>();
      for (const { action, slots } of steps) {
        const chosen = slots.filter((slot) => model.has(slot) === (action === "delete"));
        for (const slot of chosen) {
          if (action === "delete") model.delete(slot);
          else model.add(slot);
        }
        if (action === "merge") sorted.merge(chosen);
        else for (const slot of chosen) sorted[action as "add" | "delete"](slot);
        const expected = [...model].sort(order);
        const before = expected.filter((slot) => order(slot, probe) < 0).length;
        expect(sorted.size).toBe(expected.length);
        expect(sorted.slice(0, Infinity)).toEqual(expected);
        expect(sorted.countWhile((slot) => order(slot, probe) < 0)).toBe(before);
        expect(sorted.slice(before, before + 700)).toEqual(expected.slice(before, before + 700));
      }
    }),
    { numRuns: 40 },
  );
});
