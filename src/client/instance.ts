import type { Address } from "../processor/address.ts";
import { applyUpdates, type State, updatesOf } from "../processor/apply-patches.ts";
import { updatePatches } from "../processor/make-patches.ts";
import type { BindUpdatePatch, Frame } from "../processor/message.ts";

/** The state at one revision. It never changes, so two places can hold the same one. */
interface Snapshot {
  readonly state: State;
  readonly rev: number;
}

/** The part of a frame or an answer that changes the state. */
type Change = Pick<Frame, "rev" | "patches">;

const empty: State = {};

/**
 * The page's copy of one instance. It keeps two snapshots, each true at its revision: the one shown, which answers to
 * the page's own events bring ahead of the stream, and the stream's, from which the stream's next patches lead on.
 */
export class Instance {
  readonly address: Address;
  #shown: Snapshot | undefined;
  #streamed: Snapshot | undefined;
  #floor = 0;
  #waiting: { readonly rev: number; readonly resolve: () => void }[] = [];

  constructor(address: Address) {
    this.address = address;
  }

  /** The state that is shown. */
  get state(): State {
    return this.#shown?.state ?? empty;
  }

  /** The revision that is shown, or `undefined` before the first state has arrived. */
  get rev(): number | undefined {
    return this.#shown?.rev;
  }

  /** Whether a stream follows the instance, and so will bring what is missing. */
  get live(): boolean {
    return this.#streamed !== undefined;
  }

  /** Whether an event waits for a revision. */
  get awaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Expects a new stream, whose first snapshot is no older than what is shown now. */
  restart(): void {
    this.#streamed = undefined;
    this.#floor = this.rev ?? 0;
  }

  /** Takes the whole state from a stream, and returns whether it is shown. */
  snapshot(frame: Frame): boolean {
    const floor = this.#streamed?.rev ?? this.#floor;
    this.#streamed = this.#after(empty, frame);
    return this.#replace(this.#streamed, floor);
  }

  /** Takes the whole state that was requested at revision `floor`, and returns whether it is shown. */
  mount(frame: Change, floor: number): boolean {
    return this.#replace(this.#after(empty, frame), floor);
  }

  /** Takes the next frame of a stream, and returns the updates of what is shown. */
  message(frame: Frame): readonly BindUpdatePatch[] {
    const before = this.#streamed;
    if (!before || frame.rev <= before.rev) return [];
    const after = this.#streamed = this.#after(before.state, frame);
    const shown = this.#shown ?? before;
    if (after.rev < shown.rev) return [];
    this.#show(after);
    return shown === before
      ? updatesOf(frame.patches, this.address)
      : this.#difference(shown, after);
  }

  /** Takes the patches of an answer if they are the very next ones, and returns the updates that were applied. */
  answer(frame: Change): readonly BindUpdatePatch[] {
    const updates = updatesOf(frame.patches, this.address);
    const shown = this.#shown;
    // An answer without patches does not say what led to its revision: that may be someone else's change.
    if (updates.length === 0 || !shown || frame.rev !== shown.rev + 1) return [];
    this.#show(this.#after(shown.state, frame));
    return updates;
  }

  /** Resolves once the page is at this revision, or can no longer know when it will be. */
  reached(rev: number): Promise<void> {
    if (this.#shown && this.#shown.rev >= rev) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ rev, resolve }));
  }

  /** Releases everyone who waits for a revision up to this one. */
  settle(rev: number = Infinity): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((waiter) => waiter.rev > rev);
    for (const waiter of waiting) if (waiter.rev <= rev) waiter.resolve();
  }

  #replace(snapshot: Snapshot, floor: number): boolean {
    const { rev } = snapshot;
    // Older than what is shown, but not than what was shown when it was requested: an answer overtook it.
    if (floor <= rev && rev < (this.rev ?? 0)) return false;
    this.#show(snapshot);
    // Older than that: the instance was replaced, and the awaited revisions may never come.
    if (rev < floor) this.settle();
    return true;
  }

  #show(snapshot: Snapshot): void {
    this.#shown = snapshot;
    this.settle(snapshot.rev);
  }

  #after(before: State, { rev, patches }: Change): Snapshot {
    return { state: applyUpdates(before, updatesOf(patches, this.address)), rev };
  }

  #difference(before: Snapshot, { state, rev }: Snapshot): readonly BindUpdatePatch[] {
    const changed = Object.keys({ ...before.state, ...state })
      .filter((prop) => !isSame(before.state[prop], state[prop]))
      .map((prop) => [prop, state[prop]]);
    return updatePatches({ ...this.address, rev }, Object.fromEntries(changed));
  }
}

// Both came as JSON. The same keys in another order count as a change, which costs time and changes no node.
function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
