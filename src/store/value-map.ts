import { isDate } from "../shared/describe.ts";
import { isObject } from "./scalar.ts";

/** A Map whose keys are scalars compared by value, so two Dates of the same time are one key. */
export class ValueMap<V> {
  readonly #values = new Map<unknown, V>();
  readonly #dates = new Map<number, V>();

  get size(): number {
    return this.#values.size + this.#dates.size;
  }

  get(key: unknown): V | undefined {
    // No other object is a value: an array of one number would pass for a Date.
    return isObject(key) ? this.#dates.get(isDate(key) ? Number(key) : NaN) : this.#values.get(key);
  }

  set(key: unknown, value: V): void {
    if (isObject(key)) this.#dates.set(Number(key), value);
    else this.#values.set(key, value);
  }

  delete(key: unknown): void {
    if (isObject(key)) this.#dates.delete(Number(key));
    else this.#values.delete(key);
  }
}
