/**
 * Errors of IndexedDB, in words for users of the store.
 *
 * @module
 */
import { describeCount, StorageLimitError } from "../../src/persistence/adapter/errors.ts";

/** Returns the error for a database that cannot be opened. */
export function openingError(error: unknown, name: string): unknown {
  return nameOf(error) === "VersionError" ? foreignDatabase(name, error) : error;
}

/** Returns the error for a database that holds something else than our documents. */
export function foreignDatabase(name: string, cause?: unknown): Error {
  return new Error(
    `Cannot open IndexedDB: the database ${name} was made by another application, or by another version ` +
      "of rian; give the store another name",
    { cause },
  );
}

/**
 * Returns the error for a commit that failed.
 *
 * @param details How its transaction ended, which may say more, and how long the texts were that it should write.
 */
export function writingError(
  error: unknown,
  { ending, length }: { readonly ending: unknown; readonly length: number },
): unknown {
  const exceeded = [error, ending].find((each) => nameOf(each) === "QuotaExceededError");
  if (!exceeded) return error;
  // Newer browsers name the quota, older ones say only that it is exceeded.
  const allowed = Number((exceeded as { readonly quota?: unknown }).quota ?? NaN);
  return new StorageLimitError(
    "Cannot commit to IndexedDB: the browser gives this origin no room for " +
      `${describeCount(length)} more characters; delete something first, or ask for more with ` +
      "navigator.storage.persist()",
    { limit: "storage quota", allowed, actual: length },
  );
}

function nameOf(error: unknown): unknown {
  return (error as { readonly name?: unknown } | null)?.name;
}
