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
  /** The names of the groups with so many entries, so that the largest is found at once, however many there are. */
  readonly #bySize = new Map<number, Set<string>>();
  readonly #maxSize: number;
  #size = 0;
  /** How many entries the largest group has. */
  #largest = 0;

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
    this.#resized(group, entries.size - 1, entries.size);
    this.#size++;
    if (this.#size > this.#maxSize) this.#forget();
  }

  #delete(group: string, key: string): void {
    const entries = this.#groups.get(group);
    if (!entries?.delete(key)) return;
    this.#size--;
    this.#resized(group, entries.size + 1, entries.size);
    if (entries.size === 0) this.#groups.delete(group);
  }

  #forget(): void {
    const [group] = this.#bySize.get(this.#largest)!;
    this.#delete(group!, this.#groups.get(group!)!.keys().next().value!);
  }

  /** Notes that a group has one entry more or less. */
  #resized(group: string, before: number, after: number): void {
    const old = this.#bySize.get(before);
    if (old?.delete(group) && old.size === 0) this.#bySize.delete(before);
    if (after > 0) this.#bySize.set(after, (this.#bySize.get(after) ?? new Set()).add(group));
    if (after > this.#largest || before === this.#largest && !this.#bySize.has(before)) {
      this.#largest = after;
    }
  }
}
