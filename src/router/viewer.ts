import { diff } from "../processor/diff.ts";
import type { Engine } from "../processor/engine.ts";
import type { Delay, Hub, Patch, ProcessContext, Publication } from "../processor/mod.ts";
import { updatePatches } from "../processor/patches.ts";

/** Something to tell a viewer: a whole instance, or what changed in it. */
export interface ViewerEvent {
  readonly event: "snapshot" | "message";
  readonly patches: readonly Patch[];
}

/** One instance as the viewer has it. */
interface Seen {
  readonly type: string;
  readonly id: string;
  rev: number;
  state: object;
}

/**
 * What one stream shows: some instances, each first whole and then by what differs from what was sent last.
 * Changes that come faster than the viewer reads are told as one, so that a slow one needs no more memory.
 */
export class Viewer {
  readonly #engine: Engine;
  readonly #hub: Hub;
  readonly #delay: Delay;
  readonly #seen: Seen[] = [];
  readonly #changes = new Map<Seen, Publication>();
  readonly #leave: (() => void)[] = [];
  #closed = false;
  /** Ends the wait for the next heartbeat. */
  #wake = new AbortController();

  constructor(engine: Engine, hub: Hub, options: { delay: Delay }) {
    this.#engine = engine;
    this.#hub = hub;
    this.#delay = options.delay;
  }

  /** Mounts an instance and follows it. Returns the snapshot, or the patches of an error. */
  async open(
    scope: { type: string; id: string },
    context: ProcessContext,
  ): Promise<{ patches: readonly Patch[]; failed: boolean }> {
    const seen: Seen = { ...scope, rev: 0, state: {} };
    // Heard from before the snapshot is taken: a change in between is not missed.
    this.#leave.push(
      this.#hub.subscribe(scope.type, scope.id, (change) => this.#hear(seen, change)),
    );
    const message = { type: scope.type, instance: scope.id, event: "mount" };
    const { patches, rev, error } = await this.#engine.run(message, context);
    seen.rev = rev;
    seen.state = Object.fromEntries(
      patches.flatMap((patch) => patch.action === "bindUpdate" ? [[patch.prop, patch.value]] : []),
    );
    if ((this.#changes.get(seen)?.rev ?? 0) <= rev) this.#changes.delete(seen);
    this.#seen.push(seen);
    return { patches, failed: error !== undefined };
  }

  /** What changed, as it changes; every so many milliseconds without a change, `undefined` as a sign of life. */
  async *follow(heartbeat: number): AsyncGenerator<ViewerEvent | undefined> {
    while (!this.#closed) {
      if (this.#changes.size === 0) {
        this.#wake = new AbortController();
        await this.#delay(heartbeat, this.#wake.signal);
        if (this.#closed) return;
      }
      if (this.#changes.size === 0) {
        await this.#look();
        if (this.#changes.size === 0) yield undefined;
      }
      for (const [seen, change] of this.#changes) {
        this.#changes.delete(seen);
        const told = await this.#advance(seen, change);
        if (told) yield told;
      }
    }
  }

  /** Stops following. */
  close(): void {
    this.#closed = true;
    for (const leave of this.#leave.splice(0)) leave();
    this.#wake.abort();
  }

  #hear(seen: Seen, change: Publication): void {
    const newest = this.#changes.get(seen)?.rev ?? seen.rev;
    if (change.rev <= newest) return;
    this.#changes.set(seen, change);
    this.#wake.abort();
  }

  /** Finds what the hub did not tell, such as a change made in another process. */
  async #look(): Promise<void> {
    for (const seen of this.#seen) {
      const stored = await this.#engine.read(seen.type, seen.id);
      if (stored && stored.rev !== seen.rev && !this.#changes.has(seen)) {
        this.#changes.set(seen, {
          type: seen.type,
          id: seen.id,
          rev: stored.rev,
          state: stored.state,
        });
      }
    }
  }

  async #advance(seen: Seen, change: Publication): Promise<ViewerEvent | undefined> {
    const { type, id } = seen;
    const current = change.state ? change : await this.#engine.read(type, id);
    if (!current?.state) return undefined;
    const { rev, state } = current;
    // Revisions that start again, as when the instance was replaced behind our back, are told whole.
    const again = rev < seen.rev;
    const changed = again ? { ...state } : diff(seen.state, state);
    seen.rev = rev;
    seen.state = state;
    const patches = updatePatches({ type, id, rev }, changed);
    return patches.length > 0 ? { event: again ? "snapshot" : "message", patches } : undefined;
  }
}
