import { memberOf } from "../../shared/own.ts";
import type { Adapter, Entry, ListOptions } from "../adapter/adapter.ts";
import type { StorageCalls } from "./storage-calls.ts";

/** How many documents are put into memory at once, in one event for observers. */
const batchSize = 1_000;

/** Entries that were read before the end, or before storage failed. */
export interface Batch {
  readonly entries: readonly Entry[];
  readonly isLast: boolean;
  readonly error?: unknown;
}

/** The entries of a type, batch by batch. */
export class Batches {
  readonly #storage: StorageCalls;
  readonly #pages: AsyncIterator<readonly Entry[]>;

  constructor(storage: StorageCalls, type: string, options: ListOptions) {
    this.#storage = storage;
    this.#pages = pagesOf(storage.adapter, type, options)[Symbol.asyncIterator]();
  }

  /** Reads on. A storage that fails, or does not answer in time, ends the batch. */
  async next(): Promise<Batch> {
    let entries: readonly Entry[] = [];
    try {
      while (entries.length < batchSize) {
        const page = await this.#storage.callAtOnce(() => this.#pages.next());
        if (page.done) return { entries, isLast: true };
        entries = entries.length === 0 ? page.value : [...entries, ...page.value];
      }
      return { entries, isLast: false };
    } catch (error) {
      return { entries, isLast: false, error };
    }
  }

  /** Stops reading. */
  end(): void {
    // A list that hangs cannot even be ended, so nobody waits for that.
    this.#pages.return?.().catch(() => {});
  }
}

function pagesOf(
  adapter: Adapter,
  type: string,
  options: ListOptions,
): AsyncIterable<readonly Entry[]> {
  return memberOf(adapter, "pages")
    ? adapter.pages!(type, options)
    : inPages(adapter.list(type, options));
}

async function* inPages(entries: AsyncIterable<Entry>): AsyncGenerator<readonly Entry[]> {
  let page: Entry[] = [];
  try {
    for await (const entry of entries) {
      if (page.push(entry) < batchSize) continue;
      const full = page;
      page = [];
      yield full;
    }
  } finally {
    // What was read before storage failed need not be read again.
    if (page.length > 0) yield page;
  }
}
