import type { Entry } from "../../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../../src/persistence/adapter/base-adapter.ts";
import type { MaybePromise } from "../../src/persistence/adapter/maybe-promise.ts";
import { nextPageSize, pageLength } from "../../src/persistence/adapter/page-size.ts";
import type { Read } from "./driver.ts";

/** A part of a type, in which long documents are found without their text, so it takes no more than a page. */
export interface PageRange extends KeyRange {
  /** How many bytes a document may have to be found whole. */
  readonly maxLength: number;
}

/** A document that was found. */
export interface FoundDocument {
  readonly encodedKey: string;
  /** About how much memory it takes. */
  readonly length: number;
  /** Whether it is too long to be found whole, and has to be read by {@link DocumentReader.findWhole}. */
  readonly isWithoutText: boolean;
  /** Returns its entry, some of which may have to be read first; `undefined` if it is gone by then. */
  entry(read: Read): MaybePromise<Entry | undefined>;
}

/** Reads the documents of a type. */
export interface DocumentReader {
  /** Returns the documents of a range. */
  find(range: PageRange): MaybePromise<readonly FoundDocument[]>;
  /** How many documents to look for first. */
  readonly firstPage: number;
  /** Returns the documents of these keys that are there, whole. */
  findWhole(encodedKeys: readonly string[]): MaybePromise<readonly FoundDocument[]>;
}

/** How many documents to look for first over a network, where a second trip costs more than reading this many. */
export const firstPageOverNetwork = 500;

/** How many times as long as the average a document is before it takes a query of its own. */
const outlierFactor = 4;

/**
 * Yields the documents of a range in pages of about as many bytes each, whatever sizes come next: a query of many leaves
 * out long texts, which are read by as many queries as their lengths require.
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

/** Yields parts whose texts that are still to be read fit in a page, or belong to one document. */
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
  // A document that is no longer found is gone by now.
  return page.flatMap((document) => {
    return document.isWithoutText ? whole.get(document.encodedKey) ?? [] : document;
  });
}
