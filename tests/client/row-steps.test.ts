import fc from "fast-check";
import { expect, test } from "vitest";
import type { Operation } from "../../src/processor/operations/operation.ts";
import { applyOperations } from "../../src/processor/operations/apply-operations.ts";
import { listStepsOf } from "../../src/client/list-steps.ts";
import { takeSteps } from "../../src/client/row-steps.ts";

interface Item {
  readonly id: number;
  readonly title: string;
}

/** What one operation does, with numbers from which indexes are made that the list has by then. */
const edits = fc.array(
  fc.tuple(fc.constantFrom("add", "remove", "replace", "move", "title"), fc.nat(), fc.nat()),
  { maxLength: 12 },
);

function operationsOf(steps: readonly (readonly [string, number, number])[], size: number) {
  const operations: Operation[] = [];
  let length = size;
  for (const [kind, first, second] of steps) {
    const id = 1_000 + operations.length;
    const value: Item = { id, title: `new ${id}` };
    if (kind === "add") {
      operations.push({ op: "add", path: `/a/items/${first % ++length}`, value });
    } else if (length > 0) {
      const path = `/a/items/${first % length}`;
      const from = `/a/items/${second % length}`;
      if (kind === "move") operations.push({ op: "move", from, path });
      if (kind === "replace") operations.push({ op: "replace", path, value });
      if (kind === "title") operations.push({ op: "replace", path: `${path}/title`, value: "new" });
      if (kind === "remove") {
        operations.push({ op: "remove", path });
        length--;
      }
    }
  }
  return operations;
}

test("rows take the steps of their items, and all that have another item, or another row before them, are named", () => {
  fc.assert(
    fc.property(fc.nat(8), edits, (size, steps) => {
      const items: Item[] = Array.from({ length: size }, (_, id) => ({ id, title: "old" }));
      const operations = operationsOf(steps, size);
      const after = applyOperations({ a: { items } }, operations) as {
        readonly a: { readonly items: readonly Item[] };
      };
      const { rows, gone, touched } = takeSteps(items, listStepsOf(operations, ["a", "items"])!);
      const named = new Set(touched.map(({ index }) => index));
      const placed = new Set(touched.filter((item) => item.isPlaced).map(({ index }) => index));
      const next = after.a.items;
      expect(rows.length).toBe(next.length);
      for (const [index, item] of next.entries()) {
        if (!named.has(index)) expect(rows[index]).toBe(item);
      }
      const staying = rows.filter((_, index) => !placed.has(index));
      expect(staying).toEqual(items.filter((row) => staying.includes(row)));
      expect(new Set([...rows.filter((row) => row !== undefined), ...gone])).toEqual(
        new Set(items),
      );
    }),
    { numRuns: 1_000 },
  );
});

test("what is moved out of a list or into one of its items, and the list itself, are told apart", () => {
  const path = ["a", "items"];
  const steps = (...operations: Operation[]) => listStepsOf(operations, path);
  expect(steps({ op: "move", from: "/a/items/2", path: "/b" })).toEqual([{ from: 2 }]);
  expect(steps({ op: "move", from: "/b", path: "/a/items/2" })).toEqual([{ to: 2 }]);
  expect(steps({ op: "move", from: "/a/items/2", path: "/a/items/0/sub" }))
    .toEqual([{ from: 2 }, { from: 0, to: 0 }]);
  expect(steps({ op: "remove", path: "/a/items/4/sub/1" })).toEqual([{ from: 4, to: 4 }]);
  expect(steps({ op: "replace", path: "/a/other/4", value: 1 })).toEqual([]);
  expect(steps({ op: "replace", path: "/a/items", value: [] })).toBeUndefined();
  expect(steps({ op: "add", path: "/a", value: {} })).toBeUndefined();
  expect(steps({ op: "replace", path: "", value: {} })).toBeUndefined();
});
