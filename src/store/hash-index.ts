import { Buckets } from "./buckets.ts";
import type { IndexDefinition } from "./definition.ts";
import { assertIndexable, assertUnique, type Index } from "./index.ts";
import type { Document, Reader } from "./path.ts";
import { compare } from "./scalar.ts";

/** Finds documents by one value of one field. */
export class HashIndex implements Index {
  readonly definition: IndexDefinition;
  readonly #read: Reader;
  readonly #buckets = new Buckets();

  constructor(definition: IndexDefinition) {
    this.definition = definition;
    this.#read = definition.readers[0]!;
  }

  check(slot: number, document: Document): void {
    const value = this.#read(document);
    assertIndexable(this.definition, value);
    if (this.definition.unique && value !== undefined && value !== null) {
      assertUnique(this.definition, this.#buckets.find(value), slot);
    }
  }

  insert(slot: number, document: Document): void {
    this.#buckets.add(this.#read(document), slot);
  }

  remove(slot: number, document: Document): void {
    this.#buckets.delete(this.#read(document), slot);
  }

  replace(slot: number, before: Document, after: Document): void {
    const old = this.#read(before);
    const value = this.#read(after);
    if (old === value || compare(old, value) === 0) return;
    this.#buckets.delete(old, slot);
    this.#buckets.add(value, slot);
  }

  find(value: unknown): readonly number[] {
    return this.#buckets.find(value);
  }

  count(value: unknown): number {
    return this.#buckets.count(value);
  }

  renumber(renumbered: readonly number[]): void {
    this.#buckets.renumber(renumbered);
  }
}
