import type { Key } from "./adapter.ts";

/** Thrown by `commit` when an entry is no longer at the version a write asked for. Nothing was written. */
export class ConflictError extends Error {
  /** Always `"ConflictError"`. */
  override readonly name = "ConflictError";
  /** The type of the entry that had changed. */
  readonly type: string;
  /** The key of the entry that had changed, where the backend tells which one it was. */
  readonly key: Key | undefined;

  /** Names the backend and, where it is known, the entry. */
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
  /** Which limit it was, such as `"value bytes"` or `"writes per commit"`. */
  readonly limit: string;
  /** The most that the backend allows. */
  readonly allowed: number;
  /** What the write would have needed. */
  readonly actual: number;

  /** Says in the message what to do, and in the details which limit it was. */
  constructor(message: string, details: { limit: string; allowed: number; actual: number }) {
    super(message);
    this.limit = details.limit;
    this.allowed = details.allowed;
    this.actual = details.actual;
  }
}

/**
 * Thrown by reads when what is stored under a key is damaged, or was written by a later version. The other entries
 * can be read: a list goes on with `{ after: error.key }`.
 */
export class UnreadableEntryError extends Error {
  /** The name of the class. */
  override readonly name = "UnreadableEntryError";
  /** The type of the entry. */
  readonly type: string;
  /** The key of the entry. */
  readonly key: Key;

  /** `problem` says what is wrong and what to do. */
  constructor(
    entry: { readonly type: string; readonly key: Key },
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`Cannot read ${entry.type}/${describeKey(entry.key)}: ${problem}`, options);
    this.type = entry.type;
    this.key = entry.key;
  }
}

/** A key as messages show it; a long one is cut. */
export function describeKey(key: Key): string {
  const text = key instanceof Date ? String(key.getTime()) : String(key);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
