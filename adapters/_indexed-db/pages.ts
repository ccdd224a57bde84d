/**
 * The records of a type in pages of a bounded length. IndexedDB reads many records at once, but not up to a length; so
 * long records have an index of their own, which says where they are and how long.
 *
 * @module
 */
import {
  firstPageSize,
  nextPageSize,
  pageLength,
} from "../../src/persistence/adapter/page-size.ts";
import type { Connection } from "./connection.ts";
import { type EntryRecord, lengthOf, longLength, type RecordKey } from "./record.ts";
import { longRangeOf, rangeOf } from "./schema.ts";
import type { Asking } from "./transaction.ts";

/** A key of the index of long records. */
type LongKey = [...RecordKey, length: number];

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

/** Yields the records of a part of a type, each page in a transaction of its own, because none outlives a pause. */
export async function* readRecords(
  connection: Connection,
  type: string,
  { after, limit, reverse }: Part,
): AsyncGenerator<readonly EntryRecord[]> {
  const read = reverse ? readBackwards : readForwards;
  let part = { after, limit: Math.min(limit, firstPageSize), reverse };
  for (;;) {
    const { records, isLast } = await connection.transact<RecordPage>(
      "readonly",
      (asking) => read(asking, type, part),
    );
    yield records;
    if (isLast) return;
    const size = nextPageSize(records.map(lengthOf));
    const { id } = records.at(-1)!;
    part = { after: [type, id], limit: Math.min(limit, size, maxRecords), reverse };
  }
}

function readForwards(
  { entries, after, finish }: Asking<RecordPage>,
  type: string,
  { after: start, limit }: Part,
): void {
  let length = 0;
  after(entries.index("long").openKeyCursor(longRangeOf(type, start)), (cursor) => {
    const own = cursor ? (cursor.key as unknown as LongKey)[2] : 0;
    if (cursor && (length === 0 || length + own <= pageLength)) {
      length += own;
      return cursor.continue();
    }
    // The first long record that would not fit in the page, after those that do.
    const before = cursor?.primaryKey;
    const range = rangeOf(type, { after: start, before });
    after<EntryRecord[]>(entries.getAll(range, limit), (records) => {
      finish({ records, isLast: before === undefined && records.length < limit });
    });
  });
}

/** Reads one by one, because IndexedDB reads many only forwards. */
function readBackwards(
  { entries, after, finish }: Asking<RecordPage>,
  type: string,
  { after: end, limit }: Part,
): void {
  const records: EntryRecord[] = [];
  let length = 0;
  after(entries.openCursor(rangeOf(type, { after: undefined, before: end }), "prev"), (cursor) => {
    if (!cursor || records.length >= limit || length >= pageLength) {
      return finish({ records, isLast: cursor === null });
    }
    const record: EntryRecord = cursor.value;
    records.push(record);
    length += lengthOf(record);
    cursor.continue();
  });
}
