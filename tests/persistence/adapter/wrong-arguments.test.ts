import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../../mod.ts";

/** An adapter as plain JavaScript sees it, without types that refuse anything. */
interface Untyped {
  list(type: string, options: unknown): AsyncIterable<unknown>;
  commit(writes?: unknown): Promise<unknown>;
}

const open = () => new MemoryStore() as unknown as Untyped;

const whole = "pass a whole number from 0 up";
const noPart =
  "is not a part of a write; use type, key, value, delete, check, ifVersion, metadata, " +
  "ttl or version";
const noValue = "it has no value, delete or check; give it one of them";

test.for<[options: unknown, error: Error]>([
  [null, new TypeError("Cannot list User: options is null; pass an object")],
  [
    { limt: 5 },
    new TypeError(
      "Cannot list User: limt is not an option; use after, limit, reverse, onUnreadable",
    ),
  ],
  [{ limit: "5" }, new TypeError(`Cannot list User: limit is "5", a string; ${whole}`)],
  [{ limit: NaN }, new RangeError(`Cannot list User: limit is NaN; ${whole}`)],
  [
    { reverse: "yes" },
    new TypeError('Cannot list User: reverse is "yes", a string; pass true or false'),
  ],
  [
    { onUnreadable: true },
    new TypeError("Cannot list User: onUnreadable is true; pass a function"),
  ],
])("list refuses by name %o", async ([options, error]) => {
  await expect(open().list("User", options)[Symbol.asyncIterator]().next()).rejects.toThrow(error);
});

describe("commit refuses by name", () => {
  test.for<[wrong: string, writes: unknown, problem: string]>([
    ["no writes", undefined, "to MemoryStore: writes is undefined; pass a list of writes"],
    [
      "a write that is in no list",
      { type: "User", key: 1, value: {} },
      "to MemoryStore: writes is a value of type Object; pass a list of writes",
    ],
    ["a write without a value", [{ type: "User", key: 1 }], `User/1 to MemoryStore: ${noValue}`],
    [
      "a write with a misspelt value",
      [{ type: "User", key: 1, value: {} }, { type: "User", key: 2, valeu: {} }],
      `User/2 to MemoryStore: valeu ${noPart}`,
    ],
    ["no write in the list", [undefined], "to MemoryStore: a write is undefined; pass an object"],
    [
      "a misspelt ifVersion, which would let the write overwrite anything",
      [{ type: "User", key: 1, value: {}, ifversion: null }],
      `User/1 to MemoryStore: ifversion ${noPart}`,
    ],
    [
      "a misspelt ifVersion of a delete among other writes",
      [{ type: "User", key: 1, value: {} }, { type: "User", key: 2, delete: true, version_: "1" }],
      `User/2 to MemoryStore: version_ ${noPart}`,
    ],
    [
      "a misspelt ttl, which would keep the entry forever",
      [{ type: "User", key: 1, value: {}, TTL: 5 }],
      `User/1 to MemoryStore: TTL ${noPart}`,
    ],
  ])("%s", async ([, writes, problem]) => {
    await expect(open().commit(writes)).rejects.toThrow(new TypeError(`Cannot commit ${problem}`));
  });
});

test("a commit with one misspelt write writes nothing", async () => {
  const store = new MemoryStore();
  const misspelt = { type: "User", key: 2, value: {}, ifversion: null };
  await expect(store.commit([{ type: "User", key: 1, value: {} }, misspelt])).rejects.toThrow();
  expect(await store.get("User", 1)).toBeUndefined();
});

test("commit stores a value that is there and undefined", async () => {
  const store = new MemoryStore();
  await store.commit([{ type: "User", key: 1, value: undefined }]);
  expect(await store.get("User", 1)).toMatchObject({ key: 1, value: undefined });
});

test.for<[type: unknown, named: string]>([
  [undefined, "undefined"],
  [5n, "5"],
  ["", '""'],
  [{}, "a value of type Object"],
])("get refuses %o as a type", async ([type, named]) => {
  await expect(new MemoryStore().get(type as string, 1)).rejects.toThrow(
    new TypeError(`Cannot use ${named} as a type: use a string of one or more characters`),
  );
});
