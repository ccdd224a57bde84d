/**
 * Errors of IndexedDB, in words for users of the store.
 *
 * @module
 */
import { StorageLimitError } from "../../src/persistence/adapter/errors.ts";
import { describeCount } from "../../src/shared/describe.ts";

/** Returns the error for a database that holds something else than our documents. */
export function foreignDatabase(name: string): Error {
  return new Error(
    `Cannot open IndexedDB: the database ${name} was made by another application; give the store ` +
      "another name",
  );
}

/** Returns the error for a database that a newer version of rian has upgraded. */
export function newerDatabase(name: string, cause: unknown): Error {
  return new Error(
    `Cannot open IndexedDB: the database ${name} was upgraded by a newer version of this ` +
      "application; reload the page",
    { cause },
  );
}

/** Returns the report of a database that does not open. */
export function blocked(name: string): Error {
  return new Error(
    `Cannot open IndexedDB yet: the database ${name} is blocked by another tab of this site, which ` +
      "deletes or upgrades it or has an older version open; close the other tabs",
  );
}

/** Returns the error for what the browser has ended on two connections, one after the other. */
export function connectionLost(name: string, cause: unknown): Error {
  return new Error(
    `Cannot use IndexedDB: the browser keeps closing the database ${name} (${nameOf(cause)}); ` +
      "reload the page",
    { cause },
  );
}

/** Returns the error for a call that wrote when the page went away. */
export function pageLeft(): DOMException {
  return new DOMException(
    "Cannot write to IndexedDB: the page went away first, so nothing was written; write it again " +
      "when the page is back",
    "AbortError",
  );
}

/** Returns the error for a call that waited for the page to come back until the store was closed. */
export function closedWhileAway(): Error {
  return new Error(
    "Cannot use IndexedDB: the adapter was closed while the page was away; open another one",
  );
}

/** Returns the error for a commit that failed. `length` is how long the texts were that it should write. */
export function writingError(error: unknown, length: number): unknown {
  if (nameOf(error) !== "QuotaExceededError") return error;
  // Newer browsers name the quota, older ones say only that it is exceeded.
  const allowed = Number((error as { readonly quota?: unknown }).quota ?? NaN);
  return new StorageLimitError(
    "Cannot commit to IndexedDB: the browser gives this origin no room for " +
      `${describeCount(length)} more characters; delete something first, or ask for more with ` +
      "navigator.storage.persist()",
    { limit: "storage quota", allowed, actual: length },
  );
}

/** Returns the name of an error, whatever realm it comes from. */
export function nameOf(error: unknown): unknown {
  return (error as { readonly name?: unknown } | null)?.name;
}
