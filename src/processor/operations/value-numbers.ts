import { bytesOf } from "../../shared/bytes.ts";
import { tagOf } from "../../shared/describe.ts";
import { isRecord } from "./record.ts";

/**
 * Gives the same number to values that are the same as JSON, and different numbers to others: hash-consing (A. P.
 * Ershov, "On programming of arithmetic operations", Communications of the ACM 1, 1958). A value is described by the
 * numbers of its parts, so two large ones are compared in one step, and no two collide. Numbers of objects and lists
 * are remembered.
 */
export class ValueNumbers {
  readonly #ofScalars: Map<unknown, number> = new Map();
  readonly #ofDescriptions: Map<string, number> = new Map();
  readonly #ofObjects: Map<object, number> = new Map();
  #last = 0;

  /** Returns the number of an object or a list if it was asked for before. */
  known(value: unknown): number | undefined {
    return this.#ofObjects.get(value as object);
  }

  numberOf(value: unknown): number {
    if (typeof value !== "object" || value === null) return this.#ofScalar(value ?? null);
    const known = this.#ofObjects.get(value);
    if (known !== undefined) return known;
    const number = this.#intern(this.#ofDescriptions, this.#describe(value));
    this.#ofObjects.set(value, number);
    return number;
  }

  #ofScalar(value: unknown): number {
    // A Map takes -0 for 0.
    return this.#intern(this.#ofScalars, Object.is(value, -0) ? this : value);
  }

  #intern<Key>(numbers: Map<Key, number>, key: Key): number {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, ++this.#last);
    return this.#last;
  }

  #describe(value: object): string {
    if (Array.isArray(value)) return `[${this.#listed(value)}`;
    if (isRecord(value)) return `{${this.#named(value)}`;
    const tag = tagOf(value);
    switch (tag) {
      case "Date":
        return `Date ${(value as Date).getTime()}`;
      case "Map":
        return `Map ${this.#listed([...value as Map<unknown, unknown>].flat(1))}`;
      case "Set":
        return `Set ${this.#listed([...value as Set<unknown>])}`;
      case "ArrayBuffer":
        return `ArrayBuffer ${bytesOf(value as ArrayBuffer)}`;
      default:
        return ArrayBuffer.isView(value)
          ? `${tag} ${bytesOf(value)}`
          : `${tag} ${this.#named(value as Readonly<Record<string, unknown>>)}`;
    }
  }

  #listed(items: readonly unknown[]): string {
    let described = "";
    for (const item of items) described += `${this.numberOf(item)},`;
    return described;
  }

  #named(record: Readonly<Record<string, unknown>>): string {
    let described = "";
    for (const name of Object.keys(record).sort()) {
      const value = record[name];
      // The length says where the name ends.
      if (value !== undefined) described += `${name.length}:${name}${this.numberOf(value)},`;
    }
    return described;
  }
}
