import type { Entry } from "../../../src/persistence/adapter/adapter.ts";
import { decodeEntry, decodeValue, jsonFormat } from "../../../src/persistence/adapter/codec.ts";
import type { MaybePromise } from "../../../src/persistence/adapter/maybe-promise.ts";
import type { Read } from "../driver.ts";
import type { SqlLayout } from "../layout.ts";
import * as sql from "../statements.ts";
import * as chunks from "./chunks.ts";
import type { RowLimits } from "./row-limits.ts";
import { DocumentTable } from "./table.ts";

/** How documents become rows: what a row holds, and the rest of a longer text is in further rows. */
export interface RowOptions extends RowLimits {
  /** Whether many rows travel in one statement. */
  readonly joined: boolean;
}

/** A row whose key is known. */
type SelectedRow = Omit<sql.SqlRow, "id">;

/** A row that is whole, or has its length in place of a long text. */
type FoundRow = Omit<sql.SqlRow, "data"> & { readonly data: string | number };

/** Returns the layout of a table per type, with each document as text in one row. */
export function documentLayout(type: string, { joined, ...limits }: RowOptions): SqlLayout {
  const table = new DocumentTable(sql.tableOf(type), limits);
  const isLong = (write: sql.VersionedWrite) => chunks.isLong(write, limits);
  function entryOf(
    encodedKey: string,
    row: SelectedRow,
    read: Read,
  ): MaybePromise<Entry | undefined> {
    if (row.chunks === 0) return entryOfRow(type, encodedKey, row);
    return chunks.readWhole(encodedKey, { table: table.name, type, read })
      .then((whole) => whole && entryOfRow(type, encodedKey, whole));
  }
  return {
    versions: table,
    tables: () => [{ name: sql.tableName(type) }],
    create: () => [
      ...sql.createTable(type),
      ...limits.rowLength < Infinity ? chunks.createTriggers(table.name) : [],
    ],
    select: (range, now) => [table.selectPage(type, range, now)],
    selectWhole: (encodedKeys, now) => table.selectMany(type, encodedKeys, now),
    toFound: (results) => {
      const rows = results.length === 1 ? results[0] : results.flat();
      return (rows as FoundRow[]).map((row) => {
        const isWithoutText = typeof row.data === "number";
        // A damaged row may have neither, which must not spoil the size of the next page.
        const text = isWithoutText ? Number(row.data) : row.data?.length * (row.chunks + 1);
        return {
          encodedKey: row.id,
          length: (text || 0) + (row.id?.length ?? 0) + (row.metadata?.length ?? 0),
          isWithoutText,
          entry: (read) => entryOf(row.id, row as sql.SqlRow, read),
        };
      });
    },
    apply(writes, now) {
      if (!writes.some(isLong)) return table.applyAll(writes, now, { joined });
      const split = writes.map((write) => chunks.splitWrite(write, limits));
      return [
        ...table.applyAll(split.map(({ head }) => head), now, { joined }),
        ...table.applyAll(split.flatMap(({ rest }) => rest), now, { joined }),
      ];
    },
    single: {
      select: (encodedKey, now) => table.selectSingle(type, encodedKey, now),
      entry: (encodedKey, row, read) => entryOf(encodedKey, row as SelectedRow, read),
      apply: (write, now) => isLong(write) ? undefined : table.applySingle(write, now),
    },
    deleteAll: () => [table.deleteAll(type)],
    deleteExpired: (now) => [table.deleteExpired(now)],
  };
}

function entryOfRow(
  type: string,
  encodedKey: string,
  { data, format, version, metadata }: SelectedRow,
): Entry {
  return withMetadata(
    decodeEntry(type, { encodedKey, format, text: data, version }),
    metadata,
    type,
  );
}

/** Returns the entry with its stored metadata, if it has any. */
export function withMetadata(entry: Entry, metadata: string | null, type: string): Entry {
  if (metadata === null) return entry;
  return {
    ...entry,
    metadata: decodeValue({ format: jsonFormat, text: metadata }, { type, key: entry.key }),
  };
}
