import fc from "fast-check";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { diff } from "../../mod.ts";

const countries: object[] = createRequire(import.meta.url)("world-countries");

describe("diff", () => {
  test("returns what was added, changed and removed", () => {
    expect(diff({ a: 1, b: [1, 2], c: true }, { a: 1, b: [2, 1], d: "x" }))
      .toEqual({ b: [2, 1], c: undefined, d: "x" });
  });

  test("of a new state is the whole state", () => {
    expect(diff(undefined, { a: 1 })).toEqual({ a: 1 });
  });

  test("ignores the order of keys at any depth", () => {
    expect(
      diff({ b: { y: 1, x: [{ q: 1, p: 2 }] }, 2: 0, a: 0 }, {
        a: 0,
        b: { x: [{ p: 2, q: 1 }], y: 1 },
        2: 0,
      }),
    )
      .toEqual({});
  });

  test.for<[string, unknown, unknown]>([
    ["NaN and 1", NaN, 1],
    ["0 and -0", 0, -0],
    ["null and undefined", null, undefined],
    ["two dates", new Date(1), new Date(2)],
    ["two maps", new Map([["a", 1]]), new Map([["a", 2]])],
    ["two sets", new Set([1]), new Set([1, 2])],
    ["two bigints", 1n, 2n],
    ["two typed arrays", new Uint8Array([1]), new Uint8Array([2])],
    ["two buffers", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
    ["a list and an object", ["a"], { 0: "a" }],
    ["a typed array and another kind", new Uint8Array([1]), new Int8Array([1])],
  ])("tells %s apart, but not a value from its copy", ([, one, other]) => {
    expect(Object.keys(diff({ value: one }, { value: other }))).toEqual(["value"]);
    expect(diff({ value: one }, { value: structuredClone(one) })).toEqual({});
  });

  test("tells an undefined property from a missing one", () => {
    expect(Object.keys(diff({ a: undefined }, {}))).toEqual(["a"]);
  });

  test("reaches no prototype", () => {
    const changed = diff({}, JSON.parse('{ "__proto__": { "admin": true } }'));
    expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
    expect((changed as { admin?: boolean }).admin).toBeUndefined();
  });

  test("of a real document and its copy is empty, and of one change is one property", () => {
    for (const country of countries) {
      expect(diff(country, structuredClone(country))).toEqual({});
      expect(diff(country, { ...country, region: "elsewhere" })).toEqual({ region: "elsewhere" });
    }
  });

  test("applied to the state before yields the state after", () => {
    const states = fc.dictionary(
      fc.string({ maxLength: 3 }),
      fc.anything({ maxDepth: 2, withDate: true, withMap: true }),
    )
      .filter((state) => !Object.hasOwn(state, "__proto__"));
    fc.assert(fc.property(states, states, (before, after) => {
      const result: Record<string, unknown> = { ...before, ...diff(before, after) };
      for (const name of Object.keys(result)) if (!Object.hasOwn(after, name)) delete result[name];
      expect(diff(result, after)).toEqual({});
      expect(diff(after, result)).toEqual({});
    }));
  });
});
