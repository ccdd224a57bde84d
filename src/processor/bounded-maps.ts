/** What is remembered of one group. */
export interface Memory<Value> {
  get(key: string): Value | undefined;
  has(key: string): boolean;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/**
 * Maps by group, with at most `maxSize` entries in all. Beyond that, the largest group forgets what was set longest
 * ago, so no group can make a smaller one forget. A group without entries takes no room.
 */
export class BoundedMaps<Value> {
  readonly #groups = new Map<string, Map<string, Value>>();
  readonly #maxSize: number;
  #size = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** Returns the map of one group. */
  of(group: string): Memory<Value> {
    return {
      get: (key) => this.#groups.get(group)?.get(key),
      has: (key) => this.#groups.get(group)?.has(key) ?? false,
      set: (key, value) => this.#set(group, key, value),
      delete: (key) => this.#delete(group, key),
    };
  }

  #set(group: string, key: string, value: Value): void {
    // Deleted first, so the entry moves to the end of the insertion order.
    this.#delete(group, key);
    const entries = this.#groups.get(group) ?? new Map<string, Value>();
    this.#groups.set(group, entries.set(key, value));
    this.#size++;
    if (this.#size > this.#maxSize) this.#forget();
  }

  #delete(group: string, key: string): void {
    const entries = this.#groups.get(group);
    if (!entries?.delete(key)) return;
    this.#size--;
    if (entries.size === 0) this.#groups.delete(group);
  }

  #forget(): void {
    let largest: [group: string, size: number] = ["", 0];
    for (const [group, { size }] of this.#groups) {
      if (size > largest[1]) largest = [group, size];
    }
    const [group] = largest;
    this.#delete(group, this.#groups.get(group)!.keys().next().value!);
  }
}
