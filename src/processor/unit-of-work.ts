import { isPromise, type MaybePromise, whenReady } from "../persistence/adapter/maybe-promise.ts";
import { type Address, addressKey } from "./address.ts";
import { copyState } from "./copy-state.ts";
import type { Gone } from "./gone.ts";
import type {
  InstanceChange,
  InstanceChanges,
  InstanceDeletion,
  InstanceRead,
  Instances,
} from "./instances.ts";
import type { ListKeys } from "./list-keys.ts";
import { type NextState, nextState } from "./next-state.ts";
import type { StoredInstance } from "./stored-instance.ts";

interface Tracked extends Address {
  readonly before: StoredInstance | undefined;
  /** What is left of it, if an event has deleted it before. */
  readonly gone: Gone | undefined;
  next: NextState | undefined;
  isDeleted: boolean;
}

/** What one attempt at an event reads and wants to write. All of it is committed, or none. */
export class UnitOfWork {
  readonly #instances: Instances;
  readonly #listKeys: ListKeys;
  readonly #tracked = new Map<string, MaybePromise<Tracked>>();
  /** The last change requested, by the key of its address: changes of one instance follow each other. */
  readonly #queued = new Map<string, Promise<void>>();
  /** The keys of the addresses of which a change is being made. */
  readonly #running = new Set<string>();
  #requested = 0;
  #failure: { readonly error: unknown } | undefined;
  /** Why no change is accepted any more. */
  #refusal: string | undefined;

  constructor(instances: Instances, listKeys: ListKeys) {
    this.#instances = instances;
    this.#listKeys = listKeys;
  }

  /** Begins with an instance as it was written last, in place of what would be read. */
  begin({ type, id }: Address, before: StoredInstance): void {
    const tracked = { type, id, before, gone: undefined, next: undefined, isDeleted: false };
    this.#tracked.set(addressKey(tracked), tracked);
  }

  /** Returns a copy of the state as this unit of work sees it, or `undefined` if there is no instance. */
  read(address: Address): MaybePromise<object | undefined> {
    return whenReady(this.#track(address), ({ before, next, isDeleted }) => {
      const seen = isDeleted ? undefined : next ?? before;
      return seen && copyState(seen.state, seen.isPlain === true);
    });
  }

  /** Returns the instance as it was read, if there was one. What it holds is shared and must not be changed. */
  before(address: Address): MaybePromise<StoredInstance | undefined> {
    return whenReady(this.#track(address), ({ before }) => before);
  }

  /** Returns the instance as it was read, or what is left of one that was deleted. */
  found(address: Address): MaybePromise<Pick<Tracked, "before" | "gone">> {
    return this.#track(address);
  }

  /**
   * Sets the state that the instance is to have, and keeps nothing of what it is given.
   *
   * @throws {TypeError} if the state holds anything that cannot be stored
   */
  async write(address: Address, state: object): Promise<void> {
    const tracked = await this.#track(address);
    if (tracked.isDeleted) {
      const { type, id } = address;
      throw new Error(`Cannot update ${type}/${id}: this event deletes it; do one or the other`);
    }
    tracked.next = nextState(state, tracked.before, this.#listKeys.of(address.type));
  }

  /** Lets there be no instance any more. */
  async delete(address: Address): Promise<void> {
    const tracked = await this.#track(address);
    tracked.next = undefined;
    tracked.isDeleted = true;
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
    for (let seen = 0; seen !== this.#requested;) {
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

  /** Returns what differs from what was read, and what does not. A new instance counts even if it is empty. */
  async changes(): Promise<InstanceChanges> {
    const changes: InstanceChange[] = [];
    const deletions: InstanceDeletion[] = [];
    const reads: InstanceRead[] = [];
    for (const each of this.#tracked.values()) {
      const { type, id, before, gone, next, isDeleted } = isPromise(each) ? await each : each;
      const rev = (before?.rev ?? 0) + 1;
      if (isDeleted && before) deletions.push({ type, id, before, rev, epoch: before.epoch });
      else if (next?.isChanged) {
        const { state, isPlain, operations } = next;
        const epoch = this.#instances.nextEpoch(before);
        const keyOf = this.#listKeys.of(type);
        changes.push({ type, id, before, gone, state, isPlain, operations, rev, epoch, keyOf });
      } else reads.push({ type, id, before, gone });
    }
    return { changes, deletions, reads };
  }

  #track(address: Address): MaybePromise<Tracked> {
    const key = addressKey(address);
    const known = this.#tracked.get(key);
    if (known) return known;
    const found = this.#find(address).then((tracked) => {
      this.#tracked.set(key, tracked);
      return tracked;
    });
    this.#tracked.set(key, found);
    return found;
  }

  async #find({ type, id }: Address): Promise<Tracked> {
    const address = { type, id };
    const before = await this.#instances.read(address);
    const gone = before ? undefined : await this.#instances.findGone(address);
    return { type, id, before, gone, next: undefined, isDeleted: false };
  }
}
