import type { Clock } from "../../shared/clock.ts";
import type { Key } from "../../shared/key.ts";
import type { PageEvents } from "./page.ts";
import type { Persistence } from "./persistence.ts";

/** A document as persistence sees it: plain, and frozen where it comes from memory. */
export type StoredDocument = Readonly<Record<string, unknown>>;

/** Which document something is about. */
export interface DocumentReference {
  /** The name of its collection, which is also its type in storage. */
  readonly collection: string;
  /** Its primary key. */
  readonly key: Key;
}

/** How far hydration of a collection has come. */
export interface HydrationProgress {
  /** The collection's name. */
  readonly collection: string;
  /** How many of its documents have been read so far. */
  readonly loaded: number;
  /** How many there were when reading began, where the adapter can count them; others may come and go. */
  readonly total?: number | undefined;
  /** Whether all of them have been read. */
  readonly done: boolean;
}

/** How often, and how soon, a call to storage that failed is made again. */
export interface RetryOptions {
  /** How many failures in a row are settled by `onFailure`; 5 unless told otherwise. */
  readonly attempts?: number;
  /** Milliseconds: the longest pause after the first failure, doubled with each one; 100. */
  readonly minDelay?: number;
  /** Milliseconds: no pause is longer; 30,000. */
  readonly maxDelay?: number;
  /** Milliseconds after which a call without an answer counts as failed; 30,000. */
  readonly timeout?: number;
}

/**
 * What becomes of changes that storage does not take: `"keep"` them in memory and keep trying, or `"revert"`
 * memory to what storage holds.
 */
export type FailurePolicy = "keep" | "revert";

/** Changes that storage has not taken after so many attempts. */
export interface SaveFailure {
  /** What storage said last. */
  readonly error: unknown;
  /** The documents that are not saved. */
  readonly documents: readonly DocumentReference[];
  /** Whether trying again cannot help, as for a document that is too large. */
  readonly permanent: boolean;
}

/** What was going on when an error came up. */
export interface PersistErrorContext {
  /** The collection, where the error is about one. */
  readonly collection?: string;
  /** The key, where the error is about one document. */
  readonly key?: Key;
  /** How many times in a row storage has failed. */
  readonly failures?: number;
}

/** A commit that storage has acknowledged. */
export interface SavedChanges {
  /** The documents that were written or deleted; for a cleared collection, those that were in memory. */
  readonly documents: readonly DocumentReference[];
  /** How many documents are still waiting. */
  readonly pending: number;
}

/** A document that was changed here and by somebody else, both starting from the same one. */
export interface Conflict extends DocumentReference {
  /** The document in memory, or `undefined` if it was deleted here. */
  readonly mine: StoredDocument | undefined;
  /** The document in storage, or `undefined` if it was deleted there. */
  readonly theirs: StoredDocument | undefined;
  /** What both started from, or `undefined` if there was none. */
  readonly base: StoredDocument | undefined;
}

/** Where a document that has to be migrated comes from. */
export type MigrationContext = DocumentReference;

/** What {@link persist} can be told. Times are milliseconds. */
export interface PersistOptions {
  /** How long nothing has to change before changes are written; 50. */
  readonly debounce?: number;
  /** How long changes wait at most while more of them keep coming; 1,000. */
  readonly maxWait?: number;
  /** How failed calls are repeated. */
  readonly retry?: RetryOptions;
  /** What becomes of changes that storage does not take; `"keep"` unless told otherwise. Closing waits for an answer. */
  readonly onFailure?:
    | FailurePolicy
    | ((failure: SaveFailure) => FailurePolicy | Promise<FailurePolicy>);
  /** Receives every error, those that are tried again too; by default they go to `console.error`. */
  readonly onError?: (error: unknown, context: PersistErrorContext) => void;
  /** Is called when storage has acknowledged a commit. */
  readonly onSaved?: (saved: SavedChanges) => void;
  /**
   * Decides what becomes of a document that somebody else has changed as well, or deleted: the document
   * returned, which has the same key, is put into memory and storage, `undefined` deletes it. By default, fields
   * that only one of the two has changed are taken from that one, and the others from storage; `onError` hears of
   * changes that are lost by that. Closing waits for the answer.
   */
  readonly onConflict?: (
    conflict: Conflict,
  ) => StoredDocument | undefined | Promise<StoredDocument | undefined>;
  /** Is called while documents are read from storage. */
  readonly onProgress?: (progress: HydrationProgress) => void;
  /** Receives the handle at once, to show its status while documents are still being read. */
  readonly onOpen?: (persistence: Persistence) => void;
  /** The schema version of the documents, from 1 up, for all collections or by name; 1 unless told otherwise. */
  readonly version?: number | Readonly<Record<string, number>>;
  /**
   * Turns a stored document of an earlier version, or one that its collection refuses, into one of today's.
   * It may be asynchronous. What it throws is reported, and that document stays in storage as it is.
   */
  readonly migrate?: (
    document: StoredDocument,
    fromVersion: number,
    context: MigrationContext,
  ) => StoredDocument | Promise<StoredDocument>;
  /** A Worker's `ctx.waitUntil`: it gets a promise that lasts until what was changed has been written. */
  readonly waitUntil?: (promise: Promise<unknown>) => void;
  /** Stops hydration, and later writes what is pending and stops, when it aborts. */
  readonly signal?: AbortSignal;
  /** The page whose end is a reason to write at once: by default the one this runs in, if any; `false` for none. */
  readonly page?: PageEvents | false;
  /** Tells time and sets timers; for tests. */
  readonly clock?: Clock;
  /** A number from 0 up to 1, as `Math.random` returns it; for tests. */
  readonly random?: () => number;
}
