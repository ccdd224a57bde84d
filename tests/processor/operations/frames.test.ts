import { expect, test } from "vitest";
import { applyOperations } from "../../../src/processor/operations/apply-operations.ts";
import { makeOperations } from "../../../src/processor/operations/make-operations.ts";
import type { Operation } from "../../../src/processor/operations/operation.ts";
import { madeAndApplied } from "./support.ts";

interface Item {
  readonly id: number;
  readonly title: string;
  readonly completed: boolean;
}

function toDos(size: number): readonly Item[] {
  return Array.from(
    { length: size },
    (_, id) => ({ id, title: `Buy ${id} l milk`, completed: false }),
  );
}

const items = toDos(1_000);
const added: Item = { id: 1_000, title: "Buy bread", completed: false };

/** A frame as the stream of a page has it. */
function frame(ops: readonly Operation[]): string {
  return JSON.stringify({ action: "patch", type: "TodoList", instance: "my-list", rev: 8, ops });
}

const toggled = { ...items[522]!, completed: true };
test.for<[string, readonly Item[], readonly Operation[]]>([
  ["toggle", items.with(522, toggled), [
    { op: "replace", path: "/items/522/completed", value: true },
  ]],
  ["move", [...items.slice(1), items[0]!], [{ op: "move", from: "/items/0", path: "/items/999" }]],
  ["removal", items.toSpliced(522, 1), [{ op: "remove", path: "/items/522" }]],
  ["insertion", [added, ...items], [{ op: "add", path: "/items/0", value: added }]],
])(
  "a %s in 1,000 to-dos is one operation, in a frame of fewer than 150 bytes",
  ([, after, operations]) => {
    const made = madeAndApplied({ filter: "all", items }, { filter: "all", items: after });
    expect(made).toEqual(operations);
    const ofItem = after.length > items.length ? JSON.stringify(added).length : 0;
    expect(new TextEncoder().encode(frame(made!)).length - ofItem).toBeLessThan(150);
  },
);

test("a move, a removal and a change at once are an operation each, whatever their order", () => {
  const after = [...items.slice(1, 400), ...items.slice(401), items[0]!].with(50, {
    ...items[51]!,
    title: "Sell milk",
  });
  expect(madeAndApplied({ items }, { items: after })).toEqual([
    { op: "remove", path: "/items/400" },
    { op: "move", from: "/items/0", path: "/items/998" },
    { op: "replace", path: "/items/50/title", value: "Sell milk" },
  ]);
});

test("a state that is the same takes no operation", () => {
  expect(madeAndApplied({ items }, { items: structuredClone(items) })).toEqual([]);
});

test("what takes longer to change than to write goes whole: a value, or the root as a snapshot", () => {
  const before = { note: "n".repeat(200), size: { width: 1, height: 2, depth: 3 } };
  const size = { width: 4, height: 5, depth: 6 };
  expect(madeAndApplied(before, { ...before, size }))
    .toEqual([{ op: "replace", path: "/size", value: size }]);
  expect(madeAndApplied({ count: 1 }, { count: 2 })).toBeUndefined();
  expect(madeAndApplied({ a: "a".repeat(90), b: 1 }, { a: "b".repeat(90), b: 1 })).toBeUndefined();
});

test("an object of which most has changed keeps what has not out of the operations", () => {
  const before = { page: { text: "t".repeat(10_000), a: "x", b: "y" }, rest: "r".repeat(20_000) };
  const after = { ...before, page: { ...before.page, a: "1", b: "2" } };
  expect(madeAndApplied(before, after)).toEqual([
    { op: "replace", path: "/page/a", value: "1" },
    { op: "replace", path: "/page/b", value: "2" },
  ]);
});

test("a list goes whole when it needs more than 1,000 operations, and by operations when it needs 1,000", () => {
  const body = "b".repeat(200);
  const same = "s".repeat(1_000_000);
  const long = toDos(2_500).map((item) => ({ ...item, body }));
  function madeOf(after: readonly Item[]): readonly Operation[] {
    const made = makeOperations({ same, items: long }, { same, items: after })!;
    // fast-json-patch takes seconds for as many.
    expect(applyOperations({ same, items: long }, made)).toEqual({ same, items: after });
    return made;
  }
  const whole = [{ op: "replace", path: "/items", value: expect.any(Array) }];
  const toggles = (count: number) =>
    long.map((item, index) => index < count ? { ...item, completed: true } : item);
  expect(madeOf(toggles(1_000))).toHaveLength(1_000);
  expect(madeOf(toggles(1_001))).toEqual(whole);
  const moves = (count: number) => [...long.slice(-count).toReversed(), ...long.slice(0, -count)];
  expect(madeOf(moves(1_000))).toHaveLength(1_000);
  expect(madeOf(moves(1_001))).toEqual(whole);
});

test("a list goes whole when more than half of its items are removed, added or moved", () => {
  const ten = toDos(10).map((item) => ({ ...item, body: "b".repeat(500) }));
  const same = "s".repeat(20_000);
  function lengthOf(count: number): number {
    const after = [...ten.slice(0, -count).toReversed(), ...ten.slice(-count)];
    const made = madeAndApplied({ same, items: ten }, { same, items: after })!;
    return made[0]!.op === "replace" ? Infinity : made.length;
  }
  expect([lengthOf(4), lengthOf(3)]).toEqual([5, Infinity]);
});
