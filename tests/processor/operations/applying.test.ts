import { describe, expect, test, vi } from "vitest";
import { applyOperations } from "../../../src/processor/operations/apply-operations.ts";
import { makeOperations } from "../../../src/processor/operations/make-operations.ts";
import type { Operation } from "../../../src/processor/operations/operation.ts";
import { deepFreeze, type State } from "./support.ts";

/** Applies what comes from a stranger: JSON that nobody has looked at. */
function apply(state: unknown, operations: unknown): unknown {
  return applyOperations(state, operations as readonly Operation[]);
}

describe("applying operations", () => {
  const before = deepFreeze({
    items: [1, 2, 3].map((id) => ({ id, tags: [{ n: id }], done: false })),
    settings: { theme: { dark: true }, page: { size: 10 } },
    [Symbol.toPrimitive]: undefined,
  });

  test("shares all that did not change with the state before", () => {
    const after = apply(before, [
      { op: "replace", path: "/items/1/done", value: true },
      { op: "move", from: "/items/0", path: "/items/2" },
      { op: "add", path: "/settings/page/from", value: 5 },
    ]) as typeof before;
    expect(after.items.map(({ id }) => id)).toEqual([2, 3, 1]);
    expect(after.items[1]).toBe(before.items[2]);
    expect(after.items[2]).toBe(before.items[0]);
    expect(after.items[0]).toEqual({ ...before.items[1]!, done: true });
    expect(after.items[0]!.tags).toBe(before.items[1]!.tags);
    expect(after.settings.theme).toBe(before.settings.theme);
    expect(after.settings.page).toEqual({ size: 10, from: 5 });
  });

  test("of what was made keeps every item that is the same, though the state after is a copy", () => {
    const copy = structuredClone({ items: before.items, settings: before.settings });
    const after = { ...copy, items: copy.items.with(2, { ...copy.items[2]!, done: true }) };
    const kept = apply(before, makeOperations(before, after)) as typeof before;
    expect(kept.items[2]!.done).toBe(true);
    expect([kept.items[0] === before.items[0], kept.settings === before.settings]).toEqual([
      true,
      true,
    ]);
  });

  test("without operations gives the same state", () => {
    expect(apply(before, [])).toBe(before);
  });

  test("never changes the value of an operation, also when a later one changes what it holds", () => {
    const value = deepFreeze({ list: [1] });
    const operations = [
      { op: "add", path: "/a", value },
      { op: "copy", from: "/a", path: "/b" },
      { op: "add", path: "/a/list/-", value: 2 },
      { op: "copy", from: "/a", path: "/c" },
      { op: "add", path: "/a/list/-", value: 3 },
      { op: "add", path: "/c/list/-", value: 4 },
    ];
    expect(apply({}, operations)).toEqual({
      a: { list: [1, 2, 3] },
      b: { list: [1] },
      c: { list: [1, 2, 4] },
    });
  });

  test("keeps a state without a prototype without one", () => {
    const state = Object.assign(Object.create(null), { a: { b: 1 } });
    const after = apply(state, [{ op: "replace", path: "/a/b", value: 2 }]);
    expect(Object.getPrototypeOf(after)).toBe(null);
    expect({ ...after as State }).toEqual({ a: { b: 2 } });
  });

  test("sets a property beside a setter that another library has added to all objects", () => {
    const set = vi.fn();
    Object.defineProperty(Object.prototype, "fresh", { set, configurable: true });
    try {
      const after = apply({ a: 1 }, [{ op: "add", path: "/fresh", value: 2 }]);
      expect(JSON.stringify(after)).toBe('{"a":1,"fresh":2}');
    } finally {
      delete (Object.prototype as { fresh?: unknown }).fresh;
    }
    expect(set).not.toHaveBeenCalled();
  });

  test("keeps a property that is named __proto__ a property", () => {
    const state = JSON.parse('{"a":1,"__proto__":{"admin":true}}');
    const after = apply(state, [{ op: "replace", path: "/a", value: 2 }]);
    expect(JSON.stringify(after)).toBe('{"a":2,"__proto__":{"admin":true}}');
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
  });
});

describe("an operation that does not fit throws, and changes nothing", () => {
  const state = { list: [1, 2], text: "abc", nested: { a: null }, date: new Date(0) };

  test.for<[string, unknown]>([
    ["an index with a leading zero", { op: "replace", path: "/list/01", value: 0 }],
    ["an index in another notation", { op: "replace", path: "/list/1e0", value: 0 }],
    ["an index far beyond the list", { op: "add", path: "/list/1000000000", value: 0 }],
    ["an index that reads 1e9", { op: "add", path: "/list/1e9", value: 0 }],
    ["an index that is negative", { op: "remove", path: "/list/-1" }],
    ["an index with a sign", { op: "remove", path: "/list/+1" }],
    ["an index with a space", { op: "remove", path: "/list/ 1" }],
    ["an index that is empty", { op: "remove", path: "/list/" }],
    ["an index that is no number", { op: "remove", path: "/list/length" }],
    ["the place after the last item, where there is none", { op: "remove", path: "/list/-" }],
    ["the place after the last item, moved", { op: "move", from: "/list/-", path: "/a" }],
    ["a property that is not there", { op: "replace", path: "/none", value: 0 }],
    ["a property of what is not there", { op: "add", path: "/none/a", value: 0 }],
    ["a character of a text", { op: "replace", path: "/text/0", value: "x" }],
    ["the length of a text", { op: "test", path: "/text/length", value: 3 }],
    ["a property of null", { op: "add", path: "/nested/a/b", value: 0 }],
    ["a property of a date", { op: "add", path: "/date/x", value: 0 }],
    ["what all objects inherit", { op: "replace", path: "/toString", value: 0 }],
    ["a path through what all inherit", { op: "add", path: "/toString/x", value: 0 }],
    ["the prototype of the state", { op: "add", path: "/__proto__/x", value: 0 }],
    ["the prototype of a list", { op: "add", path: "/list/__proto__/x", value: 0 }],
    ["a prototype, as a property", { op: "add", path: "/__proto__", value: { x: 1 } }],
    ["a prototype, moved to", { op: "move", from: "/nested", path: "/__proto__" }],
    ["a prototype, copied from", { op: "copy", from: "/__proto__", path: "/a" }],
    ["a constructor", { op: "add", path: "/constructor/x", value: 0 }],
    ["the prototype of a constructor", { op: "add", path: "/constructor/prototype/x", value: 0 }],
    ["a path without a slash", { op: "add", path: "a", value: 0 }],
    ["a path with an unknown escape", { op: "add", path: "/a~2", value: 0 }],
    ["a path with half an escape", { op: "add", path: "/a~", value: 0 }],
    ["a path that is a list", { op: "add", path: ["a"], value: 0 }],
    ["a move into itself", { op: "move", from: "/nested", path: "/nested/b" }],
    ["a move of the state", { op: "move", from: "", path: "/a" }],
    ["the removal of the state", { op: "remove", path: "" }],
    ["a test that fails", { op: "test", path: "/text", value: "abd" }],
    ["no such operation", { op: "constructor", path: "/text", value: 0 }],
    ["an operation without a name", { path: "/text", value: 0 }],
    ["an operation without a path", { op: "add", value: 0 }],
    ["an operation without a value", { op: "add", path: "/text" }],
    ["a move without a from", { op: "move", path: "/text" }],
    ["null", null],
    ["a text", "add"],
    ["a list", ["add", "/a", 1]],
  ])("%s", ([, operation]) => {
    const before = deepFreeze(structuredClone(state));
    const valid = { op: "replace", path: "/nested/a", value: 1 };
    expect(() => apply(before, [valid, operation])).toThrow(/^Cannot apply operation 1: .+; get/);
    expect(before).toEqual(state);
    expect(Object.hasOwn(Object.prototype, "x")).toBe(false);
  });

  test.for([undefined, null, {}, "[]", 5])("%s in place of a list of operations", (operations) => {
    expect(() => apply(state, operations)).toThrow(/^Cannot apply operations: /);
  });
});

test("a property that is named constructor is one like any other", () => {
  const before = { rest: "r".repeat(100), constructor: { name: "a" } };
  const after = { rest: before.rest, constructor: { name: "b" }, toString: 1 };
  const made = makeOperations(before, after);
  expect(made).toEqual([
    { op: "replace", path: "/constructor/name", value: "b" },
    { op: "add", path: "/toString", value: 1 },
  ]);
  expect(apply(before, made)).toEqual(after);
});

test("no operation is made for what no path may lead to: what holds it goes whole", () => {
  const rest = "r".repeat(1_000);
  for (const name of ["__proto__", "prototype"]) {
    const [one, other] = [1, 2].map((n) =>
      JSON.parse(`{"constructor":{"${name}":{"x":${n}},"y":1}}`)
    );
    const made = makeOperations({ rest, one }, { rest, one: other })!;
    expect(made.map(({ op, path }) => [op, path])).toEqual([["replace", "/one/constructor"]]);
    expect(JSON.stringify(apply({ rest, one }, made))).toBe(JSON.stringify({ rest, one: other }));
    const added = makeOperations({ rest, one: { constructor: {} } }, { rest, one })!;
    expect(added.map(({ path }) => path)).toEqual(["/one/constructor"]);
    expect(makeOperations({ rest, one }, { rest, one: structuredClone(one) })).toEqual([]);
  }
  expect(makeOperations({ rest }, JSON.parse(`{"rest":"${rest}","__proto__":1}`))).toBeUndefined();
});

describe("hostile operations", () => {
  test("with a path of 100,000 names end where the state does", () => {
    const path = "/a".repeat(100_000);
    expect(() => apply({ a: { a: 1 } }, [{ op: "add", path, value: 1 }])).toThrow(/^.{1,300}$/);
    const deep = JSON.parse(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`);
    let after = apply(deep, [{ op: "replace", path, value: 2 }]);
    for (let level = 0; level < 100_000; level++) after = (after as { a: unknown }).a;
    expect(after).toBe(2);
  });

  test("that shift or copy hundreds of millions of items are refused", () => {
    const list = Array.from({ length: 100_000 }, (_, n) => n);
    const moves = Array.from({ length: 10_000 }, () => ({
      op: "move",
      from: "/list/99999",
      path: "/list/0",
    }));
    expect(apply({ list }, moves.slice(0, 1_000))).toBeDefined();
    expect(() => apply({ list }, moves)).toThrow(/too much work/);
    const copies = moves.flatMap(() => [
      { op: "copy", from: "/list", path: "/copy" },
      { op: "replace", path: "/copy/0", value: 1 },
    ]);
    expect(() => apply({ list }, copies)).toThrow(/too much work/);
    const object = Object.fromEntries(list.slice(0, 10_000).map((n) => [`n${n}`, n]));
    const copiesOfObject = moves.flatMap(() => [
      { op: "copy", from: "/object", path: "/copy" },
      { op: "replace", path: "/copy/n0", value: 1 },
    ]);
    expect(() => apply({ object }, copiesOfObject)).toThrow(/too much work/);
  });

  test("are not made: a list of 100,000 items goes whole where 1,000 of them move", () => {
    const list = Array.from({ length: 100_000 }, (_, id) => ({ id, text: "t".repeat(20) }));
    const after = { list: [...list.slice(1_000), ...list.slice(0, 1_000)] };
    expect(makeOperations({ list }, after)).toBeUndefined();
    const fewer = { list: [...list.slice(100), ...list.slice(0, 100)] };
    expect(makeOperations({ list }, fewer)).toHaveLength(100);
  });
});
