/**
 * The room in a `Storage`, which is small and shared by everything on the page.
 *
 * @module
 */
import type { EncodedWrite } from "../../src/persistence/adapter/codec.ts";
import { StorageLimitError } from "../../src/persistence/adapter/errors.ts";
import { describeCount } from "../../src/shared/describe.ts";
import { isExpired, parseHeader } from "../_shared/record.ts";
import type { StorageBinding } from "./binding.ts";

/** Returns every name in a storage. */
export function namesOf(storage: StorageBinding): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index)!);
}

/** Removes the entries of a store that have expired, and returns whether there were any. */
export function removeExpired(storage: StorageBinding, root: string, now: number): boolean {
  const expired = namesOf(storage).filter((name) => {
    const header = name.startsWith(root) && parseHeader(storage.getItem(name)!);
    return header && isExpired(header, now);
  });
  for (const name of expired) storage.removeItem(name);
  return expired.length > 0;
}

/** A text to store under a name, or none, which removes the name. */
export interface NamedText {
  readonly name: string;
  readonly text: string | undefined;
  /** What was there, if it may have to be put back. */
  readonly replaced?: string | null;
}

/**
 * Stores texts, all or none, and returns whether there was room. Nothing runs in between, so only a full storage can
 * stop this halfway; a single text is stored or it is not, and nothing has to be undone.
 */
export function storeAll(storage: StorageBinding, texts: readonly NamedText[]): boolean {
  const before = new Map<string, string | null>();
  try {
    for (const { name, text, replaced } of texts.length > 1 ? byGrowth(storage, texts) : texts) {
      if (replaced !== undefined) before.set(name, replaced);
      if (text === undefined) storage.removeItem(name);
      else storage.setItem(name, text);
    }
    return true;
  } catch (error) {
    // Removing first makes room for what was there.
    for (const name of before.keys()) storage.removeItem(name);
    for (const [name, value] of before) {
      if (value !== null) storage.setItem(name, value);
    }
    if (isQuotaError(error)) return false;
    throw error;
  }
}

/** Returns first what frees room, so texts that fit in the end fit all along. */
function byGrowth(storage: StorageBinding, texts: readonly NamedText[]): readonly NamedText[] {
  const growing = texts.map(({ name, text }) => {
    const replaced = storage.getItem(name);
    return { name, text, replaced, growth: lengthOf(name, text) - lengthOf(name, replaced) };
  });
  return growing.sort((a, b) => a.growth - b.growth);
}

function lengthOf(name: string, text: string | null | undefined): number {
  return typeof text === "string" ? name.length + text.length : 0;
}

/** Returns whether an error says that the storage is full. */
function isQuotaError(error: unknown): boolean {
  // By name: a frame's storage throws a DOMException of the frame's own, and Firefox names it differently.
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return /quota/i.test(`${name} ${message}`);
}

/** Returns the error for a commit for which there is no room. `adapter` is the adapter's name. */
export function noRoom(
  adapter: string,
  storage: StorageBinding,
  writes: readonly EncodedWrite[],
): StorageLimitError {
  const allowed = namesOf(storage).reduce((sum, name) => {
    return sum + lengthOf(name, storage.getItem(name));
  }, 0);
  const wanted = writes.reduce((sum, { put }) => sum + (put?.encoded.text.length ?? 0), 0);
  return new StorageLimitError(
    `Cannot commit to ${adapter}: it holds ${describeCount(allowed)} characters and has no room ` +
      `for ${describeCount(wanted)} more; delete something first`,
    { limit: "storage characters", allowed, actual: allowed + wanted },
  );
}
