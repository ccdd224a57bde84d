import type { DurableObjectStorage } from "@cloudflare/workers-types/index.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { testAdapter } from "../../../src/testing/mod.ts";
import { mixedUpTypes } from "../shared/odd-types.ts";

/** Runs within an object, the only place where its storage can be used. */
function inObject<Result>(
  name: string,
  run: (storage: DurableObjectStorage) => Promise<Result>,
): Promise<Result> {
  const stub = env.STORAGE.get(env.STORAGE.idFromName(name));
  return runInDurableObject(stub, (_, state) => run(state.storage));
}

let now = 1_800_000_000_000;
let storage: DurableObjectStorage;
const cases = testAdapter("DurableObjectStore", () => {
  return new DurableObjectStore(storage, { clock: { now: () => now } });
}, {
  advance: (milliseconds) => {
    now += milliseconds;
  },
  corrupt(type, key) {
    storage.sql.exec(`update "${type}" set data = '{' where id = ?`, encodeKey(key));
  },
});
for (const { name, skip, run } of cases) {
  test.skipIf(skip)(name, (context) =>
    inObject("suite", (own) => {
      storage = own;
      return run(context);
    }));
}

describe("DurableObjectStore", () => {
  async function increment(own: DurableObjectStorage): Promise<void> {
    const store = new DurableObjectStore(own);
    for (let done = 0; done < 500;) {
      const entry = await store.get("Counter", "n");
      const value = (entry?.value as number | undefined ?? 0) + 1;
      const ifVersion = entry?.version ?? null;
      try {
        await store.commit([{ type: "Counter", key: "n", value, ifVersion }]);
        done++;
      } catch (error) {
        if ((error as Error).name !== "ConflictError") throw error;
      }
    }
  }

  test("loses none of 1,000 increments that come in through two stubs", async () => {
    await Promise.all([inObject("race", increment), inObject("race", increment)]);
    const count = await inObject("race", (own) => new DurableObjectStore(own).load("Counter", "n"));
    expect(count).toBe(1_000);
  });

  test("keeps every object's documents to itself", async () => {
    await inObject("one", (own) => new DurableObjectStore(own).persist("Note", "a", {}, 1));
    expect(await inObject("two", (own) => new DurableObjectStore(own).load("Note", "a")))
      .toBeNull();
  });

  test("keeps any two types apart, whatever their names are", async () => {
    const mixedUp = await inObject("odd", (own) => mixedUpTypes(new DurableObjectStore(own)));
    expect(mixedUp).toEqual([]);
  });

  test("names the entry whose stored text is damaged, and reads the others", async () => {
    await inObject("damaged", async (own) => {
      const store = new DurableObjectStore(own);
      await store.commit([1, 2].map((key) => ({ type: "Note", key, value: { key } })));
      own.sql.exec(`update "Note" set data = '{' where data = '{"key":1}'`).toArray();
      await expect(store.get("Note", 1)).rejects.toThrow("Cannot read Note/1: the stored text");
      expect((await store.get("Note", 2))?.value).toEqual({ key: 2 });
    });
  });
});

describe("A document longer than a row", () => {
  test("is kept in several rows, and leaves none behind when it shrinks or goes", async () => {
    await inObject("long", async (own) => {
      const store = new DurableObjectStore(own);
      const count = () => own.sql.exec(`select count(*) as n from "Note"`).toArray()[0];
      const long = `x${"😀".repeat(1_200_000)}`;
      const [first] = await store.commit([{ type: "Note", key: "a", value: long }]);
      expect(count()).toEqual({ n: 5 });
      expect(await store.load("Note", "a")).toBe(long);
      await store.commit([{ type: "Note", key: "a", value: "short", ifVersion: first! }]);
      expect(count()).toEqual({ n: 1 });
      const [second] = await store.commit([
        { type: "Note", key: "a", value: long },
        { type: "Note", key: "a#", value: long },
        { type: "Note", key: "b", value: long, ttl: 1e9 },
      ]);
      expect(count()).toEqual({ n: 15 });
      const longer = `${long}y`;
      await store.commit([{ type: "Note", key: "a", value: longer, ifVersion: second! }]);
      expect(await store.load("Note", "a")).toBe(longer);
      expect(await store.load("Note", "a#")).toBe(long);
      const keys: unknown[] = [];
      for await (const { key } of store.list("Note")) keys.push(key);
      expect(keys).toEqual(["a", "a#", "b"]);
      await store.commit([{ type: "Note", key: "a", delete: true }]);
      expect(count()).toEqual({ n: 10 });
      await store.clear("Note");
      expect(count()).toEqual({ n: 0 });
    });
  });

  test("stays whole if another tool changes a column of its row", async () => {
    await inObject("touched", async (own) => {
      const store = new DurableObjectStore(own);
      const long = "x".repeat(2_000_000);
      await store.commit([{ type: "Note", key: "a", value: long }]);
      own.sql.exec(`update "Note" set expires = 1e15 where id = 'a'`);
      expect(await store.load("Note", "a")).toBe(long);
      await store.commit([{ type: "Note", key: "a", delete: true }]);
      expect(own.sql.exec(`select * from "Note"`).toArray()).toEqual([]);
      await store.commit([{ type: "Note", key: "a", value: long }]);
      own.sql.exec(`update "Note" set id = 'b' where id = 'a'`);
      await store.clear("Note");
      expect(own.sql.exec(`select * from "Note"`).toArray()).toEqual([]);
    });
  });

  test("is named if a part of it is missing", async () => {
    await inObject("parts", async (own) => {
      const store = new DurableObjectStore(own);
      await store.commit([{ type: "Note", key: "a", value: "x".repeat(2_000_000) }]);
      own.sql.exec(`delete from "Note" where type = 'Note#' and id = 'a#000001'`);
      await expect(store.get("Note", "a")).rejects.toThrow("Cannot read Note/a: a part of it");
    });
  });
});
