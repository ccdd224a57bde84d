import { expect, test } from "vitest";
import { applyEdits } from "../../../src/processor/operations/apply-edits.ts";
import { applyOperations } from "../../../src/processor/operations/apply-operations.ts";
import type { Operation } from "../../../src/processor/operations/operation.ts";
import { deepFreeze } from "./support.ts";

const state = deepFreeze({ list: [1, { n: 2 }, 3], text: "t", deep: { "a/b": { c: [] } } });

test("a page applies all that a server makes as the server does", () => {
  const operations: readonly Operation[] = [
    { op: "move", from: "/list/0", path: "/list/2" },
    { op: "replace", path: "/list/0/n", value: 5 },
    { op: "add", path: "/deep/a~1b/c/0", value: { x: 1 } },
    { op: "move", from: "/text", path: "/deep/text" },
    { op: "remove", path: "/list/1" },
  ];
  const after = applyEdits(state, operations);
  expect(after).toEqual(applyOperations(state, operations));
  expect(after).toEqual({
    list: [{ n: 5 }, 1],
    deep: { "a/b": { c: [{ x: 1 }] }, text: "t" },
  });
});

test.for([
  ["test", { op: "test", path: "/text", value: "t" }],
  ["copy", { op: "copy", from: "/text", path: "/other" }],
  ["another operation", { op: "str", path: "/text", at: 0, del: 1, ins: "u" }],
  ["no operation", null],
  ["what leads to a prototype", { op: "add", path: "/__proto__/x", value: 1 }],
  ["what is not there", { op: "replace", path: "/none", value: 1 }],
])("a page refuses %s", ([, operation]) => {
  expect(() => applyEdits(state, [operation as Operation])).toThrow();
  expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
});
