/**
 * The room in a `Storage`, which is little and shared by everybody on the page.
 *
 * @module
 */
import type { EncodedValue } from "../src/persistence/codec.ts";
import { StorageLimitError } from "../src/persistence/errors.ts";
import type { PreparedWrite } from "../src/persistence/prepare.ts";
import type { StorageBinding } from "./_local-storage-binding.ts";
import { isExpired, parseHeader } from "./_record.ts";

export function namesOf(storage: StorageBinding): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index)!);
}

/** Removes the entries of a store that have expired, and says whether there were any. */
export function removeExpired(storage: StorageBinding, root: string, now: number): boolean {
  const expired = namesOf(storage).filter((name) => {
    const header = name.startsWith(root) && parseHeader(storage.getItem(name)!);
    return header && isExpired(header, now);
  });
  for (const name of expired) storage.removeItem(name);
  return expired.length > 0;
}

/** Whether a storage that is full has said so. */
export function isQuotaError(error: unknown): boolean {
  // By name: a frame's storage throws a DOMException of the frame's own, and Firefox names it differently.
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return /quota/i.test(`${name} ${message}`);
}

/** What to throw when there is no room for a commit. `adapter` is the adapter's name. */
export function noRoom(
  adapter: string,
  storage: StorageBinding,
  writes: readonly PreparedWrite<EncodedValue>[],
): StorageLimitError {
  const allowed = namesOf(storage).reduce((sum, name) => {
    return sum + name.length + (storage.getItem(name)?.length ?? 0);
  }, 0);
  const wanted = writes.reduce((sum, { put }) => sum + (put?.encoded.text.length ?? 0), 0);
  return new StorageLimitError(
    `Cannot commit to ${adapter}: it holds ${format(allowed)} characters and has no room for ` +
      `${format(wanted)} more; delete something first`,
    { limit: "storage characters", allowed, actual: allowed + wanted },
  );
}

function format(characters: number): string {
  return characters.toLocaleString("en-US");
}
