/**
 * The kit for writing an adapter: two bases, what they hand to a backend, and what a backend makes of it. The guide in
 * `docs/adapters.md` builds a whole adapter with it, and `testAdapter` of `rian/testing` says whether it keeps every
 * promise.
 *
 * @module
 */

// The contract.
export type {
  Adapter,
  Capabilities,
  CheckWrite,
  DeleteWrite,
  Entry,
  Key,
  ListOptions,
  PutWrite,
  Store,
  Version,
  Write,
} from "./adapter.ts";
export { ConflictError, StorageLimitError, UnreadableEntryError } from "./errors.ts";

// The bases, and what they hand to a backend.
export { BaseAdapter, type KeyRange } from "./base-adapter.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export {
  conditionsOf,
  type EncodeContext,
  type PreparedCheck,
  type PreparedPut,
  type PreparedWrite,
} from "./prepare.ts";
export { TextAdapter } from "./text-adapter.ts";

// Values as text and back.
export { decodeEntry, type EncodedValue, type EncodedWrite, type StoredEntry } from "./codec.ts";
export { assertStorable, type ValueKind } from "./value.ts";

// Keys as text, pages and versions.
export { type EntryPage, readPage } from "./entry-page.ts";
export { compareKeys, decodeKey, encodeKey } from "./keys.ts";
export { inPages } from "./page-size.ts";
export { createVersions } from "./versions.ts";
