import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isJsonTree } from "../../../src/persistence/adapter/json-tree.ts";

const isTree = (value: unknown) => isJsonTree(value, 500);

test("isJsonTree accepts anything that JSON.parse returns, unless a key of it is __proto__", () => {
  const texts = fc.jsonValue({ maxDepth: 6 }).map((value) => JSON.stringify(value));
  fc.assert(
    fc.property(texts, (text) => {
      expect(isTree(JSON.parse(text))).toBe(!/"__proto__":/.test(text));
    }),
    { examples: [['[{"__proto__":""}]'], ['{"toJSON":1}'], ['["\\"__proto__\\":"]']] },
  );
});

test("isJsonTree refuses anything that JSON.stringify would change, wherever it is", () => {
  const changed = fc.constantFrom<unknown>(
    undefined,
    NaN,
    Infinity,
    -0,
    1n,
    new Date(0),
    new Map(),
    new Set(),
    new Uint8Array(1),
    new (class Point {})(),
    { toJSON: () => 1 },
    { [Symbol("name")]: 1 },
    JSON.parse('{ "__proto__": 1 }'),
    () => {},
    Symbol("value"),
  );
  fc.assert(fc.property(fc.array(fc.jsonValue()), changed, fc.nat(), (values, value, at) => {
    const list = JSON.parse(JSON.stringify(values));
    list.splice(at % (list.length + 1), 0, value);
    expect(isTree(list)).toBe(false);
    expect(isTree({ list })).toBe(false);
  }));
});

describe("isJsonTree refuses an array", () => {
  test("with a hole", () => expect(isTree([1, , 2])).toBe(false));
  test("with a property of its own", () => {
    expect(isTree(Object.assign([1], { name: "a" }))).toBe(false);
  });
  test("with a hole and as many properties of its own", () => {
    expect(isTree(Object.assign([1, , 2], { name: "a" }))).toBe(false);
  });
});

test("isJsonTree refuses a value that contains itself or a part twice, among few objects and among many", () => {
  for (const size of [1, 31, 32, 33, 1_000]) {
    const list: unknown[] = Array.from({ length: size }, (_, id) => ({ id }));
    expect(isTree(list)).toBe(true);
    expect(isTree([...list, list[size - 1]])).toBe(false);
    list.push(list);
    expect(isTree(list)).toBe(false);
  }
});

test("isJsonTree refuses a value that is too deep", () => {
  const nested = (levels: number): unknown => levels === 0 ? "leaf" : [nested(levels - 1)];
  expect(isJsonTree(nested(3), 3)).toBe(true);
  expect(isJsonTree(nested(4), 3)).toBe(false);
});
