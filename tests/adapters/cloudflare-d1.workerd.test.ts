import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { D1PreparedStatement } from "@cloudflare/workers-types/index.ts";
import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";
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
  test("commits 10,000 documents in one round trip", async () => {
    let trips = 0;
    const counted: D1Binding = {
      prepare: (sql) => env.DB.prepare(sql),
      batch: (statements) => {
        trips++;
        return env.DB.batch(statements as D1PreparedStatement[]);
      },
    };
    const store = new D1Store(counted);
    await store.commit([{ type: "Bulk", key: -1, value: "makes the table" }]);
    trips = 0;
    const text = "x".repeat(1_000);
    const writes = Array.from({ length: 10_000 }, (_, key): Write => {
      return { type: "Bulk", key, value: { key, text }, ifVersion: null };
    });
    await store.commit(writes);
    expect(trips).toBe(1);
    expect((await store.get("Bulk", 9_999))?.value).toEqual({ key: 9_999, text });
  });

  test("reads and conditional writes take one round trip each", async () => {
    const calls: number[] = [];
    const counted: D1Binding = {
      prepare: (sql) => env.DB.prepare(sql),
      batch: (statements) => {
        calls.push(statements.length);
        return env.DB.batch(statements as D1PreparedStatement[]);
      },
    };
    const store = new D1Store(counted);
    const [version] = await store.commit([{ type: "Trips", key: 1, value: 1 }]);
    calls.length = 0;
    await store.get("Trips", 1);
    await store.commit([{ type: "Trips", key: 1, value: 2, ifVersion: version! }]);
    expect(calls).toEqual([1, 1]);
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
