import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { copyLike } from "../../../src/persistence/adapter/json-copy.ts";
import { isJsonTree } from "../../../src/persistence/adapter/json-tree.ts";

const maxDepth = 20;

const record = fc.dictionary(fc.constantFrom("a", "b", "id", "constructor"), fc.jsonValue());
const list = fc.record({ items: fc.array(fc.record({ id: fc.nat(5), n: fc.nat(2) })) });
const state = fc.oneof(record, list);

function objectsIn(value: unknown, found: Set<unknown> = new Set()): Set<unknown> {
  if (typeof value !== "object" || value === null) return found;
  found.add(value);
  for (const part of Object.values(value)) objectsIn(part, found);
  return found;
}

afterEach(() => {
  delete (Object.prototype as { polluted?: unknown }).polluted;
});

test("a copy is the value, shares nothing with it, and leaves both as they were", () => {
  fc.assert(fc.property(state, state, (value, like) => {
    const [wasValue, wasLike] = structuredClone([value, like]);
    const copy = copyLike(value, like, maxDepth);
    expect(copy === undefined).toBe(!isJsonTree(value, maxDepth));
    if (!copy) return;
    expect(copy).toEqual(wasValue);
    expect(isJsonTree(copy, maxDepth)).toBe(true);
    expect(value).toEqual(wasValue);
    expect(like).toEqual(wasLike);
    const own = objectsIn(value);
    expect([...objectsIn(copy)].filter((object) => own.has(object))).toEqual([]);
  }));
});

test("a copy of the same value is the other one itself, in whatever order properties stand", () => {
  fc.assert(fc.property(state.filter((value) => isJsonTree(value, maxDepth)), (value) => {
    expect(copyLike(structuredClone(value), value, maxDepth)).toBe(value);
    const reversed = Object.fromEntries(Object.entries(structuredClone(value)).reverse());
    expect(copyLike(reversed, value, maxDepth)).toBe(value);
  }));
});

test("what stays is shared: in a property, at an index, and by its id wherever it moves", () => {
  const [one, two, three] = [{ id: 1, n: [1] }, { id: 2, n: [2] }, { id: 3, n: [3] }];
  const like = { items: [one, two, three], other: { deep: [1] }, gone: 1 };
  const given = structuredClone({ items: [three, { ...one, n: [9] }, two], other: { deep: [1] } });
  const copy = copyLike(given, like, maxDepth) as typeof given;
  expect(copy).toStrictEqual(given);
  expect(copy.other).toBe(like.other);
  expect(copy.items[0]).toBe(three);
  expect(copy.items[2]).toBe(two);
  expect(copy.items[1]).not.toBe(one);
});

test("items that have one id share nothing with each other", () => {
  const like = { items: [{ id: 1, n: [1] }, { id: 2, n: [2] }] };
  const [one, two] = structuredClone(like.items);
  for (const items of [[two, one, two], [one, one], [two, { n: [2] }, one], [one, two, one]]) {
    const given = { items: items.map((item) => structuredClone(item)) };
    const copy = copyLike(given, like, maxDepth)!;
    expect(copy).toStrictEqual(given);
    expect(isJsonTree(copy, maxDepth)).toBe(true);
  }
});

test.for<[string, () => object]>([
  ["a date", () => ({ at: new Date(0) })],
  ["undefined", () => ({ at: undefined })],
  ["-0", () => ({ at: -0 })],
  ["a hole", () => ({ at: new Array(1) })],
  ["a list with a property", () => ({ at: Object.assign([1], { name: 1 }) })],
  ["a symbol", () => ({ at: 1, [Symbol("s")]: 1 })],
  ["toJSON", () => ({ at: { toJSON: () => 1 } })],
  ["a class", () => ({ at: new (class At {})() })],
  ["one object at two places", () => {
    const at = {};
    return { at, more: at };
  }],
  ["an object in itself", () => {
    const at: Record<string, unknown> = {};
    at["at"] = at;
    return { at };
  }],
  ["more levels than there may be", () => JSON.parse(`${'{"at":'.repeat(21)}1${"}".repeat(21)}`)],
  ["__proto__", () => JSON.parse('{"at":{"__proto__":1}}')],
])("a value with %s is no tree of plain JSON", ([, make]) => {
  expect(isJsonTree(make(), maxDepth)).toBe(false);
  expect(copyLike(make(), {}, maxDepth)).toBeUndefined();
});

test("what another library has added to all objects is taken neither from the value nor from the other", () => {
  (Object.prototype as { polluted?: unknown }).polluted = { harm: 1 };
  const like = { own: 1 };
  expect(Object.keys(copyLike({ own: 2 }, like, maxDepth)!)).toEqual(["own"]);
  expect(copyLike({ own: 1 }, like, maxDepth)).toBe(like);
  const given = { own: 1, polluted: { harm: 1 } };
  const copy = copyLike(given, like, maxDepth)!;
  expect(Object.keys(copy)).toEqual(["own", "polluted"]);
  expect((copy as typeof given).polluted).not.toBe(({} as typeof given).polluted);
});
