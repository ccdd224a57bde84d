import { decodeValue } from "../../src/persistence/adapter/codec.ts";
import { decodeKey } from "../../src/persistence/adapter/keys.ts";
import { DocumentTable } from "../_sql/documents/table.ts";
import type { SqlLayout } from "../_sql/layout.ts";
import * as sql from "../_sql/statements.ts";
import type { MappedCatalog } from "./catalog.ts";
import { moveRows } from "./moves.ts";
import { ifShort, inTables, readDocuments, selectDocuments } from "./read.ts";
import { type DocumentParts, isDocument, splitDocument } from "./rows.ts";
import { documentsTable } from "./tables.ts";
import type { MappedType } from "./types.ts";
import { type EntryParts, removeRows, storeRows, withKeys } from "./write.ts";

/** The layout of a mapped type: versions in `rian_documents`, documents in the tables of their entities. */
export function mappedLayout(type: string, catalog: MappedCatalog): SqlLayout {
  const documents = sql.quote(documentsTable);
  const versions = new DocumentTable(documents, { statementBytes: Infinity });

  function removeWhere(
    mapped: MappedType,
    { where, parameters }: {
      readonly where: string;
      readonly parameters: readonly (string | number)[];
    },
  ) {
    const selected = `select id from ${documents} where ${where}`;
    return [
      ...removeRows(mapped, { encodedKeys: selected, parameters }),
      // Tables that have been made since the last look may have rows of what is deleted here.
      { sql: `delete from ${documents} where ${where} and ${mapped.knownGuard}`, parameters },
    ];
  }

  /** The rows of a value; a value that is not an object has none, and stays whole beside its version. */
  function partsOf({ key, encodedKey, put }: sql.VersionedWrite): DocumentParts | undefined {
    if (!put) return undefined;
    const value = decodeValue(put.encoded, { type, key });
    return isDocument(value)
      ? splitDocument(catalog.toWrite(type), value, decodeKey(encodedKey))
      : undefined;
  }

  /** The documents that have rows, the encoded keys of those that have none, and what is kept beside their versions. */
  function splitAll(writes: readonly sql.VersionedWrite[]) {
    const stored: EntryParts[] = [];
    const removed: string[] = [];
    const heads = writes.map((write) => {
      const parts = partsOf(write);
      if (parts) stored.push({ encodedKey: write.encodedKey, parts });
      else removed.push(write.encodedKey);
      return parts ? withoutValue(write) : write;
    });
    return { stored, removed, heads };
  }

  /** While nothing is stored there may be no tables to name. */
  function unlessEmpty(statements: () => sql.SqlStatement[]): sql.SqlStatement[] {
    const nothing = catalog.whileEmpty();
    return nothing ? [nothing] : statements();
  }

  return {
    single: undefined,
    versions,
    tables() {
      const { table, pk, columns, arrays } = catalog.toWrite(type);
      return [
        { name: table, columns: [pk, ...columns.keys()] },
        ...Array.from(arrays, ([property, { items }]) => {
          return { name: items.table, property, columns: [...items.columns.keys()] };
        }),
      ];
    },
    learn: (read) => catalog.learn(type, read),
    create: (read) => catalog.create(type, read),
    select: (range, now) =>
      unlessEmpty(() => {
        const found = ifShort(versions.selectRange(type, range, now), range.maxLength);
        return selectDocuments(catalog.toRead(type), found, range);
      }),
    selectEntry: (encodedKey, now) =>
      unlessEmpty(() => {
        return selectDocuments(catalog.toRead(type), versions.selectEntry(type, encodedKey, now));
      }),
    selectWhole(encodedKeys, now) {
      const found = versions.selectMany(type, encodedKeys, now);
      return found.flatMap((part) => selectDocuments(catalog.toRead(type), part));
    },
    toFound: (results) => readDocuments(catalog.toRead(type), results),
    apply(writes, now) {
      const { stored, removed, heads } = splitAll(writes);
      return [
        ...versions.applyAll(heads, now, { joined: true }),
        ...withKeys(removed).flatMap((keys) => removeRows(catalog.toWrite(type), keys)),
        ...storeRows(catalog.toWrite(type), stored),
      ];
    },
    rearrange(writes) {
      const { stored, removed } = splitAll(writes);
      return [
        ...withKeys(removed).flatMap((keys) => removeRows(catalog.toWrite(type), keys)),
        ...moveRows(catalog.toWrite(type), stored),
      ];
    },
    deleteAll: () =>
      unlessEmpty(() => {
        return removeWhere(catalog.toRead(type), { where: "type = ?", parameters: [type] });
      }),
    deleteExpired(now) {
      const expired = { where: "type = ? and expires <= ?", parameters: [type, now] };
      return removeWhere(catalog.toWrite(type), expired);
    },
  };
}

/** In place of the value there is its length, by which pages are measured, and which is no JSON. */
function withoutValue(write: sql.VersionedWrite): sql.VersionedWrite {
  const text = `${write.put!.encoded.text.length} characters`;
  return { ...write, put: { ...write.put!, encoded: { format: inTables, text } } };
}
