import type { Backlog } from "./backlog.ts";
import { Debounce } from "./debounce.ts";
import type { Failures } from "./failures.ts";
import { Pause } from "./pause.ts";
import type { PersistenceStatus } from "./status.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { StorageClearedError } from "./storage-epoch.ts";
import type { Task, Tasks } from "./tasks.ts";
import type { Timing } from "./timing.ts";
import type { Waiters } from "./waiters.ts";

/** The parts that {@link WriteBehind} needs. */
export interface WriteBehindParts {
  readonly storage: StorageCalls;
  readonly backlog: Backlog;
  readonly tasks: Tasks;
  readonly failures: Failures;
  readonly waiters: Waiters;
  readonly timing: Timing;
  /** Called when the storage turns out to have been cleared. */
  readonly onCleared: (error: StorageClearedError) => void;
  /** Called when the status may have changed. */
  readonly onUpdate: () => void;
}

/** Brings what changes in memory to storage, one task at a time, until nothing is left to do. */
export class WriteBehind {
  readonly #storage: StorageCalls;
  readonly #backlog: Backlog;
  readonly #tasks: Tasks;
  readonly #failures: Failures;
  readonly #waiters: Waiters;
  readonly #onCleared: (error: StorageClearedError) => void;
  readonly #onUpdate: () => void;
  readonly #debounce: Debounce;
  /** Lasts until storage takes again what was written a moment ago. */
  readonly #turn: Pause;
  #hasBegun = false;
  #isRunning = false;
  /** The last change that is to be written now. */
  #upTo = 0;
  /** Why nothing can be stored any more, other than that persistence was closed. */
  #cleared: StorageClearedError | undefined;
  #endStatus: "cleared" | "closed" = "closed";

  constructor(parts: WriteBehindParts) {
    const { storage, backlog, tasks, failures, waiters, timing, onCleared, onUpdate } = parts;
    const { clock, debounce: quiet, maxWait } = timing;
    this.#storage = storage;
    this.#backlog = backlog;
    this.#tasks = tasks;
    this.#failures = failures;
    this.#waiters = waiters;
    this.#onCleared = onCleared;
    this.#onUpdate = onUpdate;
    this.#turn = new Pause(clock);
    this.#debounce = new Debounce(() => this.#writeAll(), { clock, quiet, maxWait });
  }

  /** What persistence is doing. */
  get status(): PersistenceStatus {
    if (this.#storage.isClosed) return this.#endStatus;
    if (!this.#hasBegun) return "hydrating";
    if (this.#failures.isFailing) return "failing";
    if (!this.#backlog.isDirty) return "saved";
    return this.#isRunning && !this.#turn.isUnderWay ? "saving" : "dirty";
  }

  /** Begins to write, once stored documents are in memory. */
  begin(): void {
    if (this.#storage.isClosed) return;
    this.#hasBegun = true;
    if (this.#backlog.isDirty) this.#backlog.announce();
    this.#run();
    this.#onUpdate();
  }

  /** Notes that something changed in memory, to be written when things are quiet. */
  changed(): void {
    this.#debounce.touch();
  }

  /** Notes that something may have changed in storage, to be read at once. */
  wake(): void {
    this.#run();
  }

  /** Resolves when nothing is left to write; rejects when storage has failed too often. */
  async idle(): Promise<void> {
    while (!this.#storage.isClosed && this.#backlog.isDirty) {
      await this.#waiters.wait(this.#backlog.dirty.change);
    }
  }

  /** Writes at once; resolves when storage holds all that has changed so far. */
  flush(): Promise<void> {
    const { change } = this.#backlog.dirty;
    this.#backlog.dirty.retryRefused();
    if (this.#cleared !== undefined) return Promise.reject(this.#cleared);
    if (!this.#backlog.lacks(change)) return Promise.resolve();
    if (this.#storage.isClosed) return Promise.reject(this.#waiters.errorOf(closed()));
    const stored = this.#waiters.wait(change);
    this.#failures.hurry();
    this.#writeAll();
    return stored;
  }

  /** Stops, even if something is left to do, on `close` or because storage was cleared. */
  stop(cleared?: StorageClearedError): void {
    this.#cleared ??= cleared;
    this.#endStatus = cleared === undefined ? "closed" : "cleared";
    this.#storage.close();
    this.#debounce.end();
    this.#turn.cut();
    this.#waiters.rejectAll(cleared ?? closed());
    this.#onUpdate();
  }

  #writeAll(): void {
    this.#debounce.cancel();
    this.#upTo = this.#backlog.dirty.change;
    this.#run();
  }

  /** Does one task after the other until nothing is left to do. */
  async #run(): Promise<void> {
    if (this.#isRunning) return this.#turn.cut();
    if (!this.#hasBegun) return;
    this.#isRunning = true;
    while (!this.#storage.isClosed) {
      const task = this.#tasks.next({ limit: this.#failures.batchLimit, upTo: this.#upTo });
      if (task === undefined) {
        const wait = this.#tasks.untilNext(this.#upTo);
        if (wait === undefined) break;
        await this.#waitFor(wait);
        continue;
      }
      this.#onUpdate();
      await this.#do(task);
      this.#waiters.resolveStored();
    }
    this.#isRunning = false;
    // Whatever is left of what was to be written now has been refused, or taken back.
    this.#waiters.settle(this.#upTo, this.#failures.lastError);
    this.#onUpdate();
  }

  async #do(task: Task): Promise<void> {
    try {
      const refusals = await task.run();
      await this.#failures.succeed(task, refusals);
    } catch (error) {
      if (!(error instanceof StorageClearedError)) return await this.#failures.fail(task, error);
      this.#onCleared(error);
      // What is written again is part of what was to be written now.
      this.#upTo = this.#backlog.dirty.change;
    }
  }

  /** Waits until storage takes more, or there is something else to do. */
  async #waitFor(milliseconds: number): Promise<void> {
    const waited = this.#turn.wait(milliseconds);
    this.#onUpdate();
    await waited;
  }
}

function closed(): Error {
  return new Error("persistence was closed");
}
