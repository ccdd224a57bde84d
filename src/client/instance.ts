import type { Patch } from "../processor/message.ts";

/** The page's copy of one instance's state, and the revision it is at. */
export class Instance {
  readonly type: string;
  readonly id: string;
  // Without a prototype, a property called `__proto__` is a property like any other.
  #state: Record<string, unknown> = Object.create(null);
  #rev: number | undefined;
  #waiting: { readonly rev: number; readonly resolve: () => void }[] = [];

  constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
  }

  get state(): Readonly<Record<string, unknown>> {
    return this.#state;
  }

  /** The revision that is shown, or `undefined` before the first state has come. */
  get rev(): number | undefined {
    return this.#rev;
  }

  /** Replaces the state by a snapshot, whatever the page had. */
  replace(patches: readonly Patch[], rev?: number): void {
    this.#state = Object.create(null);
    this.#apply(patches);
    this.#rev = rev ?? revisionOf(patches);
    this.settle();
  }

  /** Applies a stream's patches and returns the properties they changed; `undefined` if they are old. */
  advance(patches: readonly Patch[]): ReadonlySet<string> | undefined {
    const rev = revisionOf(patches);
    if (rev === undefined || (this.#rev !== undefined && rev <= this.#rev)) return undefined;
    return this.#moveTo(rev, patches);
  }

  /** Applies an answer's patches if they are the very next ones; the stream brings all others, in order. */
  advanceByOne(patches: readonly Patch[], rev: number): ReadonlySet<string> | undefined {
    return this.#rev !== undefined && rev === this.#rev + 1
      ? this.#moveTo(rev, patches)
      : undefined;
  }

  /** Resolves once the page is at this revision, or has a newer snapshot. */
  reached(rev: number): Promise<void> {
    if (this.#rev !== undefined && this.#rev >= rev) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ rev, resolve }));
  }

  /** Lets everyone go on who waits for a revision up to this one. */
  settle(rev: number = Infinity): void {
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((waiter) => waiter.rev > rev);
    for (const waiter of waiting) if (waiter.rev <= rev) waiter.resolve();
  }

  #moveTo(rev: number, patches: readonly Patch[]): ReadonlySet<string> {
    const changed = this.#apply(patches);
    this.#rev = rev;
    this.settle(rev);
    return changed;
  }

  #apply(patches: readonly Patch[]): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const patch of patches) {
      if (patch.action !== "bindUpdate") continue;
      if (patch.removed) delete this.#state[patch.prop];
      else this.#state[patch.prop] = patch.value;
      changed.add(patch.prop);
    }
    return changed;
  }
}

function revisionOf(patches: readonly Patch[]): number | undefined {
  return patches.find((patch) => patch.action === "bindUpdate")?.rev;
}
