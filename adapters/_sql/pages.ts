import type { Entry } from "../../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../../src/persistence/adapter/base-adapter.ts";
import type { MaybePromise } from "../../src/persistence/adapter/maybe-promise.ts";
import { nextPageSize, pageLength } from "../../src/persistence/adapter/page-size.ts";
import type { Read } from "./driver.ts";

/** A part of a type, in which long documents are found without their text, so that it takes no more than a page. */
export interface PageRange extends KeyRange {
  /** How many bytes a document may have that is found whole. */
  readonly maxLength: number;
}

/** A document that was found. */
export interface FoundDocument {
  readonly encodedKey: string;
  /** How much memory it takes, about. */
  readonly length: number;
  /** Whether it is so long that it has to be read by {@link DocumentReader.findWhole}. */
  readonly isWithoutText: boolean;
  /** Its value and version; some parts may have to be read first. `undefined` if it has gone by then. */
  entry(read: Read): MaybePromise<Entry | undefined>;
}

/** What of a type can be read. */
export interface DocumentReader {
  /** What lies in a range. */
  find(range: PageRange): MaybePromise<readonly FoundDocument[]>;
  /** How many documents to look for first. */
  readonly firstPage: number;
  /** The documents of these ids that are there, whole. */
  findWhole(encodedKeys: readonly string[]): MaybePromise<readonly FoundDocument[]>;
}

/** How many documents to look for first over a network, where a second trip costs more than to read so many. */
export const firstPageOverNetwork = 500;

/** How much longer than the average a document is before it takes a query of its own. */
const outlierFactor = 4;

/**
 * The documents of a range in pages, each of about as many bytes whatever the sizes that come next: a query of many
 * leaves out long texts, and those are read by as many queries as their lengths ask for.
 */
export async function* readInPages(
  range: KeyRange,
  reader: DocumentReader,
): AsyncGenerator<readonly FoundDocument[]> {
  let { after } = range;
  for (let size = reader.firstPage;;) {
    const limit = Math.min(range.limit, size);
    const maxLength = Math.floor(outlierFactor * pageLength / limit);
    const found = await reader.find({ ...range, after, limit, maxLength });
    for (const page of split(found)) yield await complete(page, reader);
    if (found.length < limit) return;
    after = found.at(-1)!.encodedKey;
    size = nextPageSize(found.map(({ length }) => length));
  }
}

/** Parts in which the texts that are still to be read fit into a page, or are that of one document. */
function* split(found: readonly FoundDocument[]): Generator<readonly FoundDocument[]> {
  let [start, length] = [0, 0];
  for (const [index, document] of found.entries()) {
    if (!document.isWithoutText) continue;
    if (length > 0 && length + document.length > pageLength) {
      yield found.slice(start, index);
      [start, length] = [index, 0];
    }
    length += document.length;
  }
  yield start === 0 ? found : found.slice(start);
}

async function complete(
  page: readonly FoundDocument[],
  { findWhole }: DocumentReader,
): Promise<readonly FoundDocument[]> {
  const encodedKeys = page.filter(({ isWithoutText }) => isWithoutText).map(({ encodedKey }) =>
    encodedKey
  );
  if (encodedKeys.length === 0) return page;
  const whole = new Map(
    (await findWhole(encodedKeys)).map((document) => [document.encodedKey, document]),
  );
  // One that is not found any more has gone since its place was.
  return page.flatMap((document) => {
    return document.isWithoutText ? whole.get(document.encodedKey) ?? [] : document;
  });
}
