/**
 * What the store calls on a `Deno.Kv`.
 *
 * @module
 */

/** The parts of a key. */
export type DenoKvKey = (string | number)[];

/** What is, or is not, under a key. */
export interface DenoKvEntry {
  readonly key: readonly unknown[];
  readonly value: unknown;
  readonly versionstamp: string | null;
}

/** An open `Deno.Kv`. */
export interface DenoKvBinding {
  get(key: DenoKvKey): Promise<DenoKvEntry>;
  getMany(keys: DenoKvKey[]): Promise<DenoKvEntry[]>;
  list(
    selector: { prefix: DenoKvKey; start: DenoKvKey } | { prefix: DenoKvKey; end: DenoKvKey } | {
      prefix: DenoKvKey;
    },
    options: { reverse?: boolean; batchSize?: number },
  ): AsyncIterable<DenoKvEntry>;
  watch(keys: DenoKvKey[]): ReadableStream<unknown>;
  atomic(): DenoKvAtomic;
}

/** Checks and mutations that take effect together. */
export interface DenoKvAtomic {
  check(...checks: { key: DenoKvKey; versionstamp: string | null }[]): DenoKvAtomic;
  set(key: DenoKvKey, value: unknown, options?: { expireIn?: number }): DenoKvAtomic;
  delete(key: DenoKvKey): DenoKvAtomic;
  commit(): Promise<{ ok: false } | { ok: true; versionstamp: string }>;
}
