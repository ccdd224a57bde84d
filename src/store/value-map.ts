/** A Map whose keys are scalars compared by value, so that two Dates of one time are one key. */
export class ValueMap<V> {
  readonly #values = new Map<unknown, V>();
  readonly #dates = new Map<number, V>();

  get size(): number {
    return this.#values.size + this.#dates.size;
  }

  get(key: unknown): V | undefined {
    return typeof key === "object" && key !== null
      ? this.#dates.get(Number(key))
      : this.#values.get(key);
  }

  has(key: unknown): boolean {
    return this.get(key) !== undefined;
  }

  set(key: unknown, value: V): void {
    if (typeof key === "object" && key !== null) this.#dates.set(Number(key), value);
    else this.#values.set(key, value);
  }

  delete(key: unknown): void {
    if (typeof key === "object" && key !== null) this.#dates.delete(Number(key));
    else this.#values.delete(key);
  }

  *values(): Iterable<V> {
    yield* this.#values.values();
    yield* this.#dates.values();
  }

  /** Replaces every value by what `replace` makes of it. */
  replaceAll(replace: (value: V) => V): void {
    for (const [key, value] of this.#values) this.#values.set(key, replace(value));
    for (const [key, value] of this.#dates) this.#dates.set(key, replace(value));
  }
}
