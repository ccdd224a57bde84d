/**
 * What a writer of adapters needs: the two bases, keys, values and the types of the contract.
 *
 * @module
 */
export type {
  Adapter,
  Capabilities,
  CheckWrite,
  DeleteWrite,
  Entry,
  Key,
  ListOptions,
  PutWrite,
  Version,
  Write,
} from "./adapter.ts";
export { BaseAdapter, type KeyRange } from "./base-adapter.ts";
export type { EncodedValue } from "./codec.ts";
export { type EntryPage, readPage } from "./entry-page.ts";
export { ConflictError, StorageLimitError, UnreadableEntryError } from "./errors.ts";
export { compareKeys, decodeKey, encodeKey } from "./keys.ts";
export type { MaybePromise } from "./maybe-promise.ts";
export type { EncodeContext, PreparedPut, PreparedWrite } from "./prepare.ts";
export { TextAdapter } from "./text-adapter.ts";
export { assertStorable, type ValueKind } from "./value.ts";
