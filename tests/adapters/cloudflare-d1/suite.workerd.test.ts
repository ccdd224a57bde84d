import type { D1PreparedStatement } from "@cloudflare/workers-types/index.ts";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import {
  type D1Binding,
  type D1BindingStatement,
  D1Store,
} from "../../../adapters/cloudflare-d1.ts";
import type { Write } from "../../../src/persistence/adapter/adapter.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { testAdapter } from "../../../src/testing/mod.ts";
import { mixedUpTypes } from "../shared/odd-types.ts";

let now = 1_800_000_000_000;
const cases = testAdapter("D1Store", () => new D1Store(env.DB, { clock: { now: () => now } }), {
  advance: (milliseconds) => {
    now += milliseconds;
  },
  async corrupt(type, key) {
    const update = env.DB.prepare(`update "${type}" set data = '{' where id = ?`);
    await update.bind(encodeKey(key)).run();
  },
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);

describe("D1Store", () => {
  interface Counts {
    trips: number;
    rowsRead: number;
    /** The most in one result. */
    bytes: number;
  }

  /** Returns a binding that counts its calls. */
  function counting(): { database: D1Binding; counts: Counts } {
    const counts: Counts = { trips: 0, rowsRead: 0, bytes: 0 };
    const originals = new WeakMap<object, D1PreparedStatement>();
    function wrap(statement: D1PreparedStatement): D1BindingStatement {
      const wrapped = {
        bind: (...values: unknown[]) => wrap(statement.bind(...values)),
        run() {
          counts.trips++;
          return statement.run();
        },
      };
      originals.set(wrapped, statement);
      return wrapped;
    }
    const database: D1Binding = {
      prepare: (sql) => wrap(env.DB.prepare(sql)),
      async batch(statements) {
        counts.trips++;
        const results = await env.DB.batch(
          statements.map((statement) => originals.get(statement)!),
        );
        for (const { meta } of results) counts.rowsRead += meta.rows_read;
        counts.bytes = Math.max(counts.bytes, JSON.stringify(results).length);
        return results;
      },
    };
    return { database, counts };
  }

  test("says at once that the Worker has no such binding, whatever its types promise", () => {
    const { MISSPELT } = env as unknown as { MISSPELT: D1Binding };
    expect(() => new D1Store(MISSPELT)).toThrow("under d1_databases");
  });

  test("commits 10,000 documents in one round trip", async () => {
    const { database, counts } = counting();
    const store = new D1Store(database);
    await store.commit([{ type: "Bulk", key: -1, value: "makes the table" }]);
    const before = counts.trips;
    const text = "x".repeat(1_000);
    const writes = Array.from({ length: 10_000 }, (_, key): Write => {
      return { type: "Bulk", key, value: { key, text }, ifVersion: null };
    });
    await store.commit(writes);
    expect(counts.trips - before).toBe(1);
    expect((await store.get("Bulk", 9_999))?.value).toEqual({ key: 9_999, text });
  });

  test("reads and conditional writes take one round trip each", async () => {
    const { database, counts } = counting();
    const store = new D1Store(database);
    const [version] = await store.commit([{ type: "Trips", key: 1, value: 1 }]);
    const before = counts.trips;
    await store.get("Trips", 1);
    expect(counts.trips - before).toBe(1);
    await store.commit([{ type: "Trips", key: 1, value: 2, ifVersion: version! }]);
    expect(counts.trips - before).toBe(2);
  });

  test("lists 10,000 small documents in few round trips, and reads each row once", async () => {
    const { database, counts } = counting();
    const store = new D1Store(database);
    const writes = Array.from({ length: 10_000 }, (_, key) => ({ type: "Small", key, value: key }));
    await store.commit(writes);
    const before = { ...counts };
    let count = 0;
    for await (const page of store.pages("Small")) count += page.length;
    expect(count).toBe(10_000);
    expect(counts.trips - before.trips).toBeLessThan(5);
    expect(counts.rowsRead - before.rowsRead).toBe(10_000);
  });

  test("lists 499 documents in one round trip", async () => {
    const { database, counts } = counting();
    const store = new D1Store(database);
    await store.commit(
      Array.from({ length: 499 }, (_, key) => ({ type: "Few", key, value: { key } })),
    );
    const before = counts.trips;
    let count = 0;
    for await (const page of store.pages("Few")) count += page.length;
    expect([count, counts.trips - before]).toEqual([499, 1]);
  });

  test("reads no more at once when large documents follow small ones", async () => {
    const { database, counts } = counting();
    const store = new D1Store(database);
    const text = "x".repeat(300_000);
    await store.commit(Array.from({ length: 1_100 }, (_, key) => {
      return { type: "Growing", key, value: key < 1_000 || key % 10 === 0 ? key : text };
    }));
    const before = counts.trips;
    let count = 0;
    for await (const page of store.pages("Growing")) count += page.length;
    expect(count).toBe(1_100);
    // All large documents together are 27 million bytes.
    expect(counts.bytes).toBeLessThan(9_000_000);
    expect(counts.trips - before).toBeLessThan(25);
  });

  test("checks and deletes 5,000 entries at once, however long their keys are", async () => {
    const store = new D1Store(env.DB);
    const keys = Array.from({ length: 5_000 }, (_, index) => `${index}${"é".repeat(500)}`);
    const versions = await store.commit(
      keys.map((key) => ({ type: "Long", key, value: 1, ifVersion: null })),
    );
    const removal = keys.map((key, index) => {
      return { type: "Long", key, delete: true as const, ifVersion: versions[index]! };
    });
    await store.commit([{ type: "Long", key: keys[4_999]!, value: 2 }]);
    await expect(store.commit(removal)).rejects.toMatchObject({ key: keys[4_999] });
    await store.commit([...removal.slice(0, -1)]);
    const pages = store.pages("Long")[Symbol.asyncIterator]();
    expect((await pages.next()).value).toMatchObject([{ key: keys[4_999], value: 2 }]);
  });

  test("reads a type that was never written without making a table", async () => {
    const store = new D1Store(env.DB);
    expect(await store.load("Unwritten", "a")).toBeNull();
    await store.clear("Unwritten");
    const tables = await env.DB.prepare("select name from sqlite_master where name = 'Unwritten'")
      .all();
    expect(tables.results).toEqual([]);
  });

  test("keeps any two types apart, whatever their names are", async () => {
    expect(await mixedUpTypes(new D1Store(env.DB))).toEqual([]);
  });

  test("names the entry whose stored text is damaged, and reads the others", async () => {
    const store = new D1Store(env.DB);
    await store.commit([1, 2].map((key) => ({ type: "Damaged", key, value: { key } })));
    await env.DB.prepare(`update "Damaged" set data = '{' where data = '{"key":1}'`).run();
    await expect(store.get("Damaged", 1)).rejects.toThrow("Cannot read Damaged/1: the stored text");
    expect((await store.get("Damaged", 2))?.value).toEqual({ key: 2 });
  });
});

test("D1Store never shows a mixture of two documents that are longer than a row", async () => {
  const store = new D1Store(env.DB);
  const long = (digit: number) => String(digit).repeat(2_000_000);
  await store.commit([{ type: "Mixed", key: "a", value: long(0) }]);
  const writes = Array.from({ length: 8 }, (_, n) => {
    return store.commit([{ type: "Mixed", key: "a", value: long(n + 1) }]);
  });
  const reads = Array.from({ length: 16 }, () => store.load("Mixed", "a"));
  await Promise.all(writes);
  for (const value of await Promise.all(reads)) expect(new Set(value).size).toBe(1);
});
