import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { type D1Binding, D1Store } from "../../../adapters/cloudflare-d1.ts";

/** Returns a binding that keeps how many statements each call runs. */
function counting(): { database: D1Binding; trips: number[] } {
  const trips: number[] = [];
  const database: D1Binding = {
    prepare(sql) {
      const statement = env.DB.prepare(sql);
      const { run } = statement;
      return Object.assign(statement, {
        bind: (...values: unknown[]) => {
          const bound = Object.getPrototypeOf(statement).bind.apply(statement, values);
          return Object.assign(bound, {
            run() {
              trips.push(1);
              return run.call(bound);
            },
          });
        },
      });
    },
    batch(statements) {
      trips.push(statements.length);
      return env.DB.batch(statements as Parameters<typeof env.DB.batch>[0]);
    },
  };
  return { database, trips };
}

/** Stores a row as an earlier version did, and what goes with it. */
async function insert(row: {
  readonly type: string;
  readonly id: string;
  readonly data: string;
  readonly chunks: number;
}): Promise<void> {
  await env.DB.prepare(
    `insert into "Old" (type, id, data, format, version, chunks) values (?, ?, ?, 1, 'old', ?)`,
  ).bind(row.type, row.id, row.data, row.chunks).run();
}

async function countRows(table: string): Promise<unknown> {
  const { results } = await env.DB.prepare(`select count(*) as n from "${table}"`).run();
  return results[0]!["n"];
}

describe("a document of D1 that is longer than a statement of a dump", () => {
  const value = { text: "it's ".repeat(60_000) };

  test("is read and written in one round trip each, and so are lists of it", async () => {
    const { database, trips } = counting();
    const store = new D1Store(database);
    const [version] = await store.commit([{ type: "Long", key: 1, value }]);
    trips.length = 0;
    expect((await store.get("Long", 1))?.value).toEqual(value);
    expect(trips).toEqual([1]);
    await store.commit([{ type: "Long", key: 1, value, ifVersion: version! }]);
    expect(trips.length).toBe(2);
    await store.commit([2, 3, 4].map((key) => ({ type: "Long", key, value, metadata: { key } })));
    trips.length = 0;
    const listed: unknown[] = [];
    for await (const entry of store.list("Long")) listed.push(entry.value);
    expect(listed).toEqual([value, value, value, value]);
    expect(trips.length).toBeLessThanOrEqual(2);
  });

  test("takes few of the 50 queries of an invocation, even at the largest size", async () => {
    const { database, trips } = counting();
    const store = new D1Store(database);
    const largest = "'".repeat(store.capabilities.maxValueBytes - 2);
    await store.commit([{ type: "Largest", key: "x".repeat(10_000), value: 1 }]);
    trips.length = 0;
    await store.commit([{ type: "Largest", key: "a", value: largest }]);
    expect(await store.load("Largest", "a")).toBe(largest);
    expect(trips.reduce((sum, each) => sum + each)).toBeLessThan(25);
  });

  test("leaves no row behind when it shrinks, grows, expires or goes", async () => {
    let now = 1_000;
    const store = new D1Store(env.DB, { clock: { now: () => now } });
    const put = (key: string, length: number, ttl?: number) =>
      store.commit([{ type: "Rows", key, value: "x".repeat(length), ...ttl && { ttl } }]);
    await put("a", 300_000);
    expect(await countRows("Rows")).toBe(4);
    await put("a", 500_000);
    expect(await countRows("Rows")).toBe(6);
    await put("a", 150_000);
    await put("a#", 150_000);
    await put("b", 300_000, 1_000);
    expect(await countRows("Rows")).toBe(8);
    now += 2_000;
    await put("c", 10, 1_000);
    expect(await countRows("Rows")).toBe(5);
    await store.commit([{ type: "Rows", key: "a", delete: true }]);
    expect(await store.load("Rows", "a#")).toBe("x".repeat(150_000));
    await store.clear("Rows");
    expect(await countRows("Rows")).toBe(0);
  });

  test("is named, not shown in part, if one of its rows is missing or of another state", async () => {
    const store = new D1Store(env.DB);
    // As JSON, both halves of such a text would do without the rows between them.
    const text = JSON.stringify("x".repeat(350_000));
    const damages: Record<string, string> = {
      first: `delete from "Parts" where type = 'Parts#' and id = 'first#000000'`,
      last: `delete from "Parts" where type = 'Parts#' and id = 'last#000002'`,
      all: `delete from "Parts" where type = 'Parts#' and id > 'all#' and id < 'all$'`,
      stale: `update "Parts" set version = 'other' where type = 'Parts#' and id = 'stale#000001'`,
    };
    await store.commit(
      [...Object.keys(damages), "whole"].map((key) => ({ type: "Parts", key, value: text })),
    );
    for (const damage of Object.values(damages)) await env.DB.prepare(damage).run();
    for (const key of Object.keys(damages)) {
      await expect(store.get("Parts", key)).rejects.toThrow(
        `Cannot read Parts/${key}: a part of it is missing`,
      );
    }
    const unreadable: unknown[] = [];
    const listed: unknown[] = [];
    for await (
      const { key } of store.list("Parts", { onUnreadable: ({ key }) => unreadable.push(key) })
    ) listed.push(key);
    expect(listed).toEqual(["whole"]);
    expect(unreadable).toEqual(Object.keys(damages).sort());
  });

  test("is still read from the longer rows of earlier versions, and leaves them when written", async () => {
    const store = new D1Store(env.DB);
    await store.commit([{ type: "Old", key: "makes the table", value: 1 }]);
    const one = JSON.stringify("'".repeat(400_000));
    const long = JSON.stringify("é".repeat(1_500_000));
    await insert({ type: "Old", id: "one row", data: one, chunks: 0 });
    await insert({ type: "Old", id: "rows", data: long.slice(0, 600_000), chunks: 2 });
    await insert({ type: "Old#", id: "rows#000001", data: long.slice(1_200_000), chunks: 0 });
    await insert({
      type: "Old#",
      id: "rows#000000",
      data: long.slice(600_000, 1_200_000),
      chunks: 0,
    });
    const expected = ["'".repeat(400_000), "é".repeat(1_500_000)];
    const read = async () => [await store.load("Old", "one row"), await store.load("Old", "rows")];
    expect(await read()).toEqual(expected);
    const listed = new Map<unknown, unknown>();
    for await (const entry of store.list("Old")) listed.set(entry.key, entry.value);
    expect(listed.get("rows")).toBe(expected[1]);
    expect(listed.get("one row")).toBe(expected[0]);
    await store.commit([
      { type: "Old", key: "one row", value: expected[0], ifVersion: "old" },
      { type: "Old", key: "rows", value: expected[1], ifVersion: "old" },
    ]);
    expect(await read()).toEqual(expected);
    const { results } = await env.DB.prepare(
      `select max(octet_length(data)) as bytes, sum(version = 'old') as old from "Old"`,
    ).run();
    expect(results[0]).toMatchObject({ old: 0 });
    expect(results[0]!["bytes"]).toBeLessThan(100_000);
  });
});

describe("a key of D1 that leaves no room in a statement of a dump", () => {
  test("is refused with the limit, and nothing of its commit is written", async () => {
    const store = new D1Store(env.DB);
    const key = "'".repeat(36_000);
    const commit = store.commit([
      { type: "Keys", key: "a", value: 1 },
      { type: "Keys", key, value: 1 },
    ]);
    await expect(commit).rejects.toMatchObject({
      name: "StorageLimitError",
      limit: "key bytes",
      allowed: 70_000,
    });
    expect(await store.load("Keys", "a")).toBeNull();
    const plain = "k".repeat(40_000);
    await store.commit([{ type: "Keys", key: plain, value: "x".repeat(300_000) }]);
    expect(await store.load("Keys", plain)).toBe("x".repeat(300_000));
  });

  test("is read and deleted if an earlier version stored it", async () => {
    const store = new D1Store(env.DB);
    await store.commit([{ type: "Keys", key: "makes the table", value: 1 }]);
    const key = "'".repeat(36_001);
    await env.DB.prepare(
      `insert into "Keys" (type, id, data, format, version, chunks) values ('Keys', ?, '5', 1, 'v', 0)`,
    ).bind(key).run();
    expect(await store.get("Keys", key)).toMatchObject({ value: 5, version: "v" });
    await store.commit([{ type: "Keys", key, ifVersion: "v", delete: true }]);
    expect(await store.load("Keys", key)).toBeNull();
  });
});

// A number in a column of text becomes text, and is read as such.
const rows: Record<string, Record<string, unknown>> = {
  "a text that is bytes": { data: new Uint8Array([123, 125]).buffer },
  "a version that is bytes": { version: new Uint8Array([1]).buffer },
  "a format that is a word": { format: "json" },
  "metadata that is half of JSON": { metadata: '{"rev":' },
  "metadata that is bytes": { metadata: new Uint8Array([1]).buffer },
  "chunks below 0": { chunks: -1 },
  "chunks that are a word": { chunks: "many" },
  "half a chunk": { chunks: 0.5 },
  "a billion chunks": { chunks: 1e9 },
};

describe.each(Object.entries(rows))("a row of D1 with %s", (name, columns) => {
  test("is named, hides no other, and is repaired by a put", async () => {
    const store = new D1Store(env.DB);
    const type = `Damaged ${name}`;
    await store.commit(["a", "b", "c"].map((key) => ({ type, key, value: { key } })));
    const [column, value] = Object.entries(columns)[0]!;
    await env.DB.prepare(`update "${type}" set ${column} = ? where id = 'b'`).bind(value).run();
    await expect(store.get(type, "b")).rejects.toMatchObject({
      name: "UnreadableEntryError",
      type,
      key: "b",
    });
    const unreadable: unknown[] = [];
    const listed: unknown[] = [];
    for await (
      const { key } of store.list(type, { onUnreadable: ({ key }) => unreadable.push(key) })
    ) listed.push(key);
    expect([listed, unreadable]).toEqual([["a", "c"], ["b"]]);
    await store.commit([{ type, key: "b", value: "repaired" }]);
    expect(await store.load(type, "b")).toBe("repaired");
  });
});
