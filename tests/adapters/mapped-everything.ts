import { MappedTables } from "../../adapters/_mapped-catalog.ts";
import { mappedLayout } from "../../adapters/_mapped-layout.ts";
import { readMapping } from "../../adapters/_mapped-schema.ts";
import type { SqlDatabase } from "../../adapters/_sql-drivers.ts";
import type { SqlLayout } from "../../adapters/_sql-layout.ts";
import { SqliteMappedStore } from "../../adapters/sqlite-mapped.ts";

const text = { type: "string" };

/** A mapped store that has tables for every type there may be, so that the shared suite meets no other ones. */
export class MappedEverythingStore extends SqliteMappedStore {
  constructor(database: SqlDatabase, options: { now?: () => number } = {}) {
    super(database, { mapping: {}, schema: {}, ...options });
  }

  protected override layoutOf(type: string): SqlLayout {
    // Types differ in what SQLite's names do not.
    const name = Array.from(new TextEncoder().encode(type), (byte) => byte.toString(16)).join("");
    const entities = readMapping({
      [type]: { "x-na:store": { entity: `t${name}` } },
      [`${type} item`]: { "x-na:store": { entity: `i${name}` } },
    }, {
      $defs: {
        [`${type} item`]: { properties: { id: text, n: { type: "integer" }, text } },
        [type]: {
          properties: {
            ...{ id: text, n: { type: "integer" }, text, same: { type: "number" } },
            tags: { type: "array", items: { type: "string" } },
            list: { type: "array", items: { $ref: `#/$defs/${type} item` } },
          },
        },
      },
    });
    return mappedLayout(type, new MappedTables(entities, 100));
  }
}
