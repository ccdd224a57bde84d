import fc from "fast-check";
import { expect, test } from "vitest";
import { applyOperations } from "../../../src/processor/operations/apply-operations.ts";
import { inverseOf } from "../../../src/processor/operations/inverse.ts";
import { makeOperations } from "../../../src/processor/operations/make-operations.ts";

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(0, 1, "a", null, true),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b/c", "d~", "0", "id"), tie("value"), { maxKeys: 4 }),
  ),
})).value;
// So large that operations are shorter than the state.
const state = fc.dictionary(fc.constantFrom("a", "b/c", "x"), value, { maxKeys: 3 })
  .map((parts) => ({ ...parts, rest: "x".repeat(500) }));

test("the inverse of operations leads back, wherever there is one", () => {
  let found = 0;
  fc.assert(
    fc.property(state, state, (before, after) => {
      const operations = makeOperations(before, after);
      const inverse = operations && inverseOf(operations, before);
      if (!inverse) return;
      if (operations.length > 0) found++;
      expect(applyOperations(after, inverse)).toEqual(before);
    }),
    { numRuns: 2_000 },
  );
  expect(found).toBeGreaterThan(20);
});

test("operations that add, remove, move, or replace a part of what is replaced have no plain inverse", () => {
  const before = { list: [1, 2], at: { x: 1 } };
  for (
    const operations of [
      [{ op: "add", path: "/new", value: 1 }],
      [{ op: "remove", path: "/list/0" }],
      [{ op: "move", from: "/list/0", path: "/list/1" }],
      [{ op: "replace", path: "", value: {} }],
      [{ op: "replace", path: "/at", value: { x: 2 } }, { op: "replace", path: "/at/x", value: 3 }],
      [{ op: "replace", path: "/at/x", value: 2 }, { op: "replace", path: "/at/x", value: 3 }],
    ] as const
  ) expect(inverseOf(operations, before)).toBeUndefined();
  expect(inverseOf([{ op: "replace", path: "/list/1", value: 5 }], before))
    .toEqual([{ op: "replace", path: "/list/1", value: 2 }]);
});
