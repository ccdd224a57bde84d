import type { SqlDatabase } from "../../../adapters/_sql-drivers/any.ts";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";

const number = { type: "number" };

function open(database: SqlDatabase, properties: number): SqliteMappedStore {
  const wide = Object.fromEntries(Array.from({ length: properties }, (_, n) => [`p${n}`, number]));
  const items = { type: "array", items: { $ref: "#/$defs/WideItem" } };
  return new SqliteMappedStore(database, {
    mapping: {
      WideItem: { "x-na:store": { entity: "wide_items" } },
      Wide: { "x-na:store": { entity: "wides" } },
    },
    schema: { $defs: { WideItem: { properties: wide }, Wide: { properties: { items, ...wide } } } },
  });
}

function documentOf(properties: number, value: number): object {
  const wide = Object.fromEntries(Array.from({ length: properties }, (_, n) => [`p${n}`, value]));
  return { id: "a", ...wide, items: [{ id: "x", ...wide }, { id: 1, ...wide }] };
}

/**
 * Documents of a schema that has more and more properties, past what a table may have as columns, written and read by
 * stores that know different numbers of them.
 *
 * @returns What was stored and what was read, in pairs.
 */
export async function storeWideDocuments(
  database: SqlDatabase,
  counts: readonly number[],
): Promise<(readonly [stored: unknown, read: unknown])[]> {
  const pairs: (readonly [unknown, unknown])[] = [];
  const stores = counts.map((count) => open(database, count));
  const most = Math.max(...counts);
  for (const [index, writer] of stores.entries()) {
    const stored = documentOf(most, index);
    await writer.persist("Wide", "a", {}, stored);
    for (const reader of [open(database, counts[0]!), ...stores]) {
      pairs.push([stored, await reader.load("Wide", "a")]);
    }
  }
  return pairs;
}
