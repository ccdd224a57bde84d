/**
 * What went wrong in IndexedDB, in words for who uses the store.
 *
 * @module
 */
import { describeCount, StorageLimitError } from "../../src/persistence/adapter/errors.ts";

/** What to throw when a database cannot be opened. */
export function openingError(error: unknown, name: string): unknown {
  return nameOf(error) === "VersionError" ? foreignDatabase(name, error) : error;
}

/** What to throw when a database holds something else than our documents. */
export function foreignDatabase(name: string, cause?: unknown): Error {
  return new Error(
    `Cannot open IndexedDB: the database ${name} was made by another application, or by another version ` +
      "of rian; give the store another name",
    { cause },
  );
}

/**
 * What to throw when a commit failed.
 *
 * @param details How its transaction ended, which may tell more, and how long the texts were that it was to write.
 */
export function writingError(
  error: unknown,
  { ending, length }: { readonly ending: unknown; readonly length: number },
): unknown {
  const exceeded = [error, ending].find((each) => nameOf(each) === "QuotaExceededError");
  if (!exceeded) return error;
  // Newer browsers tell the quota, older ones only that it is exceeded.
  const allowed = Number((exceeded as { readonly quota?: unknown }).quota ?? NaN);
  return new StorageLimitError(
    "Cannot commit to IndexedDB: the browser gives this origin no room for " +
      `${describeCount(length)} characters more; delete something first, or ask for more with ` +
      "navigator.storage.persist()",
    { limit: "storage quota", allowed, actual: length },
  );
}

function nameOf(error: unknown): unknown {
  return (error as { readonly name?: unknown } | null)?.name;
}
