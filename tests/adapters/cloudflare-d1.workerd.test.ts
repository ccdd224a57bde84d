import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { D1PreparedStatement } from "@cloudflare/workers-types/index.ts";
import { type D1Binding, type D1BindingStatement, D1Store } from "../../adapters/cloudflare-d1.ts";
import type { Write } from "../../src/persistence/adapter.ts";
import { testAdapter } from "../../src/persistence/testing/mod.ts";

let now = 1_800_000_000_000;
const cases = testAdapter("D1Store", () => new D1Store(env.DB, { now: () => now }), {
  advance: (milliseconds) => {
    now += milliseconds;
  },
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);

describe("D1Store", () => {
  /** A binding that counts round trips. */
  function counting(): { database: D1Binding; trips: () => number } {
    let trips = 0;
    const originals = new WeakMap<object, D1PreparedStatement>();
    function wrap(statement: D1PreparedStatement): D1BindingStatement {
      const wrapped = {
        bind: (...values: unknown[]) => wrap(statement.bind(...values)),
        run() {
          trips++;
          return statement.run();
        },
      };
      originals.set(wrapped, statement);
      return wrapped;
    }
    const database: D1Binding = {
      prepare: (sql) => wrap(env.DB.prepare(sql)),
      batch(statements) {
        trips++;
        return env.DB.batch(statements.map((statement) => originals.get(statement)!));
      },
    };
    return { database, trips: () => trips };
  }

  test("commits 10,000 documents in one round trip", async () => {
    const { database, trips } = counting();
    const store = new D1Store(database);
    await store.commit([{ type: "Bulk", key: -1, value: "makes the table" }]);
    const before = trips();
    const text = "x".repeat(1_000);
    const writes = Array.from({ length: 10_000 }, (_, key): Write => {
      return { type: "Bulk", key, value: { key, text }, ifVersion: null };
    });
    await store.commit(writes);
    expect(trips() - before).toBe(1);
    expect((await store.get("Bulk", 9_999))?.value).toEqual({ key: 9_999, text });
  });

  test("reads and conditional writes take one round trip each", async () => {
    const { database, trips } = counting();
    const store = new D1Store(database);
    const [version] = await store.commit([{ type: "Trips", key: 1, value: 1 }]);
    const before = trips();
    await store.get("Trips", 1);
    expect(trips() - before).toBe(1);
    await store.commit([{ type: "Trips", key: 1, value: 2, ifVersion: version! }]);
    expect(trips() - before).toBe(2);
  });

  test("reads a type that was never written without making a table", async () => {
    const store = new D1Store(env.DB);
    expect(await store.load("Unwritten", "a")).toBeNull();
    await store.clear("Unwritten");
    const tables = await env.DB.prepare("select name from sqlite_master where name = 'Unwritten'")
      .all();
    expect(tables.results).toEqual([]);
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
