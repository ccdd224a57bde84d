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
import { endOfPart, fitsStatement, roomsFor, type RowLimits } from "./row-limits.ts";

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
export function isLong(write: VersionedWrite, limits: RowLimits): boolean {
  const { put } = write;
  if (!put) return false;
  return put.encoded.text.length > limits.rowLength || !fitsStatement(write, put, limits);
}

/** Returns a write as one of the document's own row and those of the rest of its text. */
export function splitWrite(
  write: VersionedWrite,
  limits: RowLimits,
): { head: VersionedWrite; rest: VersionedWrite[] } {
  const { put } = write;
  if (!put || !isLong(write, limits)) return { head: write, rest: [] };
  const { format, text } = put.encoded;
  const [first, ...others] = split(text, write, limits);
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

/** Reads the row of a document with all of its text; returns `undefined` if it is gone by now. */
export async function readWhole(
  encodedKey: string,
  { table, type, read }: {
    readonly table: string;
    readonly type: string;
    readonly read: (statement: SqlStatement) => Promise<readonly unknown[]>;
  },
): Promise<SqlRow | undefined> {
  const columns = "select type, id, data, format, version, metadata, chunks";
  // One statement, so all of its rows are of one state.
  const rows = await read({
    sql: `${columns} from ${table} where type = ? and id = ? union all ` +
      `${columns} from ${table} where type = ? and id > ? and id < ?`,
    parameters: [type, encodedKey, `${type}#`, `${encodedKey}#`, `${encodedKey}$`],
  }) as (SqlRow & { readonly type: string })[];
  const head = rows.find((row) => row.type === type);
  if (!head) return undefined;
  const rest = rows.filter((row) => row !== head && row.version === head.version);
  if (rest.length === head.chunks) {
    rest.sort((a, b) => a.id < b.id ? -1 : 1);
    return { ...head, data: [head, ...rest].map(({ data }) => data).join("") };
  }
  const entry = { type, key: decodeStoredKey(type, encodedKey) };
  throw new UnreadableEntryError(entry, "a part of it is missing; restore the entry or delete it");
}

function split(text: string, write: VersionedWrite, limits: RowLimits): string[] {
  const rooms = roomsFor(write, limits);
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = endOfPart(text, start, {
      maxLength: limits.rowLength,
      maxBytes: parts.length === 0 ? rooms.head : rooms.rest,
    });
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}
