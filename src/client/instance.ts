import type { BindUpdatePatch, Patch } from "../processor/message.ts";
import type { Frame, Scope } from "./transport.ts";

type State = Readonly<Record<string, unknown>>;

/** The state at one revision; it is never changed, so that two places can hold the same one. */
interface Version {
  readonly state: State;
  readonly rev: number;
}

/** What a frame or an answer says. */
type Change = Pick<Frame, "rev" | "patches">;

// Without a prototype, a property called `__proto__` is a property like any other.
const empty: State = Object.create(null);

/**
 * The page's copy of one instance. What is shown is ahead of the stream by the answers to the page's own events,
 * and a stream's patches lead on from what the stream told last; so both are kept, each true at its revision.
 */
export class Instance {
  readonly scope: Scope;
  #shown: Version | undefined;
  #streamed: Version | undefined;
  #floor = 0;
  #waiting: { readonly rev: number; readonly resolve: () => void }[] = [];

  constructor(scope: Scope) {
    this.scope = scope;
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
    this.#streamed = this.#version(empty, frame);
    return this.#replace(this.#streamed, floor);
  }

  /** Takes the whole state that was asked for when the page was at revision `floor`; tells whether it is shown. */
  mount(frame: Change, floor: number): boolean {
    return this.#replace(this.#version(empty, frame), floor);
  }

  /** Takes what a stream tells next, and returns what that changes of what is shown. */
  message(frame: Frame): readonly BindUpdatePatch[] {
    const before = this.#streamed;
    if (before === undefined || frame.rev <= before.rev) return [];
    const after = this.#streamed = this.#version(before.state, frame);
    const shown = this.#shown ?? before;
    if (after.rev < shown.rev) return [];
    this.#show(after);
    return shown === before ? this.updates(frame.patches) : this.#difference(shown, after);
  }

  /** Takes an answer's patches if they are the very next ones, and returns those that were applied. */
  answer(frame: Change): readonly BindUpdatePatch[] {
    const updates = this.updates(frame.patches);
    const shown = this.#shown;
    // An answer without patches does not say what led to its revision: that may be someone else's change.
    if (updates.length === 0 || shown === undefined || frame.rev !== shown.rev + 1) return [];
    this.#show(this.#version(shown.state, frame));
    return updates;
  }

  /** The updates of this instance among patches; an event may have changed others along with it. */
  updates(patches: readonly Patch[]): readonly BindUpdatePatch[] {
    const { type, instance } = this.scope;
    return patches.filter((patch) =>
      patch.action === "bindUpdate" && patch.type === type && patch.instance === instance
    ) as BindUpdatePatch[];
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

  #replace(version: Version, floor: number): boolean {
    const { rev } = version;
    // Older than what is shown, but not than what was shown when it was asked for: an answer was faster.
    if (floor <= rev && rev < (this.rev ?? 0)) return false;
    this.#show(version);
    // Older than that: the instance was replaced, and the revisions that are waited for may never come.
    if (rev < floor) this.settle();
    return true;
  }

  #show(version: Version): void {
    this.#shown = version;
    this.settle(version.rev);
  }

  #version(before: State, { rev, patches }: Change): Version {
    const state: Record<string, unknown> = Object.assign(Object.create(null), before);
    for (const { prop, value, removed } of this.updates(patches)) {
      if (removed) delete state[prop];
      else state[prop] = value;
    }
    return { state, rev };
  }

  #difference(before: Version, { state, rev }: Version): readonly BindUpdatePatch[] {
    return Object.keys({ ...before.state, ...state })
      .filter((prop) => !isSame(before.state[prop], state[prop]))
      .map((prop) => ({
        action: "bindUpdate",
        ...this.scope,
        prop,
        ...(prop in state ? { value: state[prop] } : { value: null, removed: true }),
        rev,
      }));
  }
}

// Both came as JSON; the same keys in another order only cost a look at nodes that stay as they are.
function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
