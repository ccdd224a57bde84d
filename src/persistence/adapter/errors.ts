import { describeKey, type Key } from "../../shared/key.ts";
import { own } from "../../shared/own.ts";

/** Thrown by `commit` when an entry is no longer at the version a write asked for. Nothing was written. */
export class ConflictError extends Error {
  /** Always `"ConflictError"`. */
  override readonly name = "ConflictError";
  /** The type of the entry that had changed. */
  readonly type: string;
  /** The key of the entry that had changed, if the backend says which one it was. */
  readonly key: Key | undefined;

  /** Names the backend and, if it is known, the entry. */
  constructor(adapter: string, type: string, key?: Key, options?: ErrorOptions) {
    const which = key === undefined ? `an entry of ${type}` : `${type}/${describeKey(key)}`;
    super(
      `Cannot commit to ${adapter}: ${which} is not at the version that was read; read it again and retry`,
      options,
    );
    this.type = type;
    this.key = key;
  }
}

/** Thrown before anything is written when a write exceeds what the backend can hold. */
export class StorageLimitError extends Error {
  /** Always `"StorageLimitError"`. */
  override readonly name = "StorageLimitError";
  /** The limit, such as `"value bytes"` or `"writes per commit"`. */
  readonly limit: string;
  /** The most that the backend allows. */
  readonly allowed: number;
  /** What the write would have needed. */
  readonly actual: number;

  /** Says what to do in the message, and which limit it was in the details. */
  constructor(message: string, details: { limit: string; allowed: number; actual: number }) {
    super(message);
    this.limit = details.limit;
    this.allowed = details.allowed;
    this.actual = details.actual;
  }
}

/**
 * Thrown by reads when what is stored under a key is damaged, was written by a later version, or was never written by
 * an adapter. The other entries can be read: a list with `onUnreadable` goes on. Writing the entry again or deleting it
 * repairs it; what has no key goes away when its type is cleared.
 */
export class UnreadableEntryError extends Error {
  /** Always `"UnreadableEntryError"`. */
  override readonly name = "UnreadableEntryError";
  /** The type of the entry. */
  readonly type: string;
  /** The key of the entry; `undefined` if it is stored under something else, which the message names. */
  readonly key: Key | undefined;

  /** Names the entry by its key, or by what it is stored under; `problem` says what is wrong and what to do. */
  constructor(
    place:
      | { readonly type: string; readonly key: Key }
      | { readonly type: string; readonly encodedKey: string },
    problem: string,
    options?: ErrorOptions,
  ) {
    const { type, encodedKey, key } = own<
      Partial<Record<"encodedKey", string>> & { type: string; key?: Key }
    >(place);
    const name = describeKey(encodedKey ?? key!);
    super(`Cannot read ${type}/${name}: ${problem}`, options);
    this.type = type;
    this.key = key;
  }
}

/** Thrown by whatever is called on an adapter that is closed. */
export class ClosedError extends Error {
  /** Tells it from other errors, also where an adapter comes with a copy of its own of this class. */
  readonly isClosed = true;
}
