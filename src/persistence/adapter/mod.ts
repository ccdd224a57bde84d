/**
 * The adapter contract as the core shows it, and the store in memory. What a writer of adapters needs is in `kit.ts`;
 * the codec stays out of this file, so the core has no dependency.
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
  Store,
  Version,
  Write,
} from "./adapter.ts";
export { ConflictError, StorageLimitError, UnreadableEntryError } from "./errors.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory.ts";
