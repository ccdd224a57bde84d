import { describe, expect, test } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";

interface Listed {
  readonly keys: readonly Key[];
  readonly longestPage: number;
}

async function listAll(store: IndexedDbStore, reverse: boolean): Promise<Listed> {
  const keys: Key[] = [];
  let longestPage = 0;
  for await (const page of store.pages("Note", { reverse })) {
    keys.push(...page.map(({ key }) => key));
    longestPage = Math.max(longestPage, JSON.stringify(page).length);
  }
  return { keys: reverse ? keys.reverse() : keys, longestPage };
}

describe("Pages of IndexedDB", () => {
  test("take no more bytes when large documents follow small ones", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "pages growing" });
    const sizes = Array.from({ length: 1_100 }, (_, key) => {
      return key < 1_000 || key % 10 === 0 ? 10 : 300_000;
    });
    await store.commit(sizes.map((size, key) => ({ type: "Note", key, value: "x".repeat(size) })));
    for (const reverse of [false, true]) {
      const { keys, longestPage } = await listAll(store, reverse);
      expect(keys).toEqual(sizes.map((_, key) => key));
      // All large documents together are 27 million characters.
      expect(longestPage).toBeLessThan(9_000_000);
    }
    await store.close();
  });

  test("take no more bytes when keys are long", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "pages of long keys" });
    const keys = Array.from({ length: 30 }, (_, index) => `${10 + index}${"x".repeat(500_000)}`);
    for (const key of keys) await store.commit([{ type: "Note", key, value: 1 }]);
    for (const reverse of [false, true]) {
      const { keys: found, longestPage } = await listAll(store, reverse);
      expect(found).toEqual(keys);
      // All keys together are 15 million characters.
      expect(longestPage).toBeLessThan(9_000_000);
    }
    await store.close();
  });

  test("miss nothing, whatever the order of small and large documents", async () => {
    const store = new IndexedDbStore(indexedDB, { name: "pages mixed" });
    const sizes = [
      ...[15_990, 15_991, 15_992, 15_993, 15_997, 15_998, 15_999],
      2_500_000,
      10,
      2_500_000,
      2_500_000,
      10,
      1_500_000,
    ];
    const all = [...sizes, ...sizes, ...sizes];
    await store.commit(all.map((size, key) => ({ type: "Note", key, value: "x".repeat(size) })));
    // Their neighbours in the database.
    for (const type of ["Not", "Note2", "Notf"]) {
      await store.commit([{ type, key: 1, value: "x".repeat(20_000) }]);
    }
    for (const reverse of [false, true]) {
      expect((await listAll(store, reverse)).keys).toEqual(all.map((_, key) => key));
    }
    const some: unknown[] = [];
    for await (const { key } of store.list("Note", { after: 3, limit: 4 })) some.push(key);
    expect(some).toEqual([4, 5, 6, 7]);
    await store.commit(all.map((_, key) => ({ type: "Note", key, value: key })));
    expect((await listAll(store, false)).longestPage).toBeLessThan(10_000);
    await store.close();
  });
});
