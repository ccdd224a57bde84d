import { type Address, addressKey } from "./address.ts";
import { diff } from "./diff.ts";
import { newEpoch } from "./epoch.ts";
import type { InstanceChange, Instances } from "./instances.ts";
import type { StoredInstance } from "./stored-instance.ts";

interface Tracked extends Address {
  readonly before: StoredInstance | undefined;
  next: object | undefined;
}

/** What one attempt at an event reads and wants to write. All of it is committed, or none. */
export class UnitOfWork {
  readonly #instances: Instances;
  readonly #tracked = new Map<string, Promise<Tracked>>();
  /** The last change requested, by the key of its address: changes of one instance follow each other. */
  readonly #queued = new Map<string, Promise<void>>();
  /** The keys of the addresses of which a change is being made. */
  readonly #running = new Set<string>();
  #requested = 0;
  #failure: { readonly error: unknown } | undefined;
  /** Why no change is accepted any more. */
  #refusal: string | undefined;

  constructor(instances: Instances) {
    this.#instances = instances;
  }

  /** Returns a copy of the state as this unit of work sees it, or `undefined` if there is no instance. */
  async read(address: Address): Promise<object | undefined> {
    const tracked = await this.#track(address);
    const state = tracked.next ?? tracked.before?.state;
    return state && structuredClone(state);
  }

  /** Returns the instance as it was read, if there was one. What it holds is shared and must not be changed. */
  async before(address: Address): Promise<StoredInstance | undefined> {
    return (await this.#track(address)).before;
  }

  /** Sets the state that the instance is to have. */
  async write(address: Address, state: object): Promise<void> {
    (await this.#track(address)).next = state;
  }

  /**
   * Runs a change of an instance after those requested before. If it fails, the whole unit fails. The promise resolves
   * when it is done; at once if a change of the same instance is being made, which may be the one that waits for it.
   */
  queue(address: Address, change: () => Promise<void>): Promise<void> {
    const key = addressKey(address);
    this.#requested++;
    const run = async (): Promise<void> => {
      if (this.#refusal) {
        throw new Error(`Cannot update ${address.type}/${address.id}: ${this.#refusal}`);
      }
      this.#running.add(key);
      try {
        await change();
      } finally {
        this.#running.delete(key);
      }
    };
    const isNested = this.#running.has(key);
    const queued = (this.#queued.get(key) ?? Promise.resolve()).then(run);
    // The handler may not await it, so the failure is kept until the unit ends.
    queued.catch((error) => this.fail(error));
    this.#queued.set(key, queued.catch(() => {}));
    return isNested ? Promise.resolve() : queued;
  }

  /** Makes the whole unit fail when it ends; the first failure counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Waits for the changes requested so far, including those that they request, and refuses any later one. */
  async end(): Promise<void> {
    for (let seen = -1; seen !== this.#requested;) {
      seen = this.#requested;
      await Promise.all(this.#queued.values());
    }
    this.#refusal = "the event has ended; await the update in its handler";
    if (this.#failure) throw this.#failure.error;
  }

  /** Refuses any later change. */
  close(): void {
    this.#refusal ??= "the event has failed, or was given up";
  }

  /** Returns what differs from what was read. A new instance counts even if it is empty. */
  async changes(): Promise<InstanceChange[]> {
    const changes: InstanceChange[] = [];
    for (const { type, id, before, next } of await Promise.all(this.#tracked.values())) {
      if (!next) continue;
      const changed = diff(before?.state, next);
      if (before && Object.keys(changed).length === 0) continue;
      const { rev, epoch } = before ?? { rev: 0, epoch: newEpoch() };
      changes.push({ type, id, before, state: next, rev: rev + 1, epoch, diff: changed });
    }
    return changes;
  }

  #track(address: Address): Promise<Tracked> {
    const { type, id } = address;
    const key = addressKey(address);
    let tracked = this.#tracked.get(key);
    if (!tracked) {
      tracked = this.#instances.read(address).then((before) => ({
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
