import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { ListOptions } from "../../../src/persistence/adapter/adapter.ts";
import type { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";

/** Returns a store of the notes 1 to `count`. */
async function storeOf(count: number): Promise<{ store: SqliteStore; database: DatabaseSync }> {
  const database = new DatabaseSync(":memory:");
  const store = new SqliteStore(database);
  const keys = Array.from({ length: count }, (_, index) => index + 1);
  await store.commit(keys.map((key) => ({ type: "Note", key, value: { key } })));
  return { store, database };
}

async function damage(database: DatabaseSync, keys: readonly number[]): Promise<void> {
  const update = database.prepare(`update "Note" set data = '{' where data = ?`);
  for (const key of keys) update.run(JSON.stringify({ key }));
}

describe("Pages", () => {
  async function keysIn(pages: AsyncIterable<readonly { key: unknown }[]>): Promise<unknown[]> {
    const keys: unknown[] = [];
    for await (const page of pages) {
      expect(page.length).toBeGreaterThan(0);
      keys.push(...page.map(({ key }) => key));
    }
    return keys;
  }

  test("hold what a list holds, whatever its options", async () => {
    const { store } = await storeOf(1_200);
    const asked: ListOptions[] = [
      {},
      { reverse: true },
      { after: 600 },
      { after: 600, reverse: true },
      { limit: 0 },
      { limit: 700, after: 3 },
      { limit: 1_200 },
    ];
    for (const options of asked) {
      const listed: unknown[] = [];
      for await (const { key } of store.list("Note", options)) listed.push(key);
      expect(await keysIn(store.pages("Note", options))).toEqual(listed);
    }
    expect(await keysIn(store.pages("Note", { limit: 700, after: 3 }))).toHaveLength(700);
  });

  test("take no more bytes when large documents follow small ones", async () => {
    const database = new DatabaseSync(":memory:");
    let most = 0;
    const store = new SqliteStore({
      exec: (sql) => database.exec(sql),
      close: () => database.close(),
      prepare(sql) {
        const statement = database.prepare(sql);
        return {
          run: (...parameters: SQLInputValue[]) => statement.run(...parameters),
          get: (...parameters: SQLInputValue[]) => statement.get(...parameters),
          all(...parameters: SQLInputValue[]) {
            const rows = statement.all(...parameters);
            most = Math.max(most, JSON.stringify(rows).length);
            return rows;
          },
        };
      },
    });
    const small = Array.from({ length: 2_000 }, (_, key) => ({ type: "Note", key, value: key }));
    const large = Array.from({ length: 100 }, (_, index) => {
      return { type: "Note", key: 2_000 + index, value: "x".repeat(index % 5 ? 300_000 : 10) };
    });
    await store.commit([...small, ...large]);
    for (const reverse of [false, true]) {
      let [count, length] = [0, 0];
      for await (const { value } of store.list("Note", { reverse })) {
        count++;
        length += typeof value === "string" ? value.length : 0;
      }
      expect([count, length]).toEqual([2_100, 80 * 300_000 + 20 * 10]);
    }
    // All large documents together are 24 million.
    expect(most).toBeLessThan(9_000_000);
  });

  test("take no more bytes when keys are long", async () => {
    const store = new SqliteStore(":memory:");
    const keys = Array.from({ length: 300 }, (_, index) => `${100 + index}${"x".repeat(49_000)}`);
    await store.commit(keys.map((key) => ({ type: "Note", key, value: 1 })));
    const sizes: number[] = [];
    for await (const page of store.pages("Note")) sizes.push(JSON.stringify(page).length);
    // All keys together are 15 million characters.
    expect(Math.max(...sizes)).toBeLessThan(3_000_000);
    expect(sizes.length).toBeLessThan(12);
    await store.close();
  });

  test("end without an error after the last entry that was asked for, though a damaged one follows", async () => {
    const { store, database } = await storeOf(10);
    await damage(database, [4]);
    expect(await keysIn(store.pages("Note", { limit: 3 }))).toEqual([1, 2, 3]);
  });

  test("yield what comes before an entry that cannot be read, and then throw", async () => {
    const { store, database } = await storeOf(10);
    await damage(database, [4]);
    const keys: unknown[] = [];
    const read = async () => {
      for await (const page of store.pages("Note")) keys.push(...page.map(({ key }) => key));
    };
    await expect(read()).rejects.toThrow("Cannot read Note/4: the stored text is damaged");
    expect(keys).toEqual([1, 2, 3]);
  });
});

describe("A list with onUnreadable", () => {
  async function list(store: SqliteStore, options: ListOptions = {}) {
    const [keys, errors]: [unknown[], UnreadableEntryError[]] = [[], []];
    const onUnreadable = (error: UnreadableEntryError) => errors.push(error);
    for await (const { key } of store.list("Note", { ...options, onUnreadable })) keys.push(key);
    return { keys, unreadable: errors.map(({ key }) => key) };
  }

  test("goes on after each entry that cannot be read, and reports it", async () => {
    const { store, database } = await storeOf(6);
    await damage(database, [1, 3, 6]);
    expect(await list(store)).toEqual({ keys: [2, 4, 5], unreadable: [1, 3, 6] });
  });

  test("yields as many entries as were asked for, not counting those that cannot be read", async () => {
    const { store, database } = await storeOf(200);
    await damage(database, [2, 3, 150]);
    const limited = await list(store, { limit: 3 });
    expect(limited).toEqual({ keys: [1, 4, 5], unreadable: [2, 3] });
    const last = await list(store, { limit: 49, reverse: true, after: 199 });
    expect(last.unreadable).toEqual([150]);
    expect(last.keys).toHaveLength(49);
  });
});
