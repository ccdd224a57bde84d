import type { Version } from "../adapter/adapter.ts";
import { createVersions } from "../adapter/versions.ts";
import type { DirtyKey } from "./dirty-keys.ts";
import type { StoredVersion } from "./journal-line.ts";
import type { StoredDocument } from "./options.ts";

/** A state of a document, or the version that storage gives to one, `null` for a deletion, or both. */
export interface State {
  readonly version?: StoredVersion;
  readonly document?: StoredDocument | undefined;
}

/** How many states of a document are remembered. */
const mostStates = 50;

/**
 * What storage may have of documents that was made here: states that were noted or sent, each with the version that
 * storage gives to it, by the number of the change. Another page may have stored any of them.
 */
export class MadeStates {
  /** Returns a version that was never used before. */
  readonly createVersion: () => Version = createVersions();
  readonly #states: Map<DirtyKey, Map<number, State>> = new Map();

  /** Returns the states of a document, the newest last. */
  of(dirty: DirtyKey): State[] {
    return [...this.#states.get(dirty)?.values() ?? []];
  }

  /** Returns the version of what a change has led to, which becomes the newest state. */
  versionOf(
    dirty: DirtyKey,
    { change, document }: { change: number; document: StoredDocument | undefined },
  ): StoredVersion {
    const states = this.#of(dirty);
    const { version = document ? this.createVersion() : null } = states.get(change) ?? {};
    states.delete(change);
    this.add(dirty, change, { version, document });
    return version;
  }

  /** Adds a state as the newest. */
  add(dirty: DirtyKey, change: number, state: State): void {
    const states = this.#of(dirty);
    states.set(change, state);
    if (states.size > mostStates) states.delete(states.keys().next().value!);
  }

  /** Makes room for what the newest change was merged into: it was a state of its own, which others may have. */
  makeEarlier(dirty: DirtyKey): void {
    const states = this.#of(dirty);
    const state = states.get(dirty.change);
    if (state === undefined) return;
    states.delete(dirty.change);
    this.add(dirty, dirty.change - 0.5, state);
  }

  /** Forgets the states up to a change. */
  forget(dirty: DirtyKey, upTo: number): void {
    const states = this.#states.get(dirty);
    for (const change of states?.keys() ?? []) if (change <= upTo) states!.delete(change);
  }

  /** Forgets a document. */
  remove(dirty: DirtyKey): void {
    this.#states.delete(dirty);
  }

  #of(dirty: DirtyKey): Map<number, State> {
    let states = this.#states.get(dirty);
    if (states === undefined) this.#states.set(dirty, states = new Map());
    return states;
  }
}
