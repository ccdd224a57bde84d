import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import {
  compareKeys,
  decodeKey,
  decodeStoredKey,
  encodeKey,
  sortEncodedKeys,
} from "../../../src/persistence/adapter/keys.ts";

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  // Code units, so that lone surrogates come up.
  fc.array(
    fc.constantFrom("\0", "\x01", " ", "!", "~", "a", "\ud7ff", "\ud800", "\udfff", "\ufeff"),
  )
    .map((units) => units.join("")),
);
const keys: fc.Arbitrary<Key> = fc.oneof(
  text,
  fc.double({ noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.boolean(),
  fc.date({ noInvalidDate: true }),
);

function isSameKey(a: Key, b: Key): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  return a === b;
}

describe("keys", () => {
  test("come back from their encoding as they were", () => {
    fc.assert(fc.property(keys, (key) => {
      const back = decodeKey(encodeKey(key));
      expect(typeof back).toBe(typeof key);
      expect(isSameKey(back, key)).toBe(true);
    }));
  });

  test("have the same encoding only when they are the same key", () => {
    fc.assert(fc.property(keys, keys, (a, b) => {
      expect(encodeKey(a) === encodeKey(b)).toBe(isSameKey(a, b));
    }));
  });

  test("sort by the UTF-8 bytes of their encoding as they sort by compareKeys", () => {
    fc.assert(fc.property(keys, keys, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(encodeKey(a)), Buffer.from(encodeKey(b)));
      expect(Math.sign(compareKeys(a, b))).toBe(bytes);
      expect(Math.sign(compareKeys(encodeKey(a), encodeKey(b)))).toBe(bytes);
    }));
  });

  test("sort all at once, and when encoded, as they sort by compareKeys", () => {
    fc.assert(fc.property(fc.array(keys), (some) => {
      const sorted = [...some].sort(compareKeys).map(encodeKey);
      expect(sortEncodedKeys(some.map(encodeKey))).toEqual(sorted);
    }));
  });

  test("are encoded without NUL and as well-formed text, which every backend keeps", () => {
    fc.assert(fc.property(keys, (key) => {
      const encoded = encodeKey(key);
      expect(encoded.isWellFormed() && !encoded.includes("\0") && encoded !== "").toBe(true);
    }));
  });

  test("list booleans, numbers, dates and strings in this order, strings by code point", () => {
    const sorted: Key[] = [
      ...[false, true, -Infinity, -1.5, -1, 0, 0.5, 2, 10, Infinity],
      ...[new Date(-1), new Date(0), "", "\0", " ", "!", "10", "9", "A", "a"],
      ...["\ud83d", "\ud83d\0", "\ud83da", "\ud83d\ud83d", "\ud83d\uffff", "\uffff", "😀", "😁"],
    ];
    const shuffled = [...sorted].reverse();
    expect(shuffled.sort(compareKeys)).toEqual(sorted);
  });

  test("that are ordinary strings stay readable", () => {
    for (const key of ["my-list", "currentUser", "Ada Lovelace", "a:b/c", "Gaeilge: fada á"]) {
      expect(encodeKey(key)).toBe(key);
    }
  });

  test("treat -0 as 0", () => {
    expect(encodeKey(-0)).toBe(encodeKey(0));
    expect(compareKeys(-0, 0)).toBe(0);
  });

  test("cannot be NaN, an invalid date, or something else", () => {
    expect(() => encodeKey(NaN)).toThrow("Cannot use NaN as a key");
    expect(() => encodeKey(new Date(NaN))).toThrow("Cannot use an invalid date as a key");
    for (const key of [undefined, null, {}, [], 1n, Symbol("key")]) {
      expect(() => encodeKey(key as never)).toThrow("Cannot use this key");
    }
  });

  test("that were not encoded by us are refused by name", () => {
    const foreign = [
      "!",
      "!x",
      "!b2",
      "!n",
      "!nbff0",
      "!nBFF",
      "!nzzz",
      "!nbff00000000000001",
      // NaN, and -0, which is 0
      "!nfff8",
      "!n7fffffffffffffff",
    ];
    for (const encoded of [...foreign, "", " a", "!~a", "a\0", "\x01", "a\ud7ff", "\ud800"]) {
      expect(() => decodeKey(encoded)).toThrow(JSON.stringify(encoded));
      expect(() => decodeStoredKey("Note", encoded)).toThrow(
        `Cannot read Note/${encoded}: it is not stored`,
      );
    }
  });

  test("have one encoding each: what is decoded is encoded so again", () => {
    const head = fc.constantFrom("", "!", "!~", "!n", "!t", "!nbff", "!tc27", "!b");
    const encodings = fc.tuple(head, fc.oneof(text, fc.stringMatching(/^[0-9a-f]{16}$/)));
    fc.assert(fc.property(encodings.map((parts) => parts.join("")), (encoded) => {
      let key: Key;
      try {
        key = decodeKey(encoded);
      } catch {
        return;
      }
      expect(encodeKey(key)).toBe(encoded);
    }));
  });
});
