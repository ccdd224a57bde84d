import type { IndexDefinition } from "./definition.ts";
import type { Document } from "./field.ts";

/**
 * Finds documents of a table by the values of a field. A slot is the place of a document in the table.
 *
 * Documents added at the end are indexed when the index is next asked, so an index that is never queried costs nothing.
 */
export abstract class Index {
  readonly definition: IndexDefinition;
  readonly #documents: readonly (Document | undefined)[];
  /** The first slot that is not indexed yet. */
  #end = 0;

  /** Makes an index of the documents of a table, by slot; their list may grow and shrink. */
  constructor(definition: IndexDefinition, documents: readonly (Document | undefined)[]) {
    this.definition = definition;
    this.#documents = documents;
  }

  /** Returns the slots of the documents that have a value, or hold it, ascending. */
  abstract find(value: unknown): number[];
  /** Counts the documents that {@link find} would find. */
  abstract count(value: unknown): number;
  protected abstract insert(slot: number, document: Document): void;
  protected abstract remove(slot: number, document: Document): void;

  /** Indexes the document in a slot, unless that happens later anyway. */
  add(slot: number, document: Document): void {
    if (slot < this.#end) this.insert(slot, document);
  }

  /** Removes the document in a slot, which is still in the table. */
  delete(slot: number, document: Document): void {
    if (slot < this.#end) this.remove(slot, document);
    // The slot may go with its document; if not, it is looked at again.
    if (slot === this.#end - 1) this.#end--;
  }

  /** Indexes the documents that are not indexed yet. Has to run before the index is read. */
  protected catchUp(): void {
    for (; this.#end < this.#documents.length; this.#end++) {
      const document = this.#documents[this.#end];
      if (document) this.insert(this.#end, document);
    }
  }
}
