import type { Key } from "../persistence/adapter/adapter.ts";
import { compareKeys } from "../persistence/adapter/keys.ts";
import { assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

const differentKeys: readonly Key[] = [
  ...[1, "1", true, "true", false, "false", 0, "0", "", new Date(1), new Date(0)],
  ...["1970-01-01T00:00:00.000Z", -1, 1.5, Infinity, "null", "undefined", "NaN"],
];

const difficultKeys: readonly string[] = [
  ...[" ", "a ", " a", "a", "A", "á", "a\u0301", "😀", "\0", "a\0", "a\0b", "\x01", "\n"],
  ...[
    "\ud800",
    "\udfff",
    "\ud7ff",
    "\ufeff",
    "\uffff",
    ".",
    "..",
    "/",
    "a/b",
    "a:b",
    "%",
    "%00",
  ],
  ...["'", '"', "`", "--", "; drop", "[", "*", "_", "!", "!~", "!n", "!b1", "~", "\\"],
  ...["__proto__", "constructor", "toString", "x".repeat(150)],
];

const difficultTypes: readonly string[] = [
  ...["A-b", "Ab", "ab", "AB", "A b", "A_b", "a.b", "a:b", "a", "a/b", "A%b", "á", "a\u0301", "😀"],
  ...[
    '"',
    '""',
    "'",
    "`",
    "]",
    "order",
    "sqlite_master",
    "__proto__",
    "constructor",
    "-",
    " ",
    "1",
  ],
];

/** Keys and types that differ are apart, whatever they are made of. */
export const keys: CaseGroup = {
  "keys of different types are different keys": async ({ adapter, type }) => {
    await expectApart(differentKeys, (key) => ({ type, key }), adapter);
    const listed = (await listAll(adapter, type)).map((entry) => entry.key);
    assertEqual(listed, [...differentKeys].sort(compareKeys), "the listed keys");
  },

  "keys may hold any characters": async ({ adapter, type }) => {
    await expectApart(difficultKeys, (key) => ({ type, key }), adapter);
    const listed = (await listAll(adapter, type)).map((entry) => entry.key);
    assertEqual(listed, [...difficultKeys].sort(compareKeys), "the listed keys");
  },

  "types may have any name, and clearing one leaves the others": async ({ adapter, type }) => {
    const ofName = (name: string) => ({ type: type + name, key: "a" });
    await expectApart(difficultTypes, ofName, adapter);
    await adapter.clear(type + difficultTypes[0]);
    for (const [index, name] of difficultTypes.entries()) {
      const expected = index === 0 ? undefined : index;
      assertEqual((await adapter.get(type + name, "a"))?.value, expected, `the entry of ${name}`);
    }
  },

  "a separator in a type or a key never makes two entries one": async ({ adapter, type }) => {
    for (const separator of [":", "/", "\x01", "!", "~", "-", ".", "|"]) {
      const one = { type: `${type}${separator}b`, key: "c" };
      const two = { type, key: `b${separator}c` };
      await adapter.commit([{ ...one, value: 1 }, { ...two, value: 2 }]);
      assertEqual((await adapter.get(one.type, one.key))?.value, 1, `one with ${separator}`);
      assertEqual((await adapter.get(two.type, two.key))?.value, 2, `two with ${separator}`);
      assertEqual((await listAll(adapter, one.type)).length, 1, `the entries of ${one.type}`);
    }
  },

  "-0 and 0 are one key, and dates are keys by value": async ({ adapter, type }) => {
    await adapter.commit([{ type, key: -0, value: 1 }, { type, key: new Date(5), value: 2 }]);
    assertEqual((await adapter.get(type, 0))?.value, 1, "the value under 0");
    assertEqual((await adapter.get(type, new Date(5)))?.value, 2, "the value under the date");
  },

  "anything that cannot be a key or a type is refused": async ({ adapter, type }) => {
    for (const key of [NaN, new Date(NaN), null, undefined, {}, 1n] as Key[]) {
      await assertRejects(adapter.get(type, key), "TypeError", `getting ${String(key)}`);
      const commit = adapter.commit([{ type, key, value: 1 }]);
      await assertRejects(commit, "TypeError", `writing ${String(key)}`);
    }
    for (const wrong of ["", undefined, 1, "\ud800"] as string[]) {
      await assertRejects(adapter.get(wrong, "a"), "TypeError", `getting type ${wrong}`);
      const commit = adapter.commit([{ type: wrong, key: "a", value: 1 }]);
      await assertRejects(commit, "TypeError", `writing type ${wrong}`);
    }
  },
};

/** Writes a different value to each place, and then expects each place to hold its own. */
async function expectApart<Name>(
  names: readonly Name[],
  place: (name: Name) => { type: string; key: Key },
  adapter: Parameters<CaseGroup[string]>[0]["adapter"],
): Promise<void> {
  for (const [value, name] of names.entries()) await adapter.commit([{ ...place(name), value }]);
  for (const [value, name] of names.entries()) {
    const { type, key } = place(name);
    const entry = await adapter.get(type, key);
    assertEqual([entry?.key, entry?.value], [key, value], `the entry of ${JSON.stringify(name)}`);
  }
}
