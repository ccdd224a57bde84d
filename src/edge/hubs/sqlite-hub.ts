import { ForeignCommits } from "../../../adapters/_sql/foreign-commits.ts";
import { SqlStore } from "../../../adapters/_sql/store.ts";
import type { Address } from "../../processor/address.ts";
import type { News, Source } from "../../processor/mod.ts";
import { reportError } from "../../processor/report-error.ts";
import { checkOptions } from "../../shared/check-options.ts";
import { type Clock, pause, systemClock } from "../../shared/clock.ts";
import * as kind from "../../shared/kinds.ts";
import { readCarried, writeCarried } from "./carried-news.ts";
import { FollowedEntries } from "./followed-entries.ts";
import { type ClosableHub, hubOptionKinds, type HubOptions } from "./hub-options.ts";
import { LocalListeners } from "./local-listeners.ts";

/** Options of {@link sqliteHub}. */
export interface SqliteHubOptions extends Pick<HubOptions, "onError"> {
  /** How often it is looked whether anybody has committed, in milliseconds; 50 by default. */
  readonly poll?: number;
  /** Times the pauses; for tests. */
  readonly clock?: Clock;
}

const optionKinds: kind.Kinds<SqliteHubOptions> = {
  onError: hubOptionKinds.onError,
  poll: kind.duration,
  clock: kind.clock,
};

const storeKind: kind.Kind = {
  fits: (value) => value instanceof SqlStore && value.name === "SQLite",
  cure: "the SqliteStore or SqliteMappedStore that the app uses",
  isRequired: true,
};

/** How long it is waited after a failure, in milliseconds. */
const retryPause = 1_000;
/** How many times as long as it looked it waits at least, so that it never looks more than a quarter of the time. */
const leastRest = 3;
/** How many milliseconds older than its first listener a note may be. Its time is taken before it is committed. */
const notesBefore = 1_000;

/**
 * Makes a hub for processes that have opened one SQLite file. While anybody listens, it looks every 50 ms whether
 * another connection has committed, and if so, which of the followed instances have another version. An event costs
 * nothing more than without it; a hang-up and what is broadcast leave a note, in a table of its own (`rian_notes`), for
 * a minute.
 *
 * @param store The store that the app uses. News of its instances reach other processes; those of other stores do not.
 *
 * @example
 * ```ts
 * import { sqliteHub } from "rian/edge";
 * import { createNasc } from "rian/hono";
 * import { SqliteStore } from "rian/sqlite";
 *
 * const Counter = { mount: () => ({ count: 0 }) };
 * const store = new SqliteStore(":memory:"); // in earnest, the path of a file
 * using hub = sqliteHub(store);
 * createNasc({ handlers: { Counter }, store, hub, authorize: "everyone", hosts: "any" });
 * ```
 *
 * @throws {TypeError} if an option is missing, misspelt, or not what it should be
 */
export function sqliteHub(store: SqlStore, options: SqliteHubOptions = {}): ClosableHub {
  const checked = checkOptions("make a hub of SQLite", { store, options }, {
    store: storeKind,
    options: kind.optionsOf(optionKinds),
  });
  return new SqliteHub(checked.store, checked.options);
}

/** What was seen of a file. */
interface Seen {
  /** How many commits of others there were. */
  count: number | undefined;
  /** The last note, or the time from which on there may be one. */
  notes: { readonly n: number } | { readonly at: number };
}

class SqliteHub implements ClosableHub {
  /** Tells what this hub has published from what others have. */
  readonly #name = crypto.randomUUID();
  readonly #source: Source;
  readonly #commits: ForeignCommits;
  readonly #options: SqliteHubOptions;
  readonly #clock: Clock;
  readonly #listeners = new LocalListeners(
    (source) => this.#nameOf(source),
    (source) => typeof source === "string",
  );
  readonly #entries = new FollowedEntries();
  /** Sources that are no texts have names here only. */
  readonly #names = new WeakMap<object, string>();
  /** Ends the looking, while there is any. */
  #looking: AbortController | undefined;
  #isClosed = false;

  constructor(store: SqlStore, options: SqliteHubOptions) {
    this.#source = store.source ?? store;
    this.#commits = new ForeignCommits(store);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  publish(source: Source, news: News): unknown {
    if (news.kind === "change" && source === this.#source) this.#entries.tell(news);
    this.#listeners.publish(source, news);
    if (news.kind === "change" || this.#isClosed) return undefined;
    if (!this.#listeners.mayCross(source, news)) return undefined;
    return this.#commits.leave(
      writeCarried({ from: this.#name, source: this.#nameOf(source), news }),
    );
  }

  subscribe(source: Source, address: Address, listener: (news: News) => void): () => void {
    const leave = this.#listeners.add(source, address, listener);
    const unfollow = source === this.#source ? this.#entries.follow(address) : () => {};
    this.#settle();
    return () => {
      leave();
      unfollow();
      this.#settle();
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#settle();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #settle(): void {
    const isWanted = !this.#isClosed && !this.#listeners.isEmpty;
    if (!isWanted) {
      this.#looking?.abort();
      this.#looking = undefined;
    } else if (!this.#looking) {
      this.#looking = new AbortController();
      void this.#look(this.#looking.signal);
    }
  }

  /** Looks time after time. Never rejects. */
  async #look(signal: AbortSignal): Promise<void> {
    const { poll = 50 } = this.#options;
    const clock = this.#clock;
    const seen: Seen = { count: undefined, notes: { at: clock.now() - notesBefore } };
    let hasFailed = false;
    while (!signal.aborted) {
      const begun = clock.now();
      try {
        await this.#lookOnce(seen, signal);
        hasFailed = false;
      } catch (error) {
        if (signal.aborted) return;
        // Of failures in a row, one is news.
        if (!hasFailed) reportError(error, { eventId: "hub" }, this.#options);
        hasFailed = true;
      }
      const wait = hasFailed ? retryPause : Math.max(poll, leastRest * (clock.now() - begun));
      await pause(wait, { clock, signal });
    }
  }

  async #lookOnce(seen: Seen, signal: AbortSignal): Promise<void> {
    const count = await this.#commits.count();
    const isChanged = count !== seen.count;
    for (const [type, known] of this.#entries.known(isChanged ? "all" : "fresh")) {
      const entries = await this.#commits.changed(type, known);
      if (signal.aborted) return;
      for (const news of this.#entries.found(type, known.keys(), entries)) {
        this.#listeners.publish(this.#source, news);
      }
    }
    if (!isChanged) return;
    for (const { n, text } of await this.#commits.notes(seen.notes)) {
      if (signal.aborted) return;
      seen.notes = { n };
      const carried = readCarried(text);
      if (carried && carried.from !== this.#name) {
        this.#listeners.receive(carried.source, carried.news);
      }
    }
    // Only now: what failed is looked at again.
    seen.count = count;
  }

  #nameOf(source: Source): string {
    if (typeof source === "string") return source;
    const name = this.#names.get(source) ?? crypto.randomUUID();
    this.#names.set(source, name);
    return name;
  }
}
