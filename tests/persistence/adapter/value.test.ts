import fc from "fast-check";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { decodeValue, encodeValue } from "../../../src/persistence/adapter/codec.ts";
import { assertStorable, maxDepth, valueKind } from "../../../src/persistence/adapter/value.ts";

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { next: value };
  return value;
}

describe("assertStorable", () => {
  test("accepts every type that the design names", () => {
    const bytes = new Uint8Array([1, 2, 3]);
    assertStorable({
      ...{ text: "a", number: 1, nan: NaN, zero: -0, no: null, nothing: undefined, big: 1n },
      ...{ date: new Date(0), map: new Map([[{}, []]]), set: new Set([new Set()]) },
      ...{ bytes, buffer: bytes.buffer, floats: new Float64Array(2), bigs: new BigInt64Array(1) },
      ...{ bare: Object.create(null), holes: [, 1] },
    });
  });

  test.each<[string, unknown, string]>([
    ["functions", { a: [{ run() {} }] }, "a[0].run is a function"],
    ["symbols", { "two words": Symbol("x") }, '["two words"] is a symbol'],
    ["symbol keys", [{ [Symbol("x")]: 1 }], "[0] has a symbol as a key"],
    ["class instances", { at: new (class Point {})() }, "at is an instance of Point"],
    ["subclasses of Map", new (class Names extends Map {})(), "it is an instance of Names"],
    ["Node's buffers", { bytes: Buffer.from("a") }, "bytes is an instance of Buffer"],
    ["errors", new RangeError("x"), "it is an instance of RangeError"],
    ["promises", { later: Promise.resolve() }, "later is an instance of Promise"],
    ["weak maps", new WeakMap(), "it is an instance of WeakMap"],
    ["own __proto__ keys", JSON.parse('{"a":{"__proto__":{}}}'), 'a has an own key "__proto__"'],
    ["functions in a Map", new Map([["a", () => 1]]), "[1] is a function"],
    [
      "subclasses of Array",
      { list: new (class List extends Array {})() },
      "list is an instance of List",
    ],
    ["matches of a pattern", { match: "abc".match(/b/) }, 'match has an own key "groups"'],
    [
      "named parts of a sparse array",
      Object.assign([, 1], { total: 1 }),
      'it has an own key "total"',
    ],
    [
      "symbols on arrays",
      { tags: Object.assign([1], { [Symbol("x")]: 1 }) },
      "tags has a symbol as a key",
    ],
    ["notes on a date", Object.assign(new Date(0), { zone: "UTC" }), 'it has an own key "zone"'],
    ["notes on a map", { map: Object.assign(new Map(), { n: 1 }) }, 'map has an own key "n"'],
    [
      "inherited fields",
      Object.create(Object.assign(Object.create(null), { a: 1 })),
      "it is an instance of a class",
    ],
    [
      "shared memory",
      new Uint8Array(new SharedArrayBuffer(1)),
      "it is an instance of SharedArrayBuffer",
    ],
  ])("refuses %s and names their path", (_, value, message) => {
    expect(() => assertStorable(value, "user/42")).toThrow(
      new TypeError(`Cannot store user/42: ${message}; store plain data`),
    );
  });

  test("accepts the plain objects and arrays of another realm", () => {
    const foreign = runInNewContext("({ list: [1, { at: new Date(0), map: new Map() }] })");
    assertStorable(foreign);
    expect(valueKind(runInNewContext("({ list: [1, { a: null }] })"))).toBe("json");
  });

  test("refuses cycles, also through a Map or a Set", () => {
    const object: Record<string, unknown> = {};
    object["self"] = { again: object };
    expect(() => assertStorable(object)).toThrow("self.again contains itself");
    const map = new Map<string, unknown>();
    map.set("map", map);
    expect(() => assertStorable(map)).toThrow("contains itself");
    const set = new Set<unknown>();
    expect(() => assertStorable(set.add([set]))).toThrow("contains itself");
  });

  test("refuses 100,000 levels with an error and not a stack overflow", () => {
    expect(() => assertStorable(nested(100_000))).toThrow(`more than ${maxDepth} levels`);
    assertStorable(nested(maxDepth));
    expect(() => assertStorable(nested(maxDepth + 1))).toThrow(TypeError);
  });

  test("walks the elements of an array, not the billions of holes between them", () => {
    const sparse: unknown[] = [1];
    sparse[4_000_000_000] = () => {};
    expect(() => assertStorable(sparse)).toThrow("[4000000000] is a function");
  });

  test("finds a deep chain that is reached through its own parts", () => {
    const links: object[] = [{}];
    for (let index = 0; index < 1_000; index++) links.unshift({ next: links[0] });
    expect(() => assertStorable([...links].reverse())).toThrow(`more than ${maxDepth} levels`);
  });

  test("takes one pass over an object that is shared 2^200 times", () => {
    let shared: unknown = [];
    for (let level = 0; level < 200; level++) shared = [shared, shared];
    expect(valueKind(shared)).toBe("rich");
  });
});

describe("valueKind", () => {
  test("says json only of what JSON gives back exactly", () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true }), (value) => {
      let kind;
      try {
        kind = valueKind(value);
      } catch {
        return;
      }
      if (kind === "json") expect(JSON.parse(JSON.stringify(value))).toStrictEqual(value);
    }));
  });

  test("says rich of what answers JSON.stringify with something else", () => {
    const hidden = Object.defineProperty({ a: 1 }, "toJSON", { value: () => "other" });
    expect(valueKind({ hidden })).toBe("rich");
    Object.defineProperty(Object.prototype, "toJSON", { value: () => "other", configurable: true });
    try {
      expect([valueKind({}), valueKind([])]).toEqual(["rich", "rich"]);
      const encoded = encodeValue({ a: [1] });
      expect(decodeValue(encoded, { type: "Note", key: 1 })).toEqual({ a: [1] });
    } finally {
      delete (Object.prototype as { toJSON?: unknown }).toJSON;
    }
  });

  test("says rich of what JSON would change", () => {
    const shared = {};
    for (const value of [NaN, Infinity, -0, undefined, 1n, [, 1], new Date(), [shared, shared]]) {
      expect(valueKind(value)).toBe("rich");
    }
  });
});
