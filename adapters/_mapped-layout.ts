import { decodeValue } from "../src/persistence/codec.ts";
import { IN_TABLES, readDocuments, selectDocuments } from "./_mapped-read.ts";
import { dissect, type Dissected, isDocument } from "./_mapped-rows.ts";
import type { MappedType } from "./_mapped-schema.ts";
import { createTables, DOCUMENTS } from "./_mapped-tables.ts";
import { removeRows, storeRows, withIds } from "./_mapped-write.ts";
import { DocumentTable } from "./_sql-document-table.ts";
import type { SqlLayout } from "./_sql-layout.ts";
import * as sql from "./_sql-statements.ts";

/** The layout of a mapped type: versions in `rian_documents`, documents in the tables of their entities. */
export function mappedLayout(
  type: MappedType,
  types: ReadonlyMap<string, MappedType>,
): SqlLayout {
  const documents = sql.quote(DOCUMENTS);
  const versions = new DocumentTable(documents);

  function removeWhere(condition: string, parameters: readonly (string | number)[]) {
    const ids = `select id from ${documents} where ${condition}`;
    return [
      ...removeRows(type, { ids, parameters }),
      { sql: `delete from ${documents} where ${condition}`, parameters },
    ];
  }

  return {
    versions,
    isOneTable: false,
    create: (columnsOf) => createTables(type, { types, columnsOf }),
    select: (where, now) => selectDocuments(type, where, now),
    toFound: (results) => readDocuments(type, results),
    apply(writes, now) {
      const entries = writes.map((write) => ({ id: write.id, parts: dissectWrite(type, write) }));
      const stored = entries.flatMap(({ id, parts }) => parts ? [{ id, parts }] : []);
      const removed = entries.flatMap(({ id, parts }) => parts ? [] : [id]);
      const heads = writes.map((write, index) => {
        return entries[index]!.parts ? withoutValue(write) : write;
      });
      return [
        ...versions.applyAll(heads, now, { joined: true }),
        ...removed.length > 0 ? removeRows(type, withIds(removed)) : [],
        ...storeRows(type, stored),
      ];
    },
    deleteAll: () => removeWhere("type = ?", [type.type]),
    deleteExpired: (now) => removeWhere("type = ? and expires <= ?", [type.type, now]),
  };
}

/** The rows of a value; a value that is not an object has none, and stays whole beside its version. */
function dissectWrite(
  type: MappedType,
  { key, put }: sql.VersionedWrite,
): Dissected | undefined {
  if (!put) return undefined;
  const value = decodeValue(put.encoded, { type: type.type, key });
  return isDocument(value) ? dissect(type, value, key) : undefined;
}

function withoutValue(write: sql.VersionedWrite): sql.VersionedWrite {
  return { ...write, put: { ...write.put!, encoded: { format: IN_TABLES, text: "" } } };
}
