import type { Address } from "../processor/address.ts";
import { applyUpdates, type State, updatesOf } from "../processor/apply-patches.ts";
import type { BindUpdatePatch, Frame } from "../processor/message.ts";
import { updatePatches } from "../processor/patches.ts";

/** The state at one revision; it is never changed, so that two places can hold the same one. */
interface Snapshot {
  readonly state: State;
  readonly rev: number;
}

/** What a frame or an answer says. */
type Change = Pick<Frame, "rev" | "patches">;

const empty: State = {};

/**
 * The page's copy of one instance. What is shown is ahead of the stream by the answers to the page's own events,
 * and a stream's patches lead on from what the stream told last; so both are kept, each true at its revision.
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

  /** What is shown. */
  get state(): State {
    return this.#shown?.state ?? empty;
  }

  /** The revision that is shown, or `undefined` before the first state has come. */
  get rev(): number | undefined {
    return this.#shown?.rev;
  }

  /** Whether a stream tells of the instance, and so will bring what is missing. */
  get live(): boolean {
    return this.#streamed !== undefined;
  }

  /** Whether someone waits for a revision. */
  get awaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** A stream is lost, or is about to begin with a snapshot, which is no older than what is shown now. */
  restart(): void {
    this.#streamed = undefined;
    this.#floor = this.rev ?? 0;
  }

  /** Takes a stream's whole state; tells whether it is shown. */
  snapshot(frame: Frame): boolean {
    const floor = this.#streamed?.rev ?? this.#floor;
    this.#streamed = this.#after(empty, frame);
    return this.#replace(this.#streamed, floor);
  }

  /** Takes the whole state that was asked for when the page was at revision `floor`; tells whether it is shown. */
  mount(frame: Change, floor: number): boolean {
    return this.#replace(this.#after(empty, frame), floor);
  }

  /** Takes what a stream tells next, and returns what that changes of what is shown. */
  message(frame: Frame): readonly BindUpdatePatch[] {
    const before = this.#streamed;
    if (before === undefined || frame.rev <= before.rev) return [];
    const after = this.#streamed = this.#after(before.state, frame);
    const shown = this.#shown ?? before;
    if (after.rev < shown.rev) return [];
    this.#show(after);
    return shown === before
      ? updatesOf(frame.patches, this.address)
      : this.#difference(shown, after);
  }

  /** Takes an answer's patches if they are the very next ones, and returns those that were applied. */
  answer(frame: Change): readonly BindUpdatePatch[] {
    const updates = updatesOf(frame.patches, this.address);
    const shown = this.#shown;
    // An answer without patches does not say what led to its revision: that may be someone else's change.
    if (updates.length === 0 || shown === undefined || frame.rev !== shown.rev + 1) return [];
    this.#show(this.#after(shown.state, frame));
    return updates;
  }

  /** Resolves once the page is at this revision, or nobody can say any more when it will be. */
  reached(rev: number): Promise<void> {
    if (this.#shown !== undefined && this.#shown.rev >= rev) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ rev, resolve }));
  }

  /** Lets everyone go on who waits for a revision up to this one. */
  settle(rev: number = Infinity): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((waiter) => waiter.rev > rev);
    for (const waiter of waiting) if (waiter.rev <= rev) waiter.resolve();
  }

  #replace(snapshot: Snapshot, floor: number): boolean {
    const { rev } = snapshot;
    // Older than what is shown, but not than what was shown when it was asked for: an answer was faster.
    if (floor <= rev && rev < (this.rev ?? 0)) return false;
    this.#show(snapshot);
    // Older than that: the instance was replaced, and the revisions that are waited for may never come.
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

// Both came as JSON; the same keys in another order only cost a look at nodes that stay as they are.
function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
