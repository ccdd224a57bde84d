import { equal } from "../shared/equal.ts";

/** What many viewers see of a state. */
interface Entry {
  readonly projection: object | undefined;
  /** How many have looked. */
  uses: number;
  /** Whether it turned out that not all of them see the same. */
  isWrong: boolean;
}

/** How a viewer looks for what others have seen. */
export interface FindOptions {
  /** Returns what this viewer sees. */
  readonly look: () => object | undefined;
  /** Receives what is wrong. */
  readonly report: (error: unknown) => void;
}

/**
 * Projections that viewers share by the keys that `viewKey` gives them. A wrong key would show one viewer what only
 * another may see, so every so often a viewer looks for themselves: the second, the fourth, the eighth, and so on.
 */
export class SharedProjections {
  readonly #byState = new WeakMap<object, Map<string, Entry>>();

  /** Returns what a viewer with this key sees of a state, and whether others get the very same object. */
  find(
    state: object,
    key: string,
    { look, report }: FindOptions,
  ): { readonly projection: object | undefined; readonly isShared: boolean } {
    const entries = this.#byState.get(state) ?? new Map<string, Entry>();
    const entry = entries.get(key) ?? { projection: look(), uses: 0, isWrong: false };
    this.#byState.set(state, entries.set(key, entry));
    entry.uses++;
    if (entry.isWrong) return { projection: look(), isShared: false };
    if (entry.uses === 1 || !isPowerOf2(entry.uses)) {
      return { projection: entry.projection, isShared: true };
    }
    const seen = look();
    if (equal(seen, entry.projection)) return { projection: entry.projection, isShared: true };
    entry.isWrong = true;
    report(
      new TypeError(
        `Cannot share what is seen: two viewers with the viewKey of ${key} see different things, so each gets ` +
          "their own; put into viewKey all that the view depends on",
      ),
    );
    return { projection: seen, isShared: false };
  }
}

function isPowerOf2(number: number): boolean {
  return Number.isInteger(Math.log2(number));
}
