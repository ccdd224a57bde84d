/**
 * The rows of a type in pages of a bounded number of bytes. IndexedDB reads many rows at once, but not up to a
 * length: so those that are long have an index of their own, which tells where they are and how long.
 *
 * @module
 */
import type { IDBPCursor } from "idb";
import { FIRST_PAGE, nextPageSize, PAGE_LENGTH } from "../../src/persistence/adapter/page-size.ts";
import {
  type EntriesDatabase,
  type EntriesSchema,
  lengthOf,
  LONG,
  longRangeOf,
  rangeOf,
  readOnly,
  type Row,
  type RowKey,
} from "./schema.ts";

/** What to read of a type. */
export interface Part {
  /** What lies behind this key, or before it when reversed. */
  readonly after: RowKey | undefined;
  /** No more rows than this are wanted. */
  readonly limit: number;
  readonly reverse: boolean;
}

interface RowPage {
  readonly rows: readonly Row[];
  readonly isLast: boolean;
}

/** How many rows there may be at once that are not long. */
const MAX_ROWS = 4 * PAGE_LENGTH / LONG;

/** The rows of a part of a type. `open` is called for each page, as no transaction outlives a pause. */
export async function* readRows(
  open: () => Promise<EntriesDatabase>,
  type: string,
  { after, limit, reverse }: Part,
): AsyncGenerator<readonly Row[]> {
  const read = reverse ? readBackwards : readForwards;
  let part = { after, limit: Math.min(limit, FIRST_PAGE), reverse };
  for (;;) {
    const { rows, isLast } = await read(await open(), type, part);
    yield rows;
    if (isLast) return;
    const size = nextPageSize(rows.map(lengthOf));
    const { id } = rows.at(-1)!;
    part = { after: [type, id], limit: Math.min(limit, size, MAX_ROWS), reverse };
  }
}

async function readForwards(
  database: EntriesDatabase,
  type: string,
  { after, limit }: Part,
): Promise<RowPage> {
  const store = readOnly(database);
  const before = await findEnd(store.index("long").openKeyCursor(longRangeOf(type, after)));
  const rows = await store.getAll(rangeOf(type, { after, before }), limit);
  return { rows, isLast: before === undefined && rows.length < limit };
}

/** The key of the first row that would be too much for a page, after those long ones that are not. */
async function findEnd(
  opening: Promise<IDBPCursor<EntriesSchema, ["entries"], "entries", "long"> | null>,
): Promise<RowKey | undefined> {
  let length = 0;
  for (let cursor = await opening; cursor; cursor = await cursor.continue()) {
    const [, , own] = cursor.key;
    if (length > 0 && length + own > PAGE_LENGTH) return cursor.primaryKey;
    length += own;
  }
  return undefined;
}

/** One by one, as IndexedDB reads many only forwards. */
async function readBackwards(
  database: EntriesDatabase,
  type: string,
  { after, limit }: Part,
): Promise<RowPage> {
  const rows: Row[] = [];
  let length = 0;
  const store = readOnly(database);
  let cursor = await store.openCursor(rangeOf(type, { before: after }), "prev");
  for (; cursor && rows.length < limit && length < PAGE_LENGTH; cursor = await cursor.continue()) {
    rows.push(cursor.value);
    length += lengthOf(cursor.value);
  }
  return { rows, isLast: cursor === null };
}
