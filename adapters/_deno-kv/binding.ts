/**
 * What the store calls on a `Deno.Kv`.
 *
 * @module
 */

/** The parts of a key. */
export type DenoKvKey = (string | number)[];

/** What is, or is not, under a key. */
export interface DenoKvEntry {
  /** The parts of the key. */
  readonly key: readonly unknown[];
  /** The value, or `null`. */
  readonly value: unknown;
  /** Which write left it, or `null` if there is nothing. */
  readonly versionstamp: string | null;
}

/** An open `Deno.Kv`. */
export interface DenoKvBinding {
  /** What is under a key. */
  get(key: DenoKvKey): Promise<DenoKvEntry>;
  /** What is under up to ten keys. */
  getMany(keys: DenoKvKey[]): Promise<DenoKvEntry[]>;
  /** What is under the keys of a range. */
  list(
    selector:
      | { prefix: DenoKvKey }
      | { prefix: DenoKvKey; start: DenoKvKey }
      | { prefix: DenoKvKey; end: DenoKvKey }
      | { start: DenoKvKey; end: DenoKvKey },
    options: { reverse?: boolean; batchSize?: number; limit?: number },
  ): AsyncIterable<DenoKvEntry>;
  /** Gives something each time one of the keys changes. */
  watch(keys: DenoKvKey[]): ReadableStream<unknown>;
  /** Begins an atomic operation. */
  atomic(): DenoKvAtomic;
  /** The last part of a key that is to be the versionstamp of its atomic operation. */
  commitVersionstamp(): symbol;
}

/** Checks and mutations that take effect together. */
export interface DenoKvAtomic {
  /** Lets the operation fail unless these keys are at these versionstamps. */
  check(...checks: { key: DenoKvKey; versionstamp: string | null }[]): DenoKvAtomic;
  /** Stores a value. */
  set(
    key: (string | number | symbol)[],
    value: unknown,
    options?: { expireIn?: number },
  ): DenoKvAtomic;
  /** Removes a key. */
  delete(key: DenoKvKey): DenoKvAtomic;
  /** Does all of it, or nothing. */
  commit(): Promise<{ ok: false } | { ok: true; versionstamp: string }>;
}
