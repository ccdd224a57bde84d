import { type Address, addressKey } from "./address.ts";
import { diff } from "./diff.ts";
import type { InstanceChange, Instances, StoredInstance } from "./instances.ts";

interface Tracked extends Address {
  readonly before: StoredInstance | undefined;
  next: object | undefined;
}

/** What one run of one event has read and wants written: all of it is committed, or none. */
export class UnitOfWork {
  readonly #instances: Instances;
  readonly #tracked = new Map<string, Promise<Tracked>>();
  /** The last change that was asked for, by address; changes of one instance follow each other. */
  readonly #queued = new Map<string, Promise<void>>();
  #asked = 0;
  #failure: { readonly error: unknown } | undefined;
  #ended = false;

  constructor(instances: Instances) {
    this.#instances = instances;
  }

  /** The state as this unit of work sees it: a copy of its own, or `undefined` where there is no instance. */
  async read(type: string, id: string): Promise<object | undefined> {
    const tracked = await this.#track(type, id);
    const state = tracked.next ?? tracked.before?.state;
    return state && structuredClone(state);
  }

  /** The revision that was read, or 0. */
  async rev(type: string, id: string): Promise<number> {
    return (await this.#track(type, id)).before?.rev ?? 0;
  }

  /** Sets what the instance is to become. */
  async write(type: string, id: string, state: object): Promise<void> {
    (await this.#track(type, id)).next = state;
  }

  /** Runs a change of an instance after those that were asked for before. One that fails, fails the whole unit. */
  queue(type: string, id: string, change: () => Promise<void>): Promise<void> {
    const key = addressKey({ type, id });
    this.#asked++;
    const run = async (): Promise<void> => {
      if (this.#ended) {
        throw new Error(
          `Cannot update ${type}/${id}: the event has ended; await the update in its handler`,
        );
      }
      await change();
    };
    const queued = (this.#queued.get(key) ?? Promise.resolve()).then(run);
    // Nobody may be waiting for it: the failure is kept until the unit ends.
    queued.catch((error) => this.#failure ??= { error });
    this.#queued.set(key, queued.catch(() => {}));
    return queued;
  }

  /** Waits for the changes that were asked for, and refuses any that are asked for later. */
  async end(): Promise<void> {
    for (let seen = -1; seen !== this.#asked;) {
      seen = this.#asked;
      await Promise.all(this.#queued.values());
    }
    this.#ended = true;
    if (this.#failure) throw this.#failure.error;
  }

  /** What differs from what was read; an instance that did not exist counts even when it is empty. */
  async changes(): Promise<InstanceChange[]> {
    const changes: InstanceChange[] = [];
    for (const { type, id, before, next } of await Promise.all(this.#tracked.values())) {
      if (!next) continue;
      const changed = diff(before?.state, next);
      if (before && Object.keys(changed).length === 0) continue;
      changes.push({ type, id, before, state: next, rev: (before?.rev ?? 0) + 1, diff: changed });
    }
    return changes;
  }

  #track(type: string, id: string): Promise<Tracked> {
    const key = addressKey({ type, id });
    let tracked = this.#tracked.get(key);
    if (!tracked) {
      tracked = this.#instances.read(type, id).then((before) => ({
        type,
        id,
        before,
        next: undefined,
      }));
      this.#tracked.set(key, tracked);
    }
    return tracked;
  }
}
