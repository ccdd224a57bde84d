import type { Field } from "./field.ts";
import type { Step } from "./journal.ts";
import type { Notifier } from "./notifier.ts";
import { entriesOf } from "./multi-entry-index.ts";
import type { Document } from "./path.ts";
import type { Dependency } from "./tracking.ts";
import { ValueMap } from "./value-map.ts";

/** What is to be told that a change touches it. */
export interface Watcher {
  /** Notes that the result may have changed. */
  invalidate(): void;
  /** Works out the result again and tells whoever follows it. */
  refresh(notifier: Notifier): void;
}

interface Watch {
  readonly watcher: Watcher;
  readonly dependency: Dependency;
}

/** Those who watch one field, by the values or ranges that they look for. */
interface FieldWatches {
  readonly field: Field;
  readonly byValue: ValueMap<Set<Watch>>;
  readonly byRange: Set<Watch>;
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

  /** Adds a watcher, until the returned function is called. */
  add(watcher: Watcher, dependency: Dependency): () => void {
    const watch = { watcher, dependency };
    this.#size++;
    for (const set of this.#setsFor(dependency)) set.add(watch);
    return () => {
      this.#size--;
      for (const set of this.#setsFor(dependency)) set.delete(watch);
      this.#tidy(dependency);
    };
  }

  /** Adds to `found` every watcher whose result a change can touch. */
  collect({ before, after, cleared }: Step, found: Set<Watcher>): void {
    if (cleared !== undefined) {
      for (const watch of this.#all()) found.add(watch.watcher);
      return;
    }
    for (const document of [before, after]) {
      if (document === undefined) continue;
      for (const { field, byValue, byRange } of this.#fields.values()) {
        const value = field.read(document);
        for (const watch of byRange) {
          if (watch.dependency.condition!.locate!(value) === 0) note(watch, document, found);
        }
        if (byValue.size === 0) continue;
        for (const entry of entriesOf(value)) {
          for (const watch of byValue.get(entry) ?? []) note(watch, document, found);
        }
      }
      for (const watch of this.#others) note(watch, document, found);
    }
  }

  *#all(): Iterable<Watch> {
    yield* this.#others;
    for (const { byValue, byRange } of this.#fields.values()) {
      yield* byRange;
      for (const watches of byValue.values()) yield* watches;
    }
  }

  #setsFor({ condition }: Dependency): Set<Watch>[] {
    if (condition === undefined) return [this.#others];
    const { field, values, locate } = condition;
    const isScalar = field.paths.length === 1;
    if (locate === undefined && (values === undefined || !isScalar)) return [this.#others];
    let watches = this.#fields.get(field.name);
    if (watches === undefined) {
      watches = { field, byValue: new ValueMap(), byRange: new Set() };
      this.#fields.set(field.name, watches);
    }
    if (values === undefined || !isScalar) return [watches.byRange];
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

function note({ watcher, dependency }: Watch, document: Document, found: Set<Watcher>): void {
  if (!found.has(watcher) && dependency.touches(document)) found.add(watcher);
}
