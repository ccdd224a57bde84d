/**
 * The part of a `Deno.Kv` that the store uses.
 *
 * @module
 */

import { hasMethods, type Kind } from "../../src/shared/kinds.ts";

/** The parts of a key. */
export type DenoKvKey = (string | number)[];

/** What is under a key, if anything. */
export interface DenoKvEntry {
  /** The parts of the key. */
  readonly key: readonly unknown[];
  /** The value, or `null`. */
  readonly value: unknown;
  /** The write that left it, or `null` if there is nothing. */
  readonly versionstamp: string | null;
}

/** An open `Deno.Kv`. */
export interface DenoKvBinding {
  /** Returns what is under a key. */
  get(key: DenoKvKey): Promise<DenoKvEntry>;
  /** Returns what is under up to ten keys. */
  getMany(keys: DenoKvKey[]): Promise<DenoKvEntry[]>;
  /** Yields what is under the keys of a range. */
  list(
    selector:
      | { prefix: DenoKvKey }
      | { prefix: DenoKvKey; start: DenoKvKey }
      | { prefix: DenoKvKey; end: DenoKvKey }
      | { start: DenoKvKey; end: DenoKvKey },
    options: { reverse?: boolean; batchSize?: number; limit?: number },
  ): AsyncIterable<DenoKvEntry>;
  /** Returns a stream that gives something each time one of the keys changes. */
  watch(keys: DenoKvKey[], options?: { raw?: boolean }): ReadableStream<unknown>;
  /** Begins an atomic operation. */
  atomic(): DenoKvAtomic;
  /**
   * Returns the last part of a key that should become the versionstamp of its atomic operation. `@deno/kv`, the client for
   * Node, has no such keys.
   */
  commitVersionstamp?(): symbol;
}

/** Checks and mutations that take effect together. */
export interface DenoKvAtomic {
  /** Makes the operation fail unless these keys are at these versionstamps. */
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

/** The kind of an open `Deno.Kv`. */
export const denoKvKind: Kind = {
  fits: (value) => hasMethods(value, "get", "list", "atomic"),
  cure: "the Deno.Kv that await Deno.openKv() returns",
  isRequired: true,
};
