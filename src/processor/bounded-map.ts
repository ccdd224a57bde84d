/** A map of at most `maxSize` entries, which forgets the one that was set longest ago. */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: Value): void {
    // Deleted first, so the entry moves to the end of the insertion order.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#maxSize) {
      this.#entries.delete(this.#entries.keys().next().value!);
    }
  }
}
