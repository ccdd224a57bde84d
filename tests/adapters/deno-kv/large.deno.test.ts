import { afterAll, describe, expect, test } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import type { Write } from "../../../src/persistence/adapter/adapter.ts";
import { countKeys } from "./keys.ts";

const folder = Deno.makeTempDirSync();
const memory = await Deno.openKv(":memory:");
const file = await Deno.openKv(`${folder}/large.db`);
afterAll(() => {
  memory.close();
  file.close();
  Deno.removeSync(folder, { recursive: true });
});

describe("DenoKvStore", () => {
  test("removes a hundred large documents, as many together as one operation takes, and all by clear", async () => {
    const store = new DenoKvStore(memory, { prefix: ["hundred"] });
    const large = "x".repeat(600_000);
    for (let key = 0; key < 100; key++) await store.commit([{ type: "Note", key, value: large }]);
    const deletes = Array.from(
      { length: 100 },
      (_, key): Write => ({ type: "Note", key, delete: true }),
    );
    await expect(store.commit(deletes)).rejects.toMatchObject({
      name: "StorageLimitError",
      limit: "mutations per commit",
    });
    expect(await store.load("Note", "99")).toBeNull();
    expect(await store.get("Note", 99)).toMatchObject({ value: large });
    await store.commit(deletes.slice(0, 50));
    await store.clear("Note");
    expect(await countKeys(memory, ["hundred"])).toBe(0);
  });

  test("clears large documents of a type with a long name", async () => {
    const store = new DenoKvStore(memory, { prefix: ["long name"], watch: true });
    const type = "t".repeat(1_900);
    const large = "x".repeat(400_000);
    for (let key = 0; key < 50; key++) await store.commit([{ type, key, value: large }]);
    await store.clear(type);
    expect(await countKeys(memory, ["long name", type])).toBe(0);
    expect(await countKeys(memory, ["long name", 1])).toBe(0);
  });

  test("removes more large documents than one operation takes in a commit of several parts", async () => {
    const store = new DenoKvStore(memory, { prefix: ["parts"] });
    const large = "x".repeat(600_000);
    for (let key = 0; key < 70; key++) await store.commit([{ type: "Note", key, value: large }]);
    const deletes = Array.from(
      { length: 101 },
      (_, index): Write => ({ type: "Note", key: 100 - index, delete: true }),
    );
    expect(await store.commit(deletes)).toEqual(deletes.map(() => null));
    expect(await Array.fromAsync(store.list("Note"))).toEqual([]);
  });

  test("keeps a large document in chunks, and leaves none behind when it shrinks", async () => {
    const store = new DenoKvStore(memory, { prefix: ["shrinking"] });
    const large = "☘".repeat(200_000);
    const [version] = await store.commit([{ type: "Note", key: "a", value: large }]);
    expect(await store.load("Note", "a")).toBe(large);
    expect(await countKeys(memory, ["shrinking"])).toBe(12);
    await store.commit([{ type: "Note", key: "a", value: "small", ifVersion: version! }]);
    expect(await countKeys(memory, ["shrinking"])).toBe(1);
    await store.commit([{ type: "Note", key: "a", value: large }]);
    await store.commit([{ type: "Note", key: "a", value: "small" }]);
    expect(await countKeys(memory, ["shrinking"])).toBe(1);
    await store.commit([{ type: "Note", key: "a", value: large }]);
    await store.clear("Note");
    expect(await countKeys(memory, ["shrinking"])).toBe(0);
  });

  test("leaves no chunks behind when many documents replace large ones at once", async () => {
    const store = new DenoKvStore(memory, { prefix: ["many"] });
    const types = ["Note", "Page"];
    const writes = (value: (key: number) => string): Write[] =>
      types.flatMap((type) =>
        Array.from({ length: 20 }, (_, key) => ({ type, key, value: value(key) }))
      );
    const large = "x".repeat(300_000);
    for (const place of [0, 10, 19]) {
      await store.commit(writes((key) => key === place ? large : "small"));
      expect(await countKeys(memory, ["many"])).toBeGreaterThan(40);
      await store.commit(writes(() => "small"));
      expect(await countKeys(memory, ["many"])).toBe(40);
    }
  });

  test("never shows a mixture of two large documents", async () => {
    const store = new DenoKvStore(file);
    const large = (digit: number) => String(digit).repeat(300_000);
    await store.commit([{ type: "Mixed", key: "a", value: large(0) }]);
    const writes = Array.from({ length: 30 }, (_, round) => {
      return store.commit([{ type: "Mixed", key: "a", value: large(round % 10) }]);
    });
    const reads = Array.from({ length: 60 }, () => store.load("Mixed", "a"));
    await Promise.all(writes);
    for (const value of await Promise.all(reads)) expect(new Set(value).size).toBe(1);
  });
});
