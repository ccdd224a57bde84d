import { ConstraintError } from "../../shared/errors.ts";
import type { Backlog } from "./backlog.ts";
import { referenceTo } from "./followed-collection.ts";
import type { Memory } from "./memory.ts";
import type { FailurePolicy, PersistOptions, SaveFailure } from "./options.ts";
import { isRefusal, type Refusal, refusalsOf } from "./refusal.ts";
import type { Reporter } from "./reporter.ts";
import { revert } from "./revert.ts";
import { commitsAtOnce, failureOf } from "./save-each.ts";
import { Interruption, type StorageCalls } from "./storage-calls.ts";
import type { Task } from "./tasks.ts";
import type { Waiters } from "./waiters.ts";

/** One commit holds at most this many documents, so none takes too long. */
const largestBatch = 1_000;

/** The parts that {@link Failures} needs. */
export interface FailureParts {
  readonly storage: StorageCalls;
  readonly memory: Memory;
  readonly backlog: Backlog;
  readonly reporter: Reporter;
  readonly waiters: Waiters;
  /** After how many consecutive failures `onFailure` decides. */
  readonly attempts: number;
  readonly onFailure: PersistOptions["onFailure"];
  /** Called when the status may have changed. */
  readonly onUpdate: () => void;
}

/**
 * Decides what becomes of a task that failed. Its documents are still dirty, so the next task sends them again, unless
 * they are reverted or refused here.
 *
 * What storage may accept later is sent again after a pause; after too many attempts `onFailure` says whether
 * to keep or revert it. A batch that is refused as a whole, such as one that is too large, is sent again in halves, and
 * a clearing as deletions. Documents that storage can never take are left out or reverted at once, as `onFailure` says.
 */
export class Failures {
  readonly #parts: FailureParts;
  readonly #largestBatch: number;
  #batchLimit: number;
  #consecutive = 0;
  /** Failures since `onFailure` was last asked. */
  #tries = 0;
  #lastError: unknown;

  constructor(parts: FailureParts) {
    const { isOneByOne, isConditional, adapter } = parts.storage;
    // One write may be a check of the epoch.
    const atomicWrites = adapter.capabilities.atomicWrites - (isConditional ? 1 : 0);
    this.#parts = parts;
    this.#largestBatch = isOneByOne ? commitsAtOnce : Math.min(largestBatch, atomicWrites);
    this.#batchLimit = this.#largestBatch;
  }

  /** Whether the last task failed, or there are documents that storage does not take. */
  get isFailing(): boolean {
    return this.#consecutive > 0 || this.#parts.backlog.dirty.hasRefused();
  }

  /** How many documents to send at once: fewer for a while after a batch was too large. */
  get batchLimit(): number {
    return this.#batchLimit;
  }

  /** Why some changes are not stored. */
  get lastError(): unknown {
    return this.#lastError;
  }

  /** Ends the pause before the next attempt, for a caller that needs an answer now. */
  hurry(): void {
    const { attempts, storage } = this.#parts;
    // Should it still fail, the pause after that is short again.
    if (this.#consecutive >= attempts) this.#consecutive = 1;
    storage.hurry();
  }

  /** Notes that a task was done, save for the documents that storage can never take. */
  async succeed(task: Task, refusals: readonly Refusal[]): Promise<void> {
    this.#consecutive = 0;
    this.#tries = 0;
    this.#batchLimit = Math.min(this.#batchLimit * 2, this.#largestBatch);
    const hasFreed = task.sent.some(({ document }) => document === undefined);
    if (hasFreed) this.#parts.backlog.dirty.retryRefused();
    await this.#refuse(refusals);
  }

  /** Handles the failure of a task; resolves when it is time to go on. */
  async fail(task: Task, thrown: unknown): Promise<void> {
    const { storage, backlog, reporter, attempts, onUpdate } = this.#parts;
    if (storage.isClosed || thrown instanceof Interruption) return;
    const { error, document } = failureOf(thrown);
    // Of several commits, some may have been made.
    const sent = task.sent.filter(({ dirty }) => backlog.dirty.includes(dirty));
    const batch = task.clears === undefined ? sent : [];
    const refusals = refusalsOf(batch, error);
    if (refusals.length > 0) return await this.#refuse(refusals);
    // A batch that is refused is halved until storage takes it, or the document that it does not take is alone.
    if (isRefusal(error) && batch.length > 1) {
      this.#batchLimit = Math.ceil(batch.length / 2);
      return;
    }
    // Of documents that are deleted together, one may have to stay. What was never read cannot be deleted by its key.
    if (error instanceof ConstraintError && task.clears?.collection.isPartlyRead === false) {
      task.clears.collection.cleared = undefined;
      return;
    }
    this.#consecutive++;
    this.#tries++;
    reporter.report(error, { ...document, failures: this.#consecutive });
    if (this.#tries >= attempts) await this.#giveUp({ ...task, sent }, error);
    onUpdate();
    // It may have been closed while onFailure decided.
    if (!storage.isClosed) await storage.backOff(this.#consecutive);
  }

  /** Asks `onFailure` after too many attempts. What memory never had cannot be put back into it. */
  async #giveUp({ sent, clears }: Task, error: unknown): Promise<void> {
    this.#tries = 0;
    this.#lastError = error;
    const documents = sent.map(({ dirty }) => referenceTo(dirty));
    const policy = documents.length === 0 || clears?.collection.isPartlyRead
      ? "keep"
      : await this.#policyFor({ error, documents, permanent: false });
    this.#parts.waiters.rejectAll(error);
    if (policy === "revert") this.#revert({ sent, clears });
  }

  /** Asks `onFailure` about documents that storage does not take as they are. */
  async #refuse(refusals: readonly Refusal[]): Promise<void> {
    const { backlog, reporter, waiters } = this.#parts;
    for (const { dirty, change, error } of refusals) {
      const document = referenceTo(dirty);
      this.#lastError = error;
      reporter.report(error, document);
      const policy = await this.#policyFor({ error, documents: [document], permanent: true });
      if (policy === "keep") backlog.dirty.refuse(dirty, change);
      else {
        waiters.takeBack(dirty.since);
        this.#revert({
          sent: [{ dirty, change, document: undefined, isEarlier: false }],
          clears: undefined,
        });
      }
    }
  }

  /** Returns what is to become of changes that storage does not take: `"keep"` unless `onFailure` says "revert". */
  async #policyFor(failure: SaveFailure): Promise<FailurePolicy> {
    const { onFailure, reporter } = this.#parts;
    try {
      const answer = typeof onFailure === "function" ? await onFailure(failure) : onFailure;
      return answer === "revert" ? "revert" : "keep";
    } catch (error) {
      reporter.report(error);
      return "keep";
    }
  }

  #revert({ sent, clears }: Pick<Task, "sent" | "clears">): void {
    const { memory, backlog, reporter } = this.#parts;
    try {
      revert(sent, { memory, backlog, clears });
    } catch (error) {
      reporter.report(error);
    }
  }
}
