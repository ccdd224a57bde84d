import { systemClock } from "../../shared/clock.ts";
import type { Adapter } from "../adapter/adapter.ts";
import { DirtyKeys } from "./dirty-keys.ts";
import { FollowedCollection } from "./followed-collection.ts";
import { hydrate, repeated } from "./hydrate.ts";
import type { PersistOptions } from "./options.ts";
import { Pace } from "./pace.ts";
import { currentPage, onPageEnd } from "./page.ts";
import { Pause } from "./pause.ts";
import type { Persistence } from "./persistence.ts";
import { Pulls } from "./pulls.ts";
import { checkVersion } from "./schema-version.ts";
import { notify, report, type Session } from "./session.ts";
import { type PersistenceState, type PersistenceStatus, StateSignal } from "./status.ts";
import { type PersistentCollection, type PersistTarget, targetOf } from "./target.ts";
import { WriteBehind } from "./write-behind.ts";

/** One `persist` call: its parts, put together. */
export class Follower implements Persistence {
  readonly #session: Session;
  readonly #writer: WriteBehind;
  readonly #state: StateSignal;
  readonly #ends: (() => void)[] = [];
  #closing: Promise<void> | undefined;
  /** Whether `waitUntil` has a promise that lasts. */
  #isKeptAlive = false;
  #onStop: (() => void) | undefined;

  constructor(target: PersistTarget, adapter: Adapter, options: PersistOptions) {
    const { clock = systemClock, random = Math.random, retry = {}, version = 1 } = options;
    const { attempts = 5, minDelay = 100, maxDelay = 30_000, timeout = 30_000 } = retry;
    const dirty = new DirtyKeys();
    const found = targetOf(target);
    // Several calls, each for a collection, may share one list of versions.
    if ("transaction" in target) assertNamed(version, found.collections);
    const versionOf = (name: string) => typeof version === "number" ? version : version[name] ?? 1;
    const collections = found.collections.map((collection) =>
      new FollowedCollection(collection, versionOf(collection.name))
    );
    const conditional = adapter.capabilities.conditional !== "none";
    const end = new AbortController();
    this.#session = {
      adapter,
      pace: Pace.of(adapter),
      target: found,
      collections,
      dirty,
      pulls: new Pulls(collections, dirty),
      conditional,
      isOneByOne: !conditional && adapter.capabilities.atomicWrites === 1,
      clock,
      pause: new Pause(clock),
      random,
      retry: { attempts, minDelay, maxDelay, timeout },
      options,
      wake: () => this.#changed(),
      lastSaved: undefined,
      end,
      get stopped() {
        return end.signal.aborted;
      },
    };
    this.#state = new StateSignal((error) => report(this.#session, error, {}));
    this.#writer = new WriteBehind(this.#session, () => this.#update());
  }

  get status(): PersistenceStatus {
    return this.#state.current.status;
  }

  get pending(): number {
    return this.#session.dirty.size;
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
    const { collections, dirty, options: { onOpen, signal } } = this.#session;
    if (signal?.aborted) throw signal.reason;
    // A storage that hangs does not answer, but the user may still close.
    const stopped = new Promise<void>((resolve) => this.#onStop = resolve);
    try {
      for (const collection of collections) {
        this.#ends.push(collection.follow(dirty, () => this.#changed()));
      }
      this.#listen();
      notify(this.#session, onOpen, this);
      await Promise.race([this.#hydrate(), stopped]);
    } catch (error) {
      this.#stop();
      throw error;
    }
    if (signal?.aborted) throw signal.reason;
    if (this.#session.stopped) return;
    // Where it is closing, following may have ended.
    if (this.#closing === undefined) collections.forEach((collection) => collection.hydrated());
    this.#writer.begin();
  }

  async #hydrate(): Promise<void> {
    for (const collection of this.#session.collections) {
      if (this.#session.stopped) return;
      await repeated(this.#session, () => checkVersion(this.#session, collection));
      await hydrate(this.#session, collection);
    }
  }

  /** Listens to the world outside of memory. */
  #listen(): void {
    const { adapter, collections, pulls, options: { page = currentPage(), signal } } =
      this.#session;
    const ends = this.#ends;
    for (const collection of adapter.watch === undefined ? [] : collections) {
      ends.push(
        adapter.watch!(collection.name, (keys) => {
          for (const key of keys) pulls.add(collection, key);
          this.#writer.wake();
        }),
      );
    }
    // What goes wrong is told by onError.
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
    const { waitUntil } = this.#session.options;
    if (waitUntil === undefined || this.#isKeptAlive) return;
    this.#isKeptAlive = true;
    // What goes wrong is told by onError.
    const idle = this.#writer.idle().catch(() => {}).finally(() => {
      this.#isKeptAlive = false;
    });
    notify(this.#session, waitUntil, idle);
  }

  #update(): void {
    const { dirty: { size: pending }, lastSaved } = this.#session;
    this.#state.set({ status: this.#writer.status, pending, lastSaved });
  }

  async #close(): Promise<void> {
    try {
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
    for (const end of this.#ends.splice(0)) notify(this.#session, end, undefined);
  }

  #stop(): void {
    this.#unfollow();
    this.#writer.stop();
    this.#onStop?.();
  }
}

/** Refuses the versions of collections that are not there: those that were meant would be of version 1. */
function assertNamed(
  version: NonNullable<PersistOptions["version"]>,
  collections: readonly PersistentCollection[],
): void {
  const names = collections.map(({ name }) => name);
  const wrong = Object.keys(version).find((name) => !names.includes(name));
  if (wrong === undefined) return;
  throw new TypeError(
    `Cannot persist: version names ${JSON.stringify(wrong)}, which is none of the collections; ` +
      `name ${names.join(" or ")}`,
  );
}
