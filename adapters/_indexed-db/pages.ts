/**
 * The rows of a type in pages of a bounded number of bytes. IndexedDB reads many rows at once, but not up to a
 * length: so those that are long have an index of their own, which tells where they are and how long.
 *
 * @module
 */
import type { IDBPCursor } from "idb";
import {
  firstPageSize,
  nextPageSize,
  pageLength,
} from "../../src/persistence/adapter/page-size.ts";
import {
  type EntriesDatabase,
  type EntriesSchema,
  type EntryRecord,
  lengthOf,
  longLength,
  longRangeOf,
  rangeOf,
  readOnly,
  type RecordKey,
} from "./schema.ts";

/** What to read of a type. */
export interface Part {
  /** What lies behind this key, or before it when reversed. */
  readonly after: RecordKey | undefined;
  /** No more rows than this are wanted. */
  readonly limit: number;
  readonly reverse: boolean;
}

interface RecordPage {
  readonly records: readonly EntryRecord[];
  readonly isLast: boolean;
}

/** How many rows there may be at once that are not long. */
const maxRecords = 4 * pageLength / longLength;

/** The rows of a part of a type. `open` is called for each page, as no transaction outlives a pause. */
export async function* readRecords(
  open: () => Promise<EntriesDatabase>,
  type: string,
  { after, limit, reverse }: Part,
): AsyncGenerator<readonly EntryRecord[]> {
  const read = reverse ? readBackwards : readForwards;
  let part = { after, limit: Math.min(limit, firstPageSize), reverse };
  for (;;) {
    const { records, isLast } = await read(await open(), type, part);
    yield records;
    if (isLast) return;
    const size = nextPageSize(records.map(lengthOf));
    const { id } = records.at(-1)!;
    part = { after: [type, id], limit: Math.min(limit, size, maxRecords), reverse };
  }
}

async function readForwards(
  database: EntriesDatabase,
  type: string,
  { after, limit }: Part,
): Promise<RecordPage> {
  const store = readOnly(database);
  const before = await findEnd(store.index("long").openKeyCursor(longRangeOf(type, after)));
  const records = await store.getAll(rangeOf(type, { after, before }), limit);
  return { records, isLast: before === undefined && records.length < limit };
}

/** The key of the first row that would be too much for a page, after those long ones that are not. */
async function findEnd(
  opening: Promise<IDBPCursor<EntriesSchema, ["entries"], "entries", "long"> | null>,
): Promise<RecordKey | undefined> {
  let length = 0;
  for (let cursor = await opening; cursor; cursor = await cursor.continue()) {
    const [, , own] = cursor.key;
    if (length > 0 && length + own > pageLength) return cursor.primaryKey;
    length += own;
  }
  return undefined;
}

/** One by one, as IndexedDB reads many only forwards. */
async function readBackwards(
  database: EntriesDatabase,
  type: string,
  { after, limit }: Part,
): Promise<RecordPage> {
  const records: EntryRecord[] = [];
  let length = 0;
  const store = readOnly(database);
  let cursor = await store.openCursor(rangeOf(type, { before: after }), "prev");
  for (
    ;
    cursor && records.length < limit && length < pageLength;
    cursor = await cursor.continue()
  ) {
    records.push(cursor.value);
    length += lengthOf(cursor.value);
  }
  return { records, isLast: cursor === null };
}
