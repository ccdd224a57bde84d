import type { Backlog } from "./backlog.ts";
import { catchUp } from "./catch-up.ts";
import type { Sent } from "./dirty-keys.ts";
import type { Memory } from "./memory.ts";
import { pull } from "./pull.ts";
import type { Refusal } from "./refusal.ts";
import type { Reporter } from "./reporter.ts";
import { saveEach } from "./save-each.ts";
import type { Clearing, Saver } from "./saver.ts";
import type { StorageCalls } from "./storage-calls.ts";
import type { StorageEpoch } from "./storage-epoch.ts";
import { takeBatch } from "./take-batch.ts";

/** How many documents are read again at once. */
const pullsAtOnce = 100;

/** One thing to do with storage; the next one starts when it has ended. */
export interface Task {
  /** What is not saved if it fails. */
  readonly sent: readonly Sent[];
  /** What it clears in storage. */
  readonly clears: Clearing | undefined;
  /**
   * Does it, and returns the documents that storage can never take.
   *
   * @throws what storage fails with.
   */
  run(): Promise<readonly Refusal[]>;
}

/** The parts that {@link Tasks} needs. */
export interface TaskParts {
  readonly storage: StorageCalls;
  readonly memory: Memory;
  readonly backlog: Backlog;
  readonly reporter: Reporter;
  readonly saver: Saver;
  readonly epoch: StorageEpoch;
}

/** Decides what to do next with storage. */
export class Tasks {
  readonly #parts: TaskParts;

  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  /**
   * Returns the next thing to do, if there is any. Collections are cleared first, so nothing that is written later is
   * lost; then changes up to `upTo` are written, at most `limit` documents at once; then what somebody else has changed
   * is read, and what somebody may have changed unheard is looked for.
   */
  next({ limit, upTo }: { readonly limit: number; readonly upTo: number }): Task | undefined {
    const { backlog, epoch } = this.#parts;
    const write = this.#nextWrite({ limit, upTo });
    if (write !== undefined) {
      return epoch.mustPrepare ? { ...write, run: () => epoch.prepare() } : write;
    }
    const pulls = backlog.pulls.first(pullsAtOnce);
    if (pulls.length > 0) {
      return { sent: [], clears: undefined, run: () => pull(pulls, this.#parts) };
    }
    const [behind] = backlog.pulls.behind;
    if (behind === undefined) return undefined;
    return { sent: [], clears: undefined, run: () => catchUp(behind, this.#parts) };
  }

  #nextWrite({ limit, upTo }: Parameters<Tasks["next"]>[0]): Task | undefined {
    const { storage, backlog, saver } = this.#parts;
    const clears = this.#nextClearing();
    if (clears !== undefined) {
      const sent = [...backlog.dirty.of(clears.collection).values()].map((dirty) => {
        return { dirty, change: dirty.change, document: undefined, isEarlier: false };
      });
      return { sent, clears, run: () => saver.clear(clears) };
    }
    const batch = takeBatch(backlog, { storage, limit, upTo });
    if (batch.length === 0) return undefined;
    const run = storage.isOneByOne ? () => saveEach(batch, this.#parts) : () => saver.save(batch);
    return { sent: batch, clears: undefined, run };
  }

  /**
   * Returns in how many milliseconds storage takes the first of the changes that it does not take yet; `undefined` if
   * there are none.
   */
  untilNext(upTo: number): number | undefined {
    const { storage: { pace, clock }, memory, backlog } = this.#parts;
    const now = clock.now();
    const waits = memory.collections.filter(({ mustClear }) => mustClear)
      .map(({ name }) => pace.waitForAll(name, now));
    for (const { collection, key } of backlog.dirty.due(upTo)) {
      if (!collection.mustClear) waits.push(pace.waitFor(collection.name, key, now));
    }
    return waits.length === 0 ? undefined : waits.reduce((a, b) => Math.min(a, b));
  }

  #nextClearing(): Clearing | undefined {
    const { storage: { pace, clock }, memory } = this.#parts;
    const now = clock.now();
    for (const collection of memory.collections) {
      const { cleared, name } = collection;
      if (cleared === undefined || pace.waitForAll(name, now) > 0) continue;
      return { collection, change: cleared };
    }
    return undefined;
  }
}
