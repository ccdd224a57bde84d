/**
 * The persistence room's public face. The codec stays out, so that the core has no dependency.
 *
 * @module
 */
export type {
  Adapter,
  Capabilities,
  DeleteWrite,
  Entry,
  Key,
  ListOptions,
  PutWrite,
  Store,
  Version,
  Write,
} from "./adapter.ts";
export { BaseAdapter, type Range } from "./base-adapter.ts";
export { type EntryPage, readPage } from "./entry-page.ts";
export { ConflictError, StorageLimitError, UnreadableEntryError } from "./errors.ts";
export { compareKeys, decodeKey, encodeKey } from "./keys.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory.ts";
export type { EncodeContext, PreparedPut, PreparedWrite } from "./prepare.ts";
export { assertStorable, type ValueKind } from "./value.ts";
