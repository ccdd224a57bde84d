import type { Clock } from "../../shared/clock.ts";
import type { Key } from "../../shared/key.ts";
import type { PageEvents } from "./page.ts";
import type { Persistence } from "./persistence.ts";

/** A document as persistence sees it: plain, and frozen if it comes from memory. */
export type StoredDocument = Readonly<Record<string, unknown>>;

/** A reference to a document. */
export interface DocumentReference {
  /** The name of its collection, which is also its type in storage. */
  readonly collection: string;
  /** Its primary key. */
  readonly key: Key;
}

/** How far the hydration of a collection has come. */
export interface HydrationProgress {
  /** The collection's name. */
  readonly collection: string;
  /** How many of its documents have been read so far. */
  readonly loaded: number;
  /** How many there were when reading began, if the adapter can count them; others may come and go. */
  readonly total?: number | undefined;
  /** Whether all of them have been read. */
  readonly done: boolean;
}

/** How often, and how soon, a failed call to storage is repeated. Times are in milliseconds. */
export interface RetryOptions {
  /** After how many consecutive failures `onFailure` decides; 5 by default. */
  readonly attempts?: number;
  /** The longest pause after the first failure, which doubles with each further one; 100 by default. */
  readonly minDelay?: number;
  /** No pause is longer; 30,000 by default. */
  readonly maxDelay?: number;
}

/**
 * What becomes of changes that storage does not take: `"keep"` them in memory and keep trying, or `"revert"`
 * memory to what storage holds.
 */
export type FailurePolicy = "keep" | "revert";

/** Changes that storage does not take. */
export interface SaveFailure {
  /** The last error from storage. */
  readonly error: unknown;
  /** The documents that are not saved. */
  readonly documents: readonly DocumentReference[];
  /** Whether trying again cannot help, as for a document that is too large. */
  readonly permanent: boolean;
}

/** What an error is about. */
export interface PersistErrorContext {
  /** The collection, if the error is about one. */
  readonly collection?: string;
  /** The key, if the error is about one document. */
  readonly key?: Key;
  /** How many consecutive times storage has failed. */
  readonly failures?: number;
}

/** A commit that storage has acknowledged. */
export interface SavedChanges {
  /** The documents that were written or deleted; for a cleared collection, the ones that were in memory. */
  readonly documents: readonly DocumentReference[];
  /** How many documents are still waiting. */
  readonly pending: number;
}

/** A document that was changed both here and by somebody else, from a common base. */
export interface Conflict extends DocumentReference {
  /** The document in memory, or `undefined` if it was deleted here. */
  readonly mine: StoredDocument | undefined;
  /** The document in storage, or `undefined` if it was deleted there. */
  readonly theirs: StoredDocument | undefined;
  /** The document that both started from, or `undefined` if there was none. */
  readonly base: StoredDocument | undefined;
}

/** The document that has to be migrated. */
export type MigrationContext = DocumentReference;

/** Options of {@link persist}. Times are in milliseconds. */
export interface PersistOptions {
  /** How long memory must be quiet before changes are written; 50 by default. */
  readonly debounce?: number;
  /** How long changes wait at most while more of them keep coming; 1,000 by default. */
  readonly maxWait?: number;
  /**
   * How long a call to storage may go without an answer before it counts as failed; 5,000 by default. It may take
   * effect all the same: what storage then holds says so.
   */
  readonly storageTimeout?: number;
  /** How failed calls are repeated. */
  readonly retry?: RetryOptions;
  /** What becomes of changes that storage does not take; `"keep"` by default. Closing waits for the decision. */
  readonly onFailure?:
    | FailurePolicy
    | ((failure: SaveFailure) => FailurePolicy | Promise<FailurePolicy>);
  /** Receives every error, also of calls that are repeated; by default errors go to `console.error`. */
  readonly onError?: (error: unknown, context: PersistErrorContext) => void;
  /** Called when storage has acknowledged a commit. */
  readonly onSaved?: (saved: SavedChanges) => void;
  /**
   * Decides what becomes of a document that somebody else has changed as well, or deleted. The document that it
   * returns, which has the same key, is put into memory and storage; `undefined` deletes it. By default, a field that
   * only one side has changed is taken from that side, and all others from storage; `onError` receives the changes
   * that are lost by that. Closing waits for the decision.
   */
  readonly onConflict?: (
    conflict: Conflict,
  ) => StoredDocument | undefined | Promise<StoredDocument | undefined>;
  /**
   * What follows when the storage turns out to have been cleared as a whole, as a log-out may do it: `"stop"`, the
   * default, writes nothing any more, leaves memory as it is, and ends with the status `"cleared"`; `"rewrite"` stores
   * all that memory has.
   */
  readonly onCleared?: "stop" | "rewrite";
  /** Called while documents are read from storage. */
  readonly onProgress?: (progress: HydrationProgress) => void;
  /** Receives the handle at once, to show its status while documents are still being read. */
  readonly onOpen?: (persistence: Persistence) => void;
  /** The schema version of the documents, from 1 up, for all collections or by name; 1 by default. */
  readonly version?: number | Readonly<Record<string, number>>;
  /**
   * Turns a stored document of an earlier schema version, or one that its collection refuses, into one of today's.
   * May be asynchronous. What it throws is reported, and that document stays in storage as it is.
   */
  readonly migrate?: (
    document: StoredDocument,
    fromVersion: number,
    context: MigrationContext,
  ) => StoredDocument | Promise<StoredDocument>;
  /** A Worker's `ctx.waitUntil`: receives a promise that lasts until what was changed has been written. */
  readonly waitUntil?: (promise: Promise<unknown>) => void;
  /** Stops hydration when it aborts; later, writes what is pending and closes. */
  readonly signal?: AbortSignal;
  /** The page whose going away is a reason to write at once: by default the one this runs in; `false` for none. */
  readonly page?: PageEvents | false;
  /** The clock; for tests. */
  readonly clock?: Clock;
  /** Returns a number from 0 to below 1, as `Math.random` does; for tests. */
  readonly random?: () => number;
}
