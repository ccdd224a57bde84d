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
  JournalCodec,
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
export { type MaybePromise, whenReady } from "./maybe-promise.ts";
export {
  assertType,
  conditionsOf,
  type EncodeContext,
  type PreparedCheck,
  type PreparedPut,
  type PreparedWrite,
} from "./prepare.ts";
export { TextAdapter } from "./text-adapter.ts";

// Values as text and back.
export {
  decodeEntry,
  type EncodedValue,
  type EncodedWrite,
  journalCodec,
  type StoredEntry,
} from "./codec.ts";
export { byteLength } from "../../shared/byte-length.ts";
export { assertStorable, type ValueKind } from "./value.ts";

// Keys as text.
export { describeKey } from "../../shared/key.ts";
export {
  compareKeys,
  decodeKey,
  decodeStoredKey,
  decodeStoredKeys,
  encodeKey,
  sortEncodedKeys,
} from "./keys.ts";

// Pages and versions.
export { type EntryPage, readPage } from "./entry-page.ts";
export { firstPageSize, inPages, nextPageSize } from "./page-size.ts";
export { createVersions } from "./versions.ts";

// Watching, expiry and the identity of a storage.
export { type Clock, systemClock } from "../../shared/clock.ts";
export { Listeners } from "./listeners.ts";
export { sourceWithin } from "./source.ts";
