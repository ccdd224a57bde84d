/**
 * Persistent collections: read documents into memory, follow what changes, survive what fails.
 *
 * @module
 */
export type { StoreMethods } from "../../store/ramify.ts";
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
} from "../adapter/adapter.ts";
export type { Clock } from "../../shared/clock.ts";
export type {
  Conflict,
  DocumentReference,
  FailurePolicy,
  HydrationProgress,
  MigrationContext,
  PersistErrorContext,
  PersistOptions,
  RetryOptions,
  SavedChanges,
  SaveFailure,
  StoredDocument,
} from "./options.ts";
export type { PageEvents } from "./page.ts";
export { persist } from "./persist.ts";
export type { Persistence } from "./persistence.ts";
export type { PersistenceState, PersistenceStatus } from "./status.ts";
export type { PersistentCollection, PersistTarget } from "./target.ts";
