import { memberOf } from "../../shared/own.ts";
import type { Adapter } from "../adapter/adapter.ts";
import { Backlog } from "./backlog.ts";
import { Conflicts } from "./conflicts.ts";
import { Failures } from "./failures.ts";
import { FollowedCollection } from "./followed-collection.ts";
import { hydrate, repeated } from "./hydrate.ts";
import { Journal } from "./journal.ts";
import { KnownEntries } from "./known-entries.ts";
import { Memory } from "./memory.ts";
import type { PersistOptions } from "./options.ts";
import { currentPage, localStorageOf, PageLife, type PageListener } from "./page.ts";
import type { Persistence } from "./persistence.ts";
import { Replay } from "./replay.ts";
import { Reporter } from "./reporter.ts";
import { Saver } from "./saver.ts";
import { assertNamed, schemaVersionOf } from "./schema-version.ts";
import { type PersistenceStatus, StateSignal } from "./status.ts";
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
  readonly #page: PageLife | undefined;
  readonly #conflicts: Conflicts;
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
    const { onConflict, onSaved, onFailure, onCleared, page = currentPage() } = options;
    const place = options.journal === undefined && page ? localStorageOf(page) : options.journal;
    const codec = place && adapter.capabilities.conditional !== "none"
      ? memberOf(adapter, "journal") as Adapter["journal"]
      : undefined;
    const timing = timingOf(options, codec !== undefined);
    const { attempts } = timing.retry;
    const reporter = new Reporter(adapter.name, options.onError);
    const storage = new StorageCalls(adapter, timing);
    const memory = memoryOf(target, { options, isConditional: storage.isConditional });
    const epoch = new StorageEpoch({ storage, reporter, onCleared });
    const journal = codec && new Journal(codec, place!, () => epoch.current);
    const onDirty = (isUrgent: boolean) => this.#changed(isUrgent);
    const backlog = new Backlog(memory.collections, { journal, onDirty });
    const shared = { storage, memory, backlog, reporter, epoch };
    const conflicts = new Conflicts({ ...shared, onConflict });
    const saver = new Saver({ ...shared, conflicts, onSaved });
    const tasks = new Tasks({ ...shared, saver });
    const waiters = new Waiters(backlog, adapter.name);
    const onUpdate = () => this.#update();
    const failures = new Failures({ ...shared, waiters, attempts, onFailure, onUpdate });
    this.#options = options;
    this.#page = page ? new PageLife(page) : undefined;
    this.#conflicts = conflicts;
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

  get exposed(): number {
    return this.#backlog.exposed;
  }

  get lastSaved(): number | undefined {
    return this.#state.current.lastSaved;
  }

  // These are passed on by themselves, to useSyncExternalStore and to listeners.
  readonly getSnapshot: Persistence["getSnapshot"] = () => this.#state.current;

  readonly subscribe: Persistence["subscribe"] = (listener) => this.#state.subscribe(listener);

  readonly flush: Persistence["flush"] = () => this.#writer.flush();

  readonly forget: Persistence["forget"] = () => {
    this.#backlog.journal?.forget();
    this.#update();
  };

  readonly close: Persistence["close"] = () => this.#closing ??= this.#close();

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
    if (this.#closing === undefined) {
      collections.forEach((collection) => collection.hydrated());
      await this.#replay();
    }
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

  /** Takes up what earlier pages have noted and not stored. */
  async #replay(): Promise<void> {
    const { journal } = this.#backlog;
    if (journal === undefined) return;
    await new Replay(journal, {
      memory: this.#memory,
      backlog: this.#backlog,
      reporter: this.#reporter,
      conflicts: this.#conflicts,
    }).run();
    journal.noteAgain();
    journal.tidy();
  }

  /** Listens for what happens outside of memory. */
  #listen(): void {
    const { signal } = this.#options;
    const { adapter } = this.#storage;
    const { pulls } = this.#backlog;
    const ends = this.#ends;
    for (const collection of memberOf(adapter, "watch") ? this.#memory.collections : []) {
      ends.push(
        adapter.watch!(collection.name, (keys) => {
          for (const key of keys) pulls.add({ collection, key });
          this.#writer.wake();
        }),
      );
    }
    if (this.#page !== undefined) ends.push(this.#page.follow(this.#pageListener()));
    if (signal !== undefined) {
      const onAbort = () => {
        if (this.status === "hydrating") this.#stop();
        else this.close().catch(() => {});
      };
      signal.addEventListener("abort", onAbort);
      ends.push(() => signal.removeEventListener("abort", onAbort));
    }
  }

  #pageListener(): PageListener {
    const storage = this.#storage;
    const writer = this.#writer;
    const { pulls } = this.#backlog;
    // What goes wrong is passed to onError.
    const flush = () => void this.flush().catch(() => {});
    return {
      leave() {
        storage.suspend();
        // All of it is looked for again when the page is back.
        pulls.behind.clear();
        flush();
      },
      hide: flush,
      comeBack() {
        storage.resume();
        pulls.catchUp();
        flush();
        writer.wake();
      },
    };
  }

  #changed(isUrgent: boolean): void {
    this.#writer.changed(isUrgent || this.#page?.isAway === true);
    if (this.status === "saved" || isUrgent) this.#update();
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
    this.#state.set({ status, pending: this.pending, exposed: this.exposed, lastSaved });
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
    const { journal } = this.#backlog;
    this.#reporter.report(error);
    if (this.#options.onCleared !== "rewrite") {
      journal?.forget();
      return this.#stop(error);
    }
    this.#epoch.renew(this.#memory.collections);
    this.#backlog.rewrite();
    // What was noted belongs to the storage that is gone.
    journal?.noteAgain();
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
