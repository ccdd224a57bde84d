/**
 * Persistent collections: read documents into memory, follow what changes, survive what fails.
 *
 * @module
 */
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
export type { JournalStorage } from "./journal-storage.ts";
export type { PageEvents } from "./page.ts";
export { persist } from "./persist.ts";
export type { Persistence } from "./persistence.ts";
export type { PersistenceState, PersistenceStatus } from "./status.ts";
export type { PersistentCollection, PersistTarget } from "./target.ts";
