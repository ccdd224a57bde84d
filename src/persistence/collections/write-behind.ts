import { backoff } from "../../shared/clock.ts";
import { StorageLimitError } from "../adapter/errors.ts";
import { Debounce } from "./debounce.ts";
import { policyFor } from "./failure-policy.ts";
import { Pause } from "./pause.ts";
import { type Refusal, refusalsOf } from "./refusal.ts";
import { revert } from "./revert.ts";
import { COMMITS_AT_ONCE, failureOf } from "./save-each.ts";
import { addressOf, report, type Session } from "./session.ts";
import type { PersistenceStatus } from "./status.ts";
import { nextStep, type Step, untilNextTurn } from "./step.ts";
import { Waiters } from "./waiters.ts";

/** More documents than this do not go into one commit, so that no commit takes too long. */
const LARGEST_BATCH = 1_000;

const CLOSED = "persistence was closed";

/** Brings what changes in memory to storage, one step at a time, for as long as that takes. */
export class WriteBehind {
  readonly #session: Session;
  readonly #onUpdate: () => void;
  readonly #debounce: Debounce;
  readonly #waiters = new Waiters();
  readonly #largestBatch: number;
  /** Lasts until the platform takes again what was written a moment ago. */
  readonly #turn: Pause;
  #begun = false;
  #running = false;
  /** What changed up to here is to be written now. */
  #target = 0;
  #limit: number;
  #failures = 0;
  /** Failures since `onFailure` was last asked. */
  #tries = 0;
  #lastError: unknown;
  /** The first change that was taken back since the last time that nothing was left to do. */
  #reverted = Infinity;

  constructor(session: Session, onUpdate: () => void) {
    const { clock, options: { debounce = 50, maxWait = 1_000 } } = session;
    this.#session = session;
    this.#onUpdate = onUpdate;
    this.#turn = new Pause(clock);
    this.#debounce = new Debounce(() => this.#writeAll(), { clock, quiet: debounce, maxWait });
    this.#largestBatch = session.isOneByOne
      ? COMMITS_AT_ONCE
      : Math.min(LARGEST_BATCH, session.adapter.capabilities.atomicWrites);
    this.#limit = this.#largestBatch;
  }

  get status(): PersistenceStatus {
    const { stopped, dirty } = this.#session;
    if (stopped) return "closed";
    if (!this.#begun) return "hydrating";
    if (this.#failures > 0 || dirty.hasRefused()) return "failing";
    if (!this.#isDirty()) return "saved";
    return this.#running && !this.#turn.isUnderWay ? "saving" : "dirty";
  }

  /** Documents are in memory: what has changed meanwhile can be written. */
  begin(): void {
    if (this.#session.stopped) return;
    this.#begun = true;
    if (this.#isDirty()) this.#session.wake();
    this.#run();
    this.#onUpdate();
  }

  /** Something changed in memory. */
  changed(): void {
    this.#debounce.touch();
  }

  /** Something may have changed in storage. */
  wake(): void {
    this.#run();
  }

  /** Resolves when nothing is left to write; rejects when storage has failed too often. */
  async idle(): Promise<void> {
    while (!this.#session.stopped && this.#isDirty()) {
      await this.#waiters.wait(this.#session.dirty.revision);
    }
  }

  /** Writes at once; resolves when storage holds all that has changed so far. */
  flush(): Promise<void> {
    const { revision } = this.#session.dirty;
    this.#session.dirty.retryRefused();
    if (!this.#lacks(revision)) return Promise.resolve();
    if (this.#session.stopped) return Promise.reject(this.#failure(new Error(CLOSED)));
    const stored = this.#waiters.wait(revision);
    // Whoever asks wants to know how storage is now, not after the longest pause.
    if (this.#failures >= this.#session.retry.attempts) this.#failures = 1;
    this.#session.pause.cut();
    this.#writeAll();
    return stored;
  }

  stop(): void {
    this.#session.end.abort();
    this.#debounce.end();
    this.#session.pause.cut();
    this.#turn.cut();
    this.#waiters.reject(() => true, this.#failure(new Error(CLOSED)));
    this.#onUpdate();
  }

  #writeAll(): void {
    this.#debounce.cancel();
    this.#target = this.#session.dirty.revision;
    this.#run();
  }

  /** Takes one step after the other until there is nothing left to do. */
  async #run(): Promise<void> {
    if (this.#running) return this.#turn.cut();
    if (!this.#begun) return;
    this.#running = true;
    while (!this.#session.stopped) {
      const step = nextStep(this.#session, { limit: this.#limit, revision: this.#target });
      if (step === undefined) {
        const wait = untilNextTurn(this.#session, this.#target);
        if (wait === undefined) break;
        await this.#waitFor(wait);
        continue;
      }
      this.#onUpdate();
      try {
        await this.#take(step);
      } catch (error) {
        await this.#fail(step, error);
      }
      this.#resolveWaiters();
    }
    this.#running = false;
    this.#resolveWaiters();
    // Whatever is left of what was to be written now has been refused, or taken back.
    this.#waiters.reject((revision) => revision <= this.#target, this.#failure(this.#lastError));
    this.#reverted = Infinity;
    this.#onUpdate();
  }

  /** Waits until the platform takes more, or there is something else to do. */
  async #waitFor(milliseconds: number): Promise<void> {
    const waited = this.#turn.wait(milliseconds);
    this.#onUpdate();
    await waited;
  }

  async #take(step: Step): Promise<void> {
    const refusals = await step.run();
    this.#failures = 0;
    this.#tries = 0;
    this.#limit = Math.min(this.#limit * 2, this.#largestBatch);
    const hasFreed = step.sent.some(({ document }) => document === undefined);
    if (hasFreed) this.#session.dirty.retryRefused();
    await this.#refuse(refusals);
  }

  async #fail(step: Step, thrown: unknown): Promise<void> {
    const { retry, random, stopped, dirty } = this.#session;
    if (stopped) return;
    const { error, address } = failureOf(thrown);
    // Of several commits, some may have been made.
    const sent = step.sent.filter((each) => dirty.includes(each));
    const batch = step.clears === undefined ? sent : [];
    const refusals = refusalsOf(batch, error);
    if (refusals.length > 0) return await this.#refuse(refusals);
    // A batch that is too large is halved until it fits, or the document that does not is alone.
    if (error instanceof StorageLimitError && batch.length > 1) {
      this.#limit = Math.ceil(batch.length / 2);
      return;
    }
    this.#failures++;
    this.#tries++;
    report(this.#session, error, { ...address, failures: this.#failures });
    if (this.#tries >= retry.attempts) await this.#giveUp({ ...step, sent }, error);
    this.#onUpdate();
    if (this.#session.stopped) return;
    await this.#session.pause.wait(backoff(this.#failures, { ...retry, random }));
  }

  /** Storage has failed too often. What memory never had cannot be put back into it. */
  async #giveUp({ sent, clears }: Step, error: unknown): Promise<void> {
    this.#tries = 0;
    this.#lastError = error;
    const documents = sent.map(({ dirty }) => addressOf(dirty));
    const policy = documents.length === 0 || clears?.collection.isPartlyRead
      ? "keep"
      : await policyFor(this.#session, { error, documents, permanent: false });
    this.#waiters.reject(() => true, this.#failure(error));
    if (policy === "keep") return;
    this.#revert(() => revert(this.#session, sent, clears));
  }

  /** Storage does not take these documents as they are. */
  async #refuse(refusals: readonly Refusal[]): Promise<void> {
    for (const { dirty, revision, error } of refusals) {
      const address = addressOf(dirty);
      this.#lastError = error;
      report(this.#session, error, address);
      const policy = await policyFor(this.#session, {
        error,
        documents: [address],
        permanent: true,
      });
      if (policy === "keep") this.#session.dirty.refuse(dirty, revision);
      else {
        this.#reverted = Math.min(this.#reverted, dirty.since);
        const sent = { dirty, revision, document: undefined };
        this.#revert(() => revert(this.#session, [sent]));
      }
    }
  }

  #revert(work: () => void): void {
    try {
      work();
    } catch (error) {
      report(this.#session, error, {});
    }
  }

  #resolveWaiters(): void {
    this.#waiters.resolve((revision) => revision < this.#reverted && !this.#lacks(revision));
  }

  #isDirty(): boolean {
    const { dirty, collections } = this.#session;
    return dirty.size > 0 || collections.some(({ mustClear }) => mustClear);
  }

  /** Whether memory and storage may differ in what changed up to a revision. */
  #lacks(revision: number): boolean {
    const { dirty, pulls, collections } = this.#session;
    return dirty.has(revision) || pulls.has(revision) ||
      collections.some(({ mustClear }) => mustClear);
  }

  #failure(cause: unknown): Error {
    const { dirty: { size }, adapter: { name } } = this.#session;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new Error(
      `Cannot save all changes to ${name}: ${reason}; ${size} documents are in memory only`,
      { cause },
    );
  }
}
