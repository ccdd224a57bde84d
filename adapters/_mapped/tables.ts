/**
 * The tables of mapped types. Each entity has one; its rows are documents of its own type, with their id in `rian_id`,
 * and the items of other types' arrays, which have there the id of their document, their array in `rian_array` and
 * their place in it in `rian_position`. Versions are in `rian_documents`, so that no other row changes with them.
 *
 * @module
 */
import { createDocuments, ownName, quote, type SqlStatement } from "../_sql/statements.ts";
import { type DeclaredTable, typeFor } from "./declared.ts";
import { ownColumns, type TableDefinition } from "./definitions.ts";
import { fold } from "./schema.ts";

/** The table of all mapped types' versions. */
export const documentsTable = "rian_documents";

/** Makes the table of versions. */
export function createVersions(): SqlStatement[] {
  return createDocuments(quote(documentsTable), ownName(quote(documentsTable), "expires"));
}

/** Makes a table and its indexes, or adds the columns that an existing one lacks. */
export function createTable(
  { table, columns, owners }: TableDefinition,
  existing: DeclaredTable | undefined,
): SqlStatement[] {
  const isStrict = existing?.isStrict ?? false;
  const wanted = [
    ...Object.entries(columns).map(([name, kind]) => [name, typeFor(kind, isStrict)] as const),
    // As any, keys stay the numbers or strings that they are.
    ...Object.keys(owners).map((name) => [name, typeFor("any", isStrict)] as const),
    ...Object.entries(ownColumns),
  ];
  const missing = wanted.filter(([name]) => !existing?.columns.has(fold(name)))
    .map(([name, type]) => `${quote(name)} ${type}`.trim());
  const quoted = quote(table);
  const statements = existing
    ? missing.map((column) => `alter table ${quoted} add column ${column}`)
    : [`create table if not exists ${quoted} (${missing.join(", ")})`];
  const indexes = [
    `create unique index if not exists ${ownName(quoted, "documents")} on ${quoted} (rian_id) ` +
    "where rian_array is null",
    `create unique index if not exists ${ownName(quoted, "items")} on ${quoted} ` +
    "(rian_id, rian_array, rian_position)",
  ];
  return [...statements, ...indexes].map((sql) => ({ sql, parameters: [] }));
}
