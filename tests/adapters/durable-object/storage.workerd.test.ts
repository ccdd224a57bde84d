import type { DurableObjectStorage } from "@cloudflare/workers-types/index.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { expectToWorkWhenEmptied } from "../shared/emptied.ts";

/** Runs within an object, the only place where its storage can be used. */
function inObject<Result>(
  name: string,
  run: (storage: DurableObjectStorage) => Promise<Result>,
): Promise<Result> {
  const stub = env.STORAGE.get(env.STORAGE.idFromName(name));
  return runInDurableObject(stub, (_, state) => run(state.storage));
}

test("DurableObjectStore goes on after deleteAll, on the empty storage", () =>
  inObject("emptied", async (storage) => {
    const store = new DurableObjectStore(storage);
    await expectToWorkWhenEmptied(store, () => storage.deleteAll());
    // The rows of a long document go with it, so the triggers were made again too.
    const left = storage.sql.exec(`select count(*) as n from "Note"`).toArray();
    expect(left).toEqual([{ n: 0 }]);
  }));

test("SqliteMappedStore in a Durable Object goes on after deleteAll, on the empty storage", () =>
  inObject("emptied mapped", async (storage) => {
    const store = new SqliteMappedStore(storage, {
      mapping: { Other: { "x-na:store": { entity: "others" } } },
      schema: { $defs: { Other: { properties: { title: { type: "string" } } } } },
    });
    await expectToWorkWhenEmptied(store, () => storage.deleteAll());
    const put = (title: string) =>
      store.commit([{ type: "Other", key: "a", value: { title, more: [1] } }]);
    const [version] = await put("one");
    await storage.deleteAll();
    expect(await store.get("Other", "a")).toBeUndefined();
    const stale = { type: "Other", key: "a", value: {}, ifVersion: version! };
    await expect(store.commit([stale])).rejects.toMatchObject({ name: "ConflictError" });
    await put("two");
    expect(await store.load("Other", "a")).toEqual({ title: "two", more: [1] });
  }));

describe("a commit inside of a transaction of one's own", () => {
  const type = "Note";

  test("is gone with it, and the version that it answered is refused from then on", () =>
    inObject("rolled back", async (storage) => {
      const store = new DurableObjectStore(storage);
      const [first] = await store.commit([{ type, key: "a", value: "first" }]);
      let inside!: ReturnType<DurableObjectStore["commit"]>;
      const transaction = () =>
        storage.transactionSync(() => {
          inside = store.commit([{ type, key: "a", value: "inside", ifVersion: first! }]);
          throw new Error("rolled back");
        });
      expect(transaction).toThrow("rolled back");
      const [version] = await inside;
      expect(await store.get(type, "a")).toMatchObject({ value: "first", version: first });
      const stale = store.commit([{ type, key: "a", value: "next", ifVersion: version! }]);
      await expect(stale).rejects.toMatchObject({ name: "ConflictError", key: "a" });
      await store.commit([{ type, key: "a", value: "next", ifVersion: first! }]);
    }));

  test("may make a table that is gone with it, and is made again", () =>
    inObject("rolled back table", async (storage) => {
      const store = new DurableObjectStore(storage);
      for (const values of [["a"], ["a", "b"]]) {
        const transaction = () =>
          storage.transactionSync(() => {
            void store.commit(values.map((key) => ({ type, key, value: 1 })));
            throw new Error("rolled back");
          });
        expect(transaction).toThrow("rolled back");
        expect(await store.load(type, "a")).toBeNull();
      }
      await store.commit([{ type, key: "a", value: "x".repeat(2_000_000) }]);
      await store.commit([{ type, key: "a", value: 2 }]);
      expect(storage.sql.exec(`select count(*) as n from "Note"`).toArray()).toEqual([{ n: 1 }]);
    }));

  test("stays if it is not rolled back, together with what the app wrote itself", () =>
    inObject("committed", async (storage) => {
      const store = new DurableObjectStore(storage);
      storage.sql.exec("create table own (n integer)");
      const inside = storage.transactionSync(() => {
        storage.sql.exec("insert into own values (1)");
        return store.commit([{ type, key: "a", value: 1 }]);
      });
      const [version] = await inside;
      expect(await store.get(type, "a")).toMatchObject({ value: 1, version });
    }));
});
