import { describe, expect, test } from "vitest";
import { recordKey } from "../../../adapters/_indexed-db/record.ts";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { testAdapter } from "../../../src/testing/mod.ts";

let now = 1_800_000_000_000;
const cases = testAdapter("IndexedDbStore", () => {
  return new IndexedDbStore(indexedDB, { clock: { ...systemClock, now: () => now } });
}, {
  advance: (milliseconds) => {
    now += milliseconds;
  },
  async corrupt(type, key) {
    const record = await withRecords(
      "rian",
      (entries) => entries.get(recordKey(type, encodeKey(key))),
    );
    await withRecords("rian", (entries) => entries.put({ ...record, text: "{" }));
  },
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);

/** Runs on the records of a database, to damage and to count them. */
function withRecords<Result>(
  name: string,
  use: (entries: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("entries", "readwrite");
      const request = use(transaction.objectStore("entries"));
      transaction.oncomplete = () => {
        opening.result.close();
        resolve(request.result);
      };
      transaction.onabort = () => reject(transaction.error);
    };
  });
}

describe("IndexedDbStore", () => {
  test("loses none of 1,000 increments that two workers make at once", async () => {
    const workers = [1, 2].map(() => {
      return new Worker(new URL("./increment-worker.ts", import.meta.url), { type: "module" });
    });
    await Promise.all(workers.map((worker) => {
      return new Promise((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = reject;
      });
    }));
    const store = new IndexedDbStore(indexedDB, { name: "race" });
    expect(await store.load("Counter", "n")).toBe(1_000);
    await store.close();
    for (const worker of workers) worker.terminate();
  });

  test("hears what another adapter on the same database writes and clears", async () => {
    const [mine, theirs] = [1, 2].map(() => new IndexedDbStore(indexedDB, { name: "heard" }));
    const heard: Key[] = [];
    mine!.watch("Note", (keys) => heard.push(...keys));
    await theirs!.commit([{ type: "Note", key: 1, value: 1 }, { type: "Other", key: 2, value: 1 }]);
    await theirs!.commit([{ type: "Note", key: new Date(3), value: 1 }]);
    await expect.poll(() => heard).toEqual([1, new Date(3)]);
    await theirs!.clear("Note");
    await expect.poll(() => heard.length).toBe(4);
    await Promise.all([mine!.close(), theirs!.close()]);
  });

  test("ignores messages that no store has sent, and hears those after them", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "messages" });
    const heard: (readonly Key[])[] = [];
    store.watch("Note", (keys) => heard.push(keys));
    const channel = new BroadcastChannel("rian/indexed-db/messages");
    const foreign = [5, null, {}, [5], [null], [{ type: "Note" }], [{ type: "Note", key: {} }]];
    for (const message of foreign) channel.postMessage(message);
    channel.postMessage([{ type: "Note", key: NaN }, { type: "Note", key: "a" }]);
    await expect.poll(() => heard).toEqual([["a"]]);
    channel.close();
    await store.close();
  });

  test("names the entry whose stored text is damaged, and reads the others", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "damaged" });
    await store.commit([1, 2].map((key) => ({ type: "Note", key, value: { key } })));
    const [record] = await withRecords("damaged", (entries) => entries.getAll());
    await withRecords("damaged", (entries) => entries.put({ ...record, text: "{" }));
    await expect(store.get("Note", 1)).rejects.toThrow("Cannot read Note/1: the stored text");
    expect((await store.get("Note", 2))?.value).toEqual({ key: 2 });
    await store.close();
  });

  test("removes expired entries when an entry with a ttl is written", async () => {
    let time = 0;
    const store = new IndexedDbStore(indexedDB, {
      name: "expiring",
      clock: { ...systemClock, now: () => time },
    });
    for (; time < 300; time += 10) {
      await store.commit([{ type: "Receipt", key: time, value: 1, ttl: 100 }]);
    }
    expect(await withRecords("expiring", (entries) => entries.count())).toBe(10);
    await store.close();
  });

  test("finishes a running commit before it is closed", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "closing" });
    await store.persist("Note", "a", {}, 1);
    const commit = store.commit([{ type: "Note", key: "a", value: 2 }]);
    await store.close();
    await expect(commit).resolves.toHaveLength(1);
    expect((await withRecords("closing", (entries) => entries.getAll()))[0]?.text).toBe("2");
  });

  test("opens the database again after another tab has deleted it", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "deleted" });
    await store.persist("Note", "a", {}, 1);
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase("deleted");
      request.onsuccess = resolve;
      request.onerror = reject;
    });
    expect(await store.load("Note", "a")).toBeNull();
    await store.close();
  });
});
