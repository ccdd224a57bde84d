import type { Condition } from "./condition.ts";
import type { Document, Field } from "./field.ts";
import { elementsOf } from "./hash-index.ts";
import { type Interval, IntervalTree } from "./interval-tree.ts";
import type { Notifier } from "./notifier.ts";
import { compare } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/** The documents that a result depends on. */
export interface Interest {
  /** A condition that all of them meet, which rules most changes out quickly; `undefined` if there is none. */
  readonly condition: Pick<Condition, "field" | "values" | "range" | "locate"> | undefined;
  /** Whether the result can change with a document that comes, goes or changes. */
  readonly touches: (document: Document) => boolean;
}

/** Something with a result that changes can touch, such as a live query. */
export interface Watcher {
  /** Notes that the result may have changed. */
  invalidate(): void;
  /** Computes the result again, and passes it on if it has changed. */
  refresh(notifier: Notifier): void;
}

/** A watcher's interest in the documents of one collection. */
export interface Watch {
  readonly watchers: Watchers;
  readonly watcher: Watcher;
  interest: Interest;
}

/** What a write made of one document, or of all of them if the collection was `cleared`. */
interface Written {
  readonly before: Document | undefined;
  readonly after: Document | undefined;
  readonly cleared?: unknown;
}

/** A set of watches. */
interface WatchSet {
  add(watch: Watch): unknown;
  delete(watch: Watch): unknown;
}

/** The watches of one field, by the values or the ranges that they look for. */
interface FieldWatches {
  readonly field: Field;
  readonly byValue: ValueMap<Set<Watch>>;
  readonly byRange: IntervalTree<Watch>;
}

/**
 * Finds the watchers whose results a change can touch. It looks up the values of the changed document, so the watchers
 * of other values cost nothing.
 */
export class Watchers {
  readonly #fields = new Map<string, FieldWatches>();
  readonly #others = new Set<Watch>();
  readonly #all = new Set<Watch>();

  get size(): number {
    return this.#all.size;
  }

  add(watcher: Watcher, interest: Interest): Watch {
    const watch = { watchers: this, watcher, interest };
    this.#all.add(watch);
    for (const set of this.#setsFor(interest)) set.add(watch);
    return watch;
  }

  delete(watch: Watch): void {
    this.#all.delete(watch);
    for (const set of this.#setsFor(watch.interest)) set.delete(watch);
    this.#tidy(watch.interest);
  }

  /** Adds to `found` every watcher whose result a change can touch. */
  collect({ before, after, cleared }: Written, found: Set<Watcher>): void {
    if (cleared) {
      for (const { watcher } of this.#all) found.add(watcher);
      return;
    }
    const note = ({ watcher, interest }: Watch) => {
      if (found.has(watcher)) return;
      if ((before && interest.touches(before)) || (after && interest.touches(after))) {
        found.add(watcher);
      }
    };
    for (const watches of this.#fields.values()) {
      const { read } = watches.field;
      const old = before && read(before);
      const value = after && read(after);
      // Most updates leave the field as it was, so one look is enough.
      if (before) visit(watches, old, note);
      if (after && (!before || old !== value)) visit(watches, value, note);
    }
    for (const watch of this.#others) note(watch);
  }

  #setsFor({ condition }: Interest): WatchSet[] {
    if (!condition) return [this.#others];
    const { field, values, locate } = condition;
    const isLookedUp = values !== undefined && field.paths.length === 1;
    if (!isLookedUp && locate === undefined) return [this.#others];
    let watches = this.#fields.get(field.name);
    if (!watches) {
      watches = { field, byValue: new ValueMap(), byRange: new IntervalTree(intervalOf) };
      this.#fields.set(field.name, watches);
    }
    if (!isLookedUp) return [watches.byRange];
    const { byValue } = watches;
    return values.map((value) => {
      let set = byValue.get(value);
      if (!set) byValue.set(value, set = new Set());
      return set;
    });
  }

  /** Forgets values and fields that nobody watches any more. */
  #tidy({ condition }: Interest): void {
    const watches = condition && this.#fields.get(condition.field.name);
    if (!watches) return;
    for (const value of condition?.values ?? []) {
      if (watches.byValue.get(value)?.size === 0) watches.byValue.delete(value);
    }
    if (watches.byRange.size + watches.byValue.size === 0) {
      this.#fields.delete(watches.field.name);
    }
  }
}

/** Calls `note` with the watches for a value of a field, or for an element of it. */
function visit({ byValue, byRange }: FieldWatches, value: unknown, note: (watch: Watch) => void) {
  if (byRange.size > 0) byRange.visit(value, note);
  if (byValue.size === 0) return;
  for (const element of elementsOf(value)) {
    byValue.get(element)?.forEach(note);
  }
}

const unbounded: Interval = { lower: undefined, upper: undefined };

/** The interval of a field in which the documents of a watch lie. */
function intervalOf({ interest: { condition } }: Watch): Interval {
  // Lists of different lengths have no order that a tree could be sorted by.
  return condition?.field.paths.length === 1 && condition.range || unbounded;
}

/** Whether two interests are found by the same values or the same range. */
export function isFoundAlike(a: Interest, b: Interest): boolean {
  const [left, right] = [a.condition, b.condition];
  if (left?.field.name !== right?.field.name) return false;
  const [own, other] = [left, right].map((condition) => {
    return [condition?.range?.lower, condition?.range?.upper, ...condition?.values ?? []];
  });
  return left?.field.paths.length === 1 && !left.values === !right?.values &&
    own!.length === other!.length &&
    own!.every((value, position) => compare(value, other![position]) === 0);
}
