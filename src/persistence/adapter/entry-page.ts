import type { Entry } from "./adapter.ts";
import { UnreadableEntryError } from "./errors.ts";
import { isPromise, type MaybePromise } from "./maybe-promise.ts";

/** Entries that were read together; in the place of one that cannot be read stands the error that says why. */
export type EntryPage = readonly (Entry | UnreadableEntryError)[];

/**
 * Reads an entry from each thing that was found. An {@link UnreadableEntryError} takes the place of its entry, and what
 * turns out to be gone is left out.
 *
 * @param found What the backend keeps of each entry.
 * @param read Returns the entry in it; only a promise is awaited.
 */
export async function readPage<Found>(
  found: Iterable<Found>,
  read: (found: Found) => MaybePromise<Entry | undefined>,
): Promise<EntryPage> {
  const page: (Entry | UnreadableEntryError)[] = [];
  for (const each of found) {
    try {
      const reading = read(each);
      const entry = isPromise(reading) ? await reading : reading;
      if (entry) page.push(entry);
    } catch (error) {
      if (!(error instanceof UnreadableEntryError)) throw error;
      page.push(error);
    }
  }
  return page;
}

/**
 * Returns the entries of a page in order, at most `limit`, and the first error that nobody receives: it ends the list,
 * after the entries before it.
 */
export function siftPage(
  page: EntryPage,
  { limit, onUnreadable }: {
    readonly limit: number;
    readonly onUnreadable: ((error: UnreadableEntryError) => void) | undefined;
  },
): { readonly entries: readonly Entry[]; readonly error: UnreadableEntryError | undefined } {
  if (page.length <= limit && page.every(isEntry)) return { entries: page, error: undefined };
  const entries: Entry[] = [];
  for (const each of page) {
    if (entries.length === limit) break;
    if (isEntry(each)) entries.push(each);
    else if (onUnreadable) onUnreadable(each);
    else return { entries, error: each };
  }
  return { entries, error: undefined };
}

function isEntry(each: Entry | UnreadableEntryError): each is Entry {
  return !(each instanceof UnreadableEntryError);
}
