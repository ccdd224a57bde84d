/**
 * The adapter contract: the one seam between Rian and a storage backend.
 *
 * @module
 */
import type { Key } from "../../shared/key.ts";
import type { UnreadableEntryError } from "./errors.ts";

export type { Key };

/** An opaque token for one state of one entry. It never comes back once the entry has changed. */
export type Version = string;

/** One stored document as it was when it was read. The value belongs to the reader. */
export interface Entry {
  /** What the entry is stored under. */
  readonly key: Key;
  /** The document. */
  readonly value: unknown;
  /** The state that was read; a write compares with it. */
  readonly version: Version;
  /** A small piece of plain JSON that is written with the value, such as the processor's revision. */
  readonly metadata?: unknown;
}

/** Stores a value under a key. */
export interface PutWrite {
  /** The entry's type. */
  readonly type: string;
  /** What the entry is stored under. */
  readonly key: Key;
  /** The document. */
  readonly value: unknown;
  /** A small piece of plain JSON beside the value, of at most `capabilities.maxMetadataBytes` bytes. */
  readonly metadata?: unknown;
  /** Write only while the stored entry has this version; `null`: only if there is no entry. */
  readonly ifVersion?: Version | null;
  /** Milliseconds after which the entry is gone; needs `capabilities.expiry`. */
  readonly ttl?: number;
  /**
   * The version that the entry is to have, a token that was never used before; by default the adapter makes one. A
   * backend that makes the versions itself, such as Deno KV, ignores it.
   */
  readonly version?: Version;
}

/** Removes whatever is under a key. */
export interface DeleteWrite {
  /** The entry's type. */
  readonly type: string;
  /** What the entry is stored under. */
  readonly key: Key;
  /** Tells a delete from a put. */
  readonly delete: true;
  /** Delete only while the stored entry has this version; `null`: only if there is no entry. */
  readonly ifVersion?: Version | null;
}

/** Changes nothing, and lets the commit fail unless an entry is as it was read. */
export interface CheckWrite {
  /** The entry's type. */
  readonly type: string;
  /** What the entry is stored under. */
  readonly key: Key;
  /** Tells a check from a put. */
  readonly check: true;
  /** The version that the stored entry must have; `null`: there must be no entry. */
  readonly ifVersion: Version | null;
}

/** One step of a {@link Adapter.commit}. */
export type Write = PutWrite | DeleteWrite | CheckWrite;

/** Which entries {@link Adapter.list} yields, in ascending key order unless `reverse` is set. */
export interface ListOptions {
  /** Only keys after this one (before it, when reversed): the last key of one page starts the next. */
  readonly after?: Key;
  /** At most this many entries. */
  readonly limit?: number;
  /** Descending order. */
  readonly reverse?: boolean;
  /** Receives the error of each entry that cannot be read, and the list goes on; without it, the list throws there. */
  readonly onUnreadable?: (error: UnreadableEntryError) => void;
}

/** What a backend promises. It keeps all that it promises here. */
export interface Capabilities {
  /**
   * How far `ifVersion` holds: `"global"` between all processes, `"process"` within this one, `"none"` not at all, so
   * a write with `ifVersion` is refused.
   */
  readonly conditional: "none" | "process" | "global";
  /** How many writes one `commit` may hold and still be all or nothing. */
  readonly atomicWrites: number;
  /** How many bytes one `commit` may hold and still be all or nothing. */
  readonly atomicBytes: number;
  /** The largest stored value in bytes, after encoding. */
  readonly maxValueBytes: number;
  /** The largest metadata of an entry in bytes, as JSON. */
  readonly maxMetadataBytes: number;
  /** Whether `watch` hears changes made through other adapters and by other processes. */
  readonly watch: boolean;
  /** Whether a write may carry a `ttl`. */
  readonly expiry: boolean;
  /**
   * Whether a value can change without a new version, as where other tools write to the tables that it is in. Then a
   * value that was written is never taken for what is stored. Absent where it cannot.
   */
  readonly editable?: boolean;
  /** How often in a second one key may be written; absent where nothing limits it. */
  readonly writesPerSecondPerKey?: number;
}

/** What the Nasc processor needs of a store; anything with these two methods will do. */
export interface Store {
  /**
   * The identity of what lies below, such as a binding or the name of a tenant: what a process remembers of a store, it
   * remembers by that. Stores with the same source hold the same instances. Without it, only the store itself is known
   * to hold them, so a store that is made anew for each request needs one that is the same each time.
   */
  readonly source?: object | string | undefined;
  /** Returns the state of an instance, or `null` if there is none. The caller may keep and change it. */
  // deno-lint-ignore no-explicit-any -- the contract of Nasc: a store does not know its documents' types
  load(type: string, id: string): Promise<any | null>;
  /** Stores `full`; `diff` holds only the changed properties, for stores that write column by column. */
  persist(
    type: string,
    id: string,
    diff: Record<string, unknown>,
    // deno-lint-ignore no-explicit-any -- the contract of Nasc: a store does not know its documents' types
    full: any,
  ): Promise<void>;
}

/** How `persist` notes edits in a journal. */
export interface JournalCodec {
  /** The journal's name. */
  readonly name: string;
  /** Returns a value as text on one line. */
  encode(value: unknown): string;
  /**
   * Returns the value of such a text.
   *
   * @throws {Error} if the text is damaged.
   */
  decode(text: string): unknown;
}

/** What a Rian backend offers: a {@link Store}, and versioned entries underneath. */
export interface Adapter extends Store {
  /** The backend's name as error messages show it. */
  readonly name: string;
  /** What this backend promises. */
  readonly capabilities: Capabilities;
  /**
   * The identity of what lies below, such as a binding or the path of a file, for what a process keeps beside its
   * storage. Adapters with the same source hold the same entries: a prefix makes it another one. Without it, only the
   * adapter itself is known to hold them.
   */
  readonly source?: object | string | undefined;
  /**
   * Asks `persist` in a page to note each edit in the page's localStorage, under this name, until it is stored: a page
   * that goes away waits for no answer. Adapters with the same journal hold the same entries.
   */
  readonly journal?: JournalCodec | undefined;
  /** Returns the entry under a key, or `undefined`. */
  get(type: string, key: Key): Promise<Entry | undefined>;
  /** Yields every entry of a type in key order (booleans, numbers, dates, strings), read page by page. */
  list(type: string, options?: ListOptions): AsyncIterable<Entry>;
  /** Yields what `list` does, a page of entries at a time: an `await` for each entry costs more than reading it. */
  pages?(type: string, options?: ListOptions): AsyncIterable<readonly Entry[]>;
  /**
   * Returns how many entries a type has, where the backend knows that faster than a list would. Entries that have
   * expired may be counted until they are removed.
   */
  count?(type: string): Promise<number>;
  /**
   * Applies the writes in order, all or none, and returns the version that each left behind: what the next `ifVersion`
   * may ask for, so `null` after a delete, and after a check the version it asked for. A commit of more than
   * `capabilities.atomicWrites` writes or `atomicBytes` bytes goes out in several parts if no write has an
   * `ifVersion`, and is refused otherwise.
   *
   * @throws {ConflictError} when an `ifVersion` no longer holds; nothing is written.
   * @throws {StorageLimitError} when the writes exceed what the backend can hold; nothing is written.
   */
  commit(writes: readonly Write[]): Promise<readonly (Version | null)[]>;
  /** Removes every entry of a type. */
  clear(type: string): Promise<void>;
  /**
   * Makes all later reads see what is committed by now. It is there where reads may lag behind, as those from a replica
   * do; a commit compares with what is there in any case.
   */
  catchUp?(): void;
  /** Calls the listener with the keys of a type that changed, until the returned function is called. */
  watch?(type: string, listener: (keys: readonly Key[]) => void): () => void;
  /**
   * Ends what a page that goes away must not leave open: transactions that still wait for an answer. The commits and
   * clears that it ends reject with an `AbortError`, and nothing of theirs is written; what has all its answers is still
   * committed. Reads, and every call that is made from then on, hold nothing open and wait for {@link resume}; so whoever
   * need not wait makes no calls until then. `close` refuses those that wait.
   */
  suspend?(): void;
  /**
   * Lets the calls begin that waited since {@link suspend}, in a page that has come back. `watch` has not heard what
   * others wrote meanwhile.
   */
  resume?(): void;
  /**
   * Waits for the calls that are running and releases what this adapter opened; what it was given stays open. Later
   * calls are refused, and so is reading on in a list.
   */
  close(): Promise<void>;
}
