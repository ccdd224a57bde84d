import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";

/** Names that mean something to SQLite or Cloudflare, or look like what a store makes of others. */
const types: readonly string[] = [
  ...["Note", "Note expires", "Note~expires", "Note~~expires", "~Note", "~sqlite_x", "Note update"],
  ...["sqlite_x", "sqlite_master", "_cf_KV", "json_each", "JSON_Tree", "jsonb_each", "json_new"],
  ...["pragma_table_info", "pragma_x", "generate_series", "dbstat", "bytecode", "tables_used"],
  ...["select", '"', "a\0b", "main.Note", "rowid", "fts5", "fts5vocab", "rtree", "😀", " "],
];

/**
 * Writes, reads and clears one type after the other, each with something that expires and a condition.
 *
 * @returns The types that did not have their own two entries, in the beginning or in the end.
 */
export async function mixedUpTypes(store: Adapter): Promise<string[]> {
  const mixedUp: string[] = [];
  for (const type of types) {
    if (await store.load(type, "a") !== null) mixedUp.push(type);
    await store.commit([
      { type, key: "a", value: type, ttl: 1e9 },
      { type, key: "b", value: type, ifVersion: null },
    ]);
  }
  for (const type of types) {
    const found: unknown[] = [];
    for await (const { value } of store.list(type)) found.push(value);
    if (found.join() !== [type, type].join()) mixedUp.push(type);
    await store.clear(type);
  }
  return mixedUp;
}
