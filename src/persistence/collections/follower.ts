import type { Adapter } from "../adapter/adapter.ts";
import { Backlog } from "./backlog.ts";
import { Conflicts } from "./conflicts.ts";
import { Failures } from "./failures.ts";
import { FollowedCollection } from "./followed-collection.ts";
import { hydrate, repeated } from "./hydrate.ts";
import { KnownEntries } from "./known-entries.ts";
import { Memory } from "./memory.ts";
import type { PersistOptions } from "./options.ts";
import { currentPage, onPageEnd } from "./page.ts";
import type { Persistence } from "./persistence.ts";
import { Reporter } from "./reporter.ts";
import { Saver } from "./saver.ts";
import { assertNamed, schemaVersionOf } from "./schema-version.ts";
import { type PersistenceState, type PersistenceStatus, StateSignal } from "./status.ts";
import { StorageCalls } from "./storage-calls.ts";
import { type StorageClearedError, StorageEpoch } from "./storage-epoch.ts";
import { type PersistTarget, targetOf } from "./target.ts";
import { Tasks } from "./tasks.ts";
import { timingOf } from "./timing.ts";
import { Waiters } from "./waiters.ts";
import { WriteBehind } from "./write-behind.ts";

/** One `persist` call: its parts, put together, and its life. */
export class Follower implements Persistence {
  readonly #options: PersistOptions;
  readonly #attempts: number;
  readonly #storage: StorageCalls;
  readonly #memory: Memory;
  readonly #backlog: Backlog;
  readonly #reporter: Reporter;
  readonly #epoch: StorageEpoch;
  readonly #saver: Saver;
  readonly #writer: WriteBehind;
  readonly #state: StateSignal;
  readonly #ends: (() => void)[] = [];
  #closing: Promise<void> | undefined;
  /** Whether `waitUntil` has a promise that lasts. */
  #isKeptAlive = false;
  #onStop: (() => void) | undefined;

  constructor(target: PersistTarget, adapter: Adapter, options: PersistOptions) {
    const timing = timingOf(options);
    const { onConflict, onSaved, onFailure, onCleared } = options;
    const { attempts } = timing.retry;
    const reporter = new Reporter(adapter.name, options.onError);
    const storage = new StorageCalls(adapter, timing);
    const memory = memoryOf(target, { options, isConditional: storage.isConditional });
    const backlog = new Backlog(memory.collections, () => this.#changed());
    const epoch = new StorageEpoch({ storage, reporter, onCleared });
    const shared = { storage, memory, backlog, reporter, epoch };
    const conflicts = new Conflicts({ ...shared, onConflict });
    const saver = new Saver({ ...shared, conflicts, onSaved });
    const tasks = new Tasks({ ...shared, saver });
    const waiters = new Waiters(backlog, adapter.name);
    const onUpdate = () => this.#update();
    const failures = new Failures({ ...shared, waiters, attempts, onFailure, onUpdate });
    this.#options = options;
    this.#attempts = attempts;
    this.#storage = storage;
    this.#memory = memory;
    this.#backlog = backlog;
    this.#reporter = reporter;
    this.#epoch = epoch;
    this.#saver = saver;
    this.#state = new StateSignal((error) => reporter.report(error));
    this.#writer = new WriteBehind({
      storage,
      backlog,
      tasks,
      failures,
      waiters,
      timing,
      onCleared: (error) => this.#onCleared(error),
      onUpdate,
    });
  }

  get status(): PersistenceStatus {
    return this.#state.current.status;
  }

  get pending(): number {
    return this.#backlog.dirty.size;
  }

  get lastSaved(): number | undefined {
    return this.#state.current.lastSaved;
  }

  getSnapshot(): PersistenceState {
    return this.#state.current;
  }

  subscribe(listener: (state: PersistenceState) => void): () => void {
    return this.#state.subscribe(listener);
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Follows, and reads what is stored. */
  async open(): Promise<void> {
    const { onOpen, signal } = this.#options;
    const { collections } = this.#memory;
    if (signal?.aborted) throw signal.reason;
    // A storage that hangs does not answer, but the user may still close.
    const stopped = new Promise<void>((resolve) => this.#onStop = resolve);
    try {
      for (const collection of collections) this.#ends.push(this.#backlog.follow(collection));
      this.#listen();
      this.#reporter.notify(onOpen, this);
      await Promise.race([this.#hydrate(), stopped]);
    } catch (error) {
      this.#stop();
      throw error;
    }
    if (signal?.aborted) throw signal.reason;
    if (this.#storage.isClosed) return;
    // While it is closing, following may have ended.
    if (this.#closing === undefined) collections.forEach((collection) => collection.hydrated());
    this.#writer.begin();
  }

  async #hydrate(): Promise<void> {
    const parts = {
      storage: this.#storage,
      memory: this.#memory,
      backlog: this.#backlog,
      reporter: this.#reporter,
      attempts: this.#attempts,
      onProgress: this.#options.onProgress,
    };
    // Before documents are read, so whatever is cleared from then on is noticed.
    await repeated(() => this.#epoch.open(), parts);
    for (const collection of this.#memory.collections) {
      if (this.#storage.isClosed) return;
      await hydrate(collection, parts);
    }
  }

  /** Listens for what happens outside of memory. */
  #listen(): void {
    const { page = currentPage(), signal } = this.#options;
    const { adapter } = this.#storage;
    const { pulls } = this.#backlog;
    const ends = this.#ends;
    for (const collection of adapter.watch === undefined ? [] : this.#memory.collections) {
      ends.push(
        adapter.watch!(collection.name, (keys) => {
          for (const key of keys) pulls.add({ collection, key });
          this.#writer.wake();
        }),
      );
    }
    // What goes wrong is passed to onError.
    if (page) ends.push(onPageEnd(page, () => void this.flush().catch(() => {})));
    if (signal !== undefined) {
      const onAbort = () => {
        if (this.status === "hydrating") this.#stop();
        else this.close().catch(() => {});
      };
      signal.addEventListener("abort", onAbort);
      ends.push(() => signal.removeEventListener("abort", onAbort));
    }
  }

  #changed(): void {
    this.#writer.changed();
    if (this.status === "saved") this.#update();
    const { waitUntil } = this.#options;
    if (waitUntil === undefined || this.#isKeptAlive) return;
    this.#isKeptAlive = true;
    // What goes wrong is passed to onError.
    const idle = this.#writer.idle().catch(() => {}).finally(() => {
      this.#isKeptAlive = false;
    });
    this.#reporter.notify(waitUntil, idle);
  }

  #update(): void {
    const { status } = this.#writer;
    const { lastSaved } = this.#saver;
    this.#state.set({ status, pending: this.pending, lastSaved });
  }

  async #close(): Promise<void> {
    try {
      // Nothing is left to write then, and it has been reported.
      if (this.status === "cleared") return;
      await this.#writer.flush();
      // What was changed meanwhile is written as well; from here on nobody listens any more.
      this.#unfollow();
      await this.#writer.flush();
    } finally {
      this.#stop();
    }
  }

  #unfollow(): void {
    // One that throws must not keep the others from ending.
    for (const end of this.#ends.splice(0)) this.#reporter.notify(end, undefined);
  }

  #onCleared(error: StorageClearedError): void {
    this.#reporter.report(error);
    if (this.#options.onCleared !== "rewrite") return this.#stop(error);
    this.#epoch.renew(this.#memory.collections);
    this.#backlog.rewrite();
  }

  #stop(cleared?: StorageClearedError): void {
    this.#unfollow();
    this.#writer.stop(cleared);
    this.#onStop?.();
  }
}

/** Finds the collections to persist, each with its schema version. */
function memoryOf(
  target: PersistTarget,
  { options: { version, migrate }, isConditional }: {
    readonly options: PersistOptions;
    readonly isConditional: boolean;
  },
): Memory {
  const { collections, transaction } = targetOf(target);
  // Several calls, each for a collection, may share one list of versions.
  if ("transaction" in target) assertNamed(collections.map(({ name }) => name), version);
  const followed = collections.map((collection) => {
    const schemaVersion = schemaVersionOf(collection.name, version);
    const known = new KnownEntries(isConditional);
    return new FollowedCollection(collection, { schemaVersion, migrate, known });
  });
  return new Memory(followed, transaction);
}
