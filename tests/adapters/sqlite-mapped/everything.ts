import { MappedCatalog } from "../../../adapters/_mapped/catalog.ts";
import { mappedLayout } from "../../../adapters/_mapped/layout.ts";
import { readMapping } from "../../../adapters/_mapped/schema.ts";
import type { SqlDatabase } from "../../../adapters/_sql-drivers/any.ts";
import type { SqlLayout } from "../../../adapters/_sql/layout.ts";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";

const text = { type: "string" };

/** Damages what the table of a type has of the document with the id that is bound to it. */
export function damageSql(type: string): string {
  return `update "${tableOf(type)}" set rian_rest = '{' where rian_id = ?`;
}

/** Types differ in what SQLite's names do not. */
function tableOf(type: string): string {
  const bytes = Array.from(new TextEncoder().encode(type), (byte) => byte.toString(16));
  return `t${bytes.join("")}`;
}

/** A JSON Pointer to a definition, as a URI. */
function refTo(type: string): string {
  return `#/$defs/${encodeURIComponent(type.replaceAll("~", "~0").replaceAll("/", "~1"))}`;
}

/** A mapped store that has tables for every type there may be, so that the shared suite meets no other ones. */
export class MappedEverythingStore extends SqliteMappedStore {
  constructor(database: SqlDatabase, options: { clock?: { now(): number } } = {}) {
    super(database, { mapping: {}, schema: {}, ...options });
  }

  protected override layoutOf(type: string): SqlLayout {
    const entities = readMapping({
      [type]: { "x-na:store": { entity: tableOf(type) } },
      [`${type} item`]: { "x-na:store": { entity: `${tableOf(type)} item` } },
    }, {
      $defs: {
        [`${type} item`]: { properties: { id: text, n: { type: "integer" }, text } },
        [type]: {
          properties: {
            ...{ id: text, n: { type: "integer" }, text, same: { type: "number" } },
            tags: { type: "array", items: { type: "string" } },
            list: { type: "array", items: { $ref: refTo(`${type} item`) } },
          },
        },
      },
    });
    return mappedLayout(type, new MappedCatalog(entities, 100));
  }
}
