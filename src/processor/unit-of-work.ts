import type { Write } from "../persistence/adapter.ts";
import { diff } from "./diff.ts";
import { address } from "./hub.ts";
import type { InstanceChange, Instances, StoredInstance } from "./instances.ts";

interface Tracked {
  readonly type: string;
  readonly id: string;
  readonly before: StoredInstance | undefined;
  next: object | undefined;
}

/** What one run of one event has read and wants written: all of it is committed, or none. */
export class UnitOfWork {
  readonly #instances: Instances;
  readonly #tracked = new Map<string, Promise<Tracked>>();

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

  /** Writes the changes and what goes with them. */
  async commit(changes: readonly InstanceChange[], beside: readonly Write[]): Promise<void> {
    await this.#instances.commit(changes, beside);
  }

  #track(type: string, id: string): Promise<Tracked> {
    const key = address(type, id);
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
