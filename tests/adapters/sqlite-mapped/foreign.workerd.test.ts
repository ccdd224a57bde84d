import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { SqlDatabase } from "../../../adapters/_sql-drivers/any.ts";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";

const createTable =
  "create table strict_notes (id text primary key, n integer, title text not null) strict";

/** Stores what fits a STRICT table, and something with the title null, which does not. */
async function storeOn(database: SqlDatabase): Promise<void> {
  const number = { type: "number" };
  const store = new SqliteMappedStore(database, {
    mapping: { Note: { "x-na:store": { entity: "strict_notes" } } },
    schema: { $defs: { Note: { properties: { n: number, title: { type: "string" } } } } },
  });
  const values = [5, 1.5, "x", null].map((n) => ({ n, title: "t" }));
  await store.commit(values.map((value, key) => ({ type: "Note", key, value })));
  for (const [key, value] of values.entries()) {
    expect((await store.get("Note", key))?.value).toStrictEqual(value);
  }
  const writes = ["a", "b", "c"].map((key) => {
    return { type: "Note", key, value: { title: key === "b" ? null : "t" } };
  });
  await expect(store.commit(writes)).rejects.toThrow(
    "Note/b violates not null title (NOT NULL constraint failed: strict_notes.title); give the",
  );
  expect(await store.count("Note")).toBe(values.length);
}

test("SqliteMappedStore on D1 names what does not fit a table of another tool", async () => {
  await env.DB.prepare(createTable).run();
  await storeOn(env.DB);
});

test("SqliteMappedStore in a Durable Object names what does not fit a table of another tool", () => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName("foreign"));
  return runInDurableObject(stub, async (_, { storage }) => {
    storage.sql.exec(createTable);
    await storeOn(storage);
  });
});
