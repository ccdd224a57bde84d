import { type Document, reader } from "./path.ts";
import { compareLists } from "./ordered-index.ts";
import { compare } from "./scalar.ts";

/** A total order of documents: by some paths, then by primary key. */
export class Order {
  readonly #read: (document: Document) => unknown;
  readonly #compareValues: (a: unknown, b: unknown) => number;
  readonly #primaryKey: string;

  constructor(paths: readonly string[], primaryKey: string) {
    const readers = paths.map(reader);
    this.#primaryKey = primaryKey;
    this.#read = readers.length === 1
      ? readers[0]!
      : (document) => readers.map((read) => read(document));
    this.#compareValues = readers.length === 1 ? compare : compareLists;
  }

  compare(a: Document, b: Document): number {
    return this.#compareValues(this.#read(a), this.#read(b)) ||
      compare(a[this.#primaryKey], b[this.#primaryKey]);
  }

  /** Sorts slots by their documents. */
  sort(slots: readonly number[], documentIn: (slot: number) => Document): number[] {
    // What is sorted by is read once for each document, not once for each comparison.
    const rows = slots.map((slot) => {
      const document = documentIn(slot);
      return { slot, values: this.#read(document), key: document[this.#primaryKey] };
    });
    rows.sort((a, b) => this.#compareValues(a.values, b.values) || compare(a.key, b.key));
    return rows.map((row) => row.slot);
  }
}
