import type { IndexDefinition } from "./definition.ts";
import type { Document } from "./field.ts";

/**
 * What a table asks of an index. A slot is the place of a document in its table.
 *
 * Documents that come last are taken in when the index is next asked, so that one that nobody asks costs nothing.
 */
export abstract class Index {
  readonly definition: IndexDefinition;
  readonly #documents: readonly (Document | undefined)[];
  /** Slots from here on have not been looked at yet. */
  #end = 0;

  /** `documents` are those of the table, by slot; the list may grow and shrink. */
  constructor(definition: IndexDefinition, documents: readonly (Document | undefined)[]) {
    this.definition = definition;
    this.#documents = documents;
  }

  /** The slots of the documents that have a value, or hold it, ascending. */
  abstract find(value: unknown): number[];
  /** How many documents {@link find} would find. */
  abstract count(value: unknown): number;
  protected abstract insert(slot: number, document: Document): void;
  protected abstract remove(slot: number, document: Document): void;

  /** Takes in the document in a slot, unless it is going to be looked at anyway. */
  add(slot: number, document: Document): void {
    if (slot < this.#end) this.insert(slot, document);
  }

  /** Forgets the document in a slot, which is still in the table. */
  delete(slot: number, document: Document): void {
    if (slot < this.#end) this.remove(slot, document);
    // The slot may be gone with its document; if not, it is looked at again.
    if (slot === this.#end - 1) this.#end--;
  }

  /** To be called before the index answers anything. */
  protected catchUp(): void {
    for (; this.#end < this.#documents.length; this.#end++) {
      const document = this.#documents[this.#end];
      if (document) this.insert(this.#end, document);
    }
  }
}
