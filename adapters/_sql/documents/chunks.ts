/**
 * Documents that are longer than a row may be. The first part is in the document's own row, the others in rows of the
 * same table whose type is that of the document and a `#`, and whose id is the document's, a `#` and a number. They have
 * the document's version, and a trigger removes them when it changes.
 *
 * @module
 */
import { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";
import { decodeStoredKey } from "../../../src/persistence/adapter/keys.ts";
import { ownName, type SqlRow, type SqlStatement, type VersionedWrite } from "../statements.ts";

/** Makes the triggers that remove the further rows of a document that is written anew or deleted. */
export function createTriggers(table: string): SqlStatement[] {
  const removal = `delete from ${table} where type = old.type || '#' and id > old.id || '#' and ` +
    "id < old.id || '$' and version = old.version";
  const conditions = {
    // If another tool changes anything else, it is still the same document.
    update: "old.chunks > 0 and " +
      "(old.type, old.id, old.version) is not (new.type, new.id, new.version)",
    delete: "old.chunks > 0",
  };
  return Object.entries(conditions).map(([change, condition]) => ({
    sql: `create trigger if not exists ${ownName(table, change)} after ${change} on ${table} ` +
      `when ${condition} begin ${removal}; end`,
    parameters: [],
  }));
}

/** Returns whether a write stores a text that is longer than a row may be. */
export function isLong({ put }: VersionedWrite, rowLength: number): boolean {
  return put !== undefined && put.encoded.text.length > rowLength;
}

/** Returns a write as one of the document's own row and those of the rest of its text. */
export function splitWrite(
  write: VersionedWrite,
  rowLength: number,
): { head: VersionedWrite; rest: VersionedWrite[] } {
  const { put } = write;
  if (!put || !isLong(write, rowLength)) return { head: write, rest: [] };
  const { format, text } = put.encoded;
  const [first, ...others] = split(text, rowLength);
  return {
    head: {
      ...write,
      put: { ...put, encoded: { format, text: first! } },
      chunks: others.length,
    },
    rest: others.map((part, index) => ({
      ...write,
      type: `${write.type}#`,
      // Numbers of the same length sort as numbers.
      encodedKey: `${write.encodedKey}#${String(index).padStart(6, "0")}`,
      put: { ...put, encoded: { format, text: part }, metadata: undefined, ttl: undefined },
    })),
  };
}

/** Returns the row of a document with all of its text, or `undefined` if it is gone by now. */
export async function readRest(
  row: SqlRow,
  { table, type, read }: {
    readonly table: string;
    readonly type: string;
    readonly read: (statement: SqlStatement) => Promise<readonly unknown[]>;
  },
): Promise<SqlRow | undefined> {
  const rest = await read({
    sql:
      `select data from ${table} where type = ? and id > ? and id < ? and version = ? order by id`,
    parameters: [`${type}#`, `${row.id}#`, `${row.id}$`, row.version],
  }) as { data: string }[];
  if (rest.length === row.chunks) {
    return { ...row, data: row.data + rest.map(({ data }) => data).join("") };
  }
  // If it was written since its first row was read, that has to be read again.
  const [again] = await read({
    sql:
      `select id, data, format, version, metadata, chunks from ${table} where type = ? and id = ?`,
    parameters: [type, row.id],
  }) as SqlRow[];
  if (again?.version !== row.version) {
    return again && (again.chunks === 0 ? again : readRest(again, { table, type, read }));
  }
  const entry = { type, key: decodeStoredKey(type, row.id) };
  throw new UnreadableEntryError(entry, "a part of it is missing; restore the entry or delete it");
}

function split(text: string, length: number): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + length, text.length);
    // A character of two code units stays whole, because databases would lose its halves.
    if (end < text.length && text.codePointAt(end - 1)! > 0xffff) end--;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}
