/**
 * The records of a type in pages of a bounded length. IndexedDB reads many records at once, but not up to a length; so
 * long records have an index of their own, which says where they are and how long.
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
  /** Only records after this key, or before it when reversed. */
  readonly after: RecordKey | undefined;
  /** No more records than this are wanted. */
  readonly limit: number;
  readonly reverse: boolean;
}

interface RecordPage {
  readonly records: readonly EntryRecord[];
  readonly isLast: boolean;
}

/** How many records that are not long may be read at once. */
const maxRecords = 4 * pageLength / longLength;

/** Yields the records of a part of a type. `open` is called for each page, because no transaction outlives a pause. */
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

/** Returns the key of the first long record that would not fit in the page, after those that do. */
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

/** Reads one by one, because IndexedDB reads many only forwards. */
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
