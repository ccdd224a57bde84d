import { entriesOf } from "./entry-index.ts";
import type { Field } from "./field.ts";
import type { Step } from "./journal.ts";
import type { Notifier } from "./notifier.ts";
import { RangeWatches } from "./range-watches.ts";
import { compare } from "./scalar.ts";
import type { Dependency } from "./tracking.ts";
import { ValueMap } from "./value-map.ts";

/** What is to be told that a change touches it. */
export interface Watcher {
  /** Notes that the result may have changed. */
  invalidate(): void;
  /** Works out the result again and tells whoever follows it. */
  refresh(notifier: Notifier): void;
}

/** A dependency and whose it is. */
export interface Watch {
  readonly watcher: Watcher;
  dependency: Dependency;
}

/** What a watch can be put into. */
interface WatchSet {
  add(watch: Watch): unknown;
  delete(watch: Watch): unknown;
}

/** Those who watch one field, by the values or ranges that they look for. */
interface FieldWatches {
  readonly field: Field;
  readonly byValue: ValueMap<Set<Watch>>;
  readonly byRange: RangeWatches;
}

/**
 * Finds those whose results a change can touch. A change looks up the values of its document, so that the watchers of
 * other values cost it nothing.
 */
export class Watchers {
  readonly #fields = new Map<string, FieldWatches>();
  readonly #others = new Set<Watch>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(watcher: Watcher, dependency: Dependency): Watch {
    const watch = { watcher, dependency };
    this.#size++;
    for (const set of this.#setsFor(dependency)) set.add(watch);
    return watch;
  }

  delete(watch: Watch): void {
    this.#size--;
    for (const set of this.#setsFor(watch.dependency)) set.delete(watch);
    this.#tidy(watch.dependency);
  }

  /** Adds to `found` every watcher whose result a change can touch. */
  collect({ before, after, cleared }: Step, found: Set<Watcher>): void {
    if (cleared !== undefined) {
      this.#all(({ watcher }) => found.add(watcher));
      return;
    }
    const note = ({ watcher, dependency }: Watch) => {
      if (found.has(watcher)) return;
      const isTouched = (before !== undefined && dependency.touches(before)) ||
        (after !== undefined && dependency.touches(after));
      if (isTouched) found.add(watcher);
    };
    for (const watches of this.#fields.values()) {
      const { read } = watches.field;
      const old = before && read(before);
      const value = after && read(after);
      // Most updates leave the field as it was, and one look is enough.
      if (before !== undefined) visit(watches, old, note);
      if (after !== undefined && (before === undefined || old !== value)) {
        visit(watches, value, note);
      }
    }
    for (const watch of this.#others) note(watch);
  }

  /** Calls `note` with every watch. */
  #all(note: (watch: Watch) => void): void {
    this.#others.forEach(note);
    for (const { byValue, byRange } of this.#fields.values()) {
      byRange.forEach(note);
      byValue.forEach((watches) => watches.forEach(note));
    }
  }

  #setsFor({ condition }: Dependency): WatchSet[] {
    if (condition === undefined) return [this.#others];
    const { field, values, locate } = condition;
    const isLookedUp = values !== undefined && field.paths.length === 1;
    if (!isLookedUp && locate === undefined) return [this.#others];
    let watches = this.#fields.get(field.name);
    if (watches === undefined) {
      watches = { field, byValue: new ValueMap(), byRange: new RangeWatches() };
      this.#fields.set(field.name, watches);
    }
    if (!isLookedUp) return [watches.byRange];
    const { byValue } = watches;
    return values.map((value) => {
      let set = byValue.get(value);
      if (set === undefined) byValue.set(value, set = new Set());
      return set;
    });
  }

  /** Forgets values and fields that nobody watches any more. */
  #tidy({ condition }: Dependency): void {
    const watches = condition && this.#fields.get(condition.field.name);
    if (watches === undefined) return;
    for (const value of condition?.values ?? []) {
      if (watches.byValue.get(value)?.size === 0) watches.byValue.delete(value);
    }
    if (watches.byRange.size + watches.byValue.size === 0) {
      this.#fields.delete(watches.field.name);
    }
  }
}

/** Calls `note` with those who watch for a value of a field, or for an element of it. */
function visit({ byValue, byRange }: FieldWatches, value: unknown, note: (watch: Watch) => void) {
  if (byRange.size > 0) byRange.visit(value, note);
  if (byValue.size === 0) return;
  for (const entry of Array.isArray(value) ? entriesOf(value) : [value]) {
    byValue.get(entry)?.forEach(note);
  }
}

/** Whether two dependencies are found by the same values or the same range. */
export function isFoundAlike(a: Dependency, b: Dependency): boolean {
  const [left, right] = [a.condition, b.condition];
  if (a.state !== b.state || left?.field.name !== right?.field.name) return false;
  const own = [left?.range?.lower, left?.range?.upper, ...left?.values ?? []];
  const other = [right?.range?.lower, right?.range?.upper, ...right?.values ?? []];
  return left?.field.paths.length === 1 && !left.values === !right?.values &&
    own.length === other.length &&
    own.every((value, position) => compare(value, other[position]) === 0);
}
