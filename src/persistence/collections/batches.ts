import type { Adapter, Entry, ListOptions } from "../adapter/adapter.ts";
import { answer, type Session } from "./session.ts";

/** How many documents are put into memory at once, and observers hear of together. */
const BATCH = 1_000;

/** Entries that were read before the end, or before storage failed. */
export interface Batch {
  readonly entries: readonly Entry[];
  readonly isLast: boolean;
  readonly error?: unknown;
}

/** The entries of a type, batch by batch. */
export class Batches {
  readonly #session: Session;
  readonly #pages: AsyncIterator<readonly Entry[]>;

  constructor(session: Session, type: string, options: ListOptions) {
    this.#session = session;
    this.#pages = pagesOf(session.adapter, type, options)[Symbol.asyncIterator]();
  }

  /** Reads on. Storage that fails, or does not answer in time, ends the batch. */
  async next(): Promise<Batch> {
    let entries: readonly Entry[] = [];
    try {
      while (entries.length < BATCH) {
        const page = await answer(this.#session, () => this.#pages.next());
        if (page.done) return { entries, isLast: true };
        entries = entries.length === 0 ? page.value : [...entries, ...page.value];
      }
      return { entries, isLast: false };
    } catch (error) {
      return { entries, isLast: false, error };
    }
  }

  /** Reads no more. */
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
  return adapter.pages?.(type, options) ?? inPages(adapter.list(type, options));
}

async function* inPages(entries: AsyncIterable<Entry>): AsyncGenerator<readonly Entry[]> {
  let page: Entry[] = [];
  try {
    for await (const entry of entries) {
      if (page.push(entry) < BATCH) continue;
      const full = page;
      page = [];
      yield full;
    }
  } finally {
    // What was read before storage failed need not be read again.
    if (page.length > 0) yield page;
  }
}
