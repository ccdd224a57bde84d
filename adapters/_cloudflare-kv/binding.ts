/**
 * The part of Workers KV that the store uses.
 *
 * @module
 */

import { hasMethods, type Kind } from "../../src/shared/kinds.ts";

/** The part of a KV binding that `CloudflareKvStore` uses. */
export interface KvBinding {
  /** Returns the value under a name. */
  get(key: string, type: "text"): Promise<string | null>;
  /** Returns the values under up to 100 names. */
  get(keys: string[], type: "text"): Promise<Map<string, string | null>>;
  /** Stores a value under a name. */
  put(
    key: string,
    value: string,
    options?: { expirationTtl?: number; metadata?: unknown },
  ): Promise<void>;
  /** Removes a name. */
  delete(key: string): Promise<void>;
  /** Returns a page of the names that begin with a prefix. */
  list(options: { prefix: string; cursor?: string }): Promise<KvPage>;
}

/** One page of the names in a {@link KvBinding}. */
export interface KvPage {
  /** The names in order, with what was stored beside them. */
  readonly keys: readonly KvName[];
  /** Whether this is the last page. */
  readonly list_complete: boolean;
  /** Where the next page begins. */
  readonly cursor?: string;
}

/** A name in a {@link KvBinding}, with what was stored beside its value. */
export interface KvName {
  /** The name. */
  readonly name: string;
  /** What was stored beside the value. */
  readonly metadata?: unknown;
}

/** The kind of a KV binding. */
export const kvKind: Kind = {
  fits: (value) => hasMethods(value, "get", "put", "delete", "list"),
  cure: "a KV binding, such as env.KV",
  isRequired: true,
};
