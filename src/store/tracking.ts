import type { CollectionState } from "./collection-state.ts";
import type { Condition } from "./condition.ts";
import type { Document } from "./field.ts";

/** What the result of one read depends on. */
export interface Dependency {
  readonly state: CollectionState;
  /** The condition by which to find out quickly that a change does not matter; `undefined` if there is none. */
  readonly condition: Pick<Condition, "field" | "values" | "range" | "locate"> | undefined;
  /** Whether the result can change with a document that comes, goes or changes. */
  readonly touches: (document: Document) => boolean;
}

/** Receives the dependencies of what is read. */
export type Tracker = (dependency: Dependency) => void;

let current: Tracker | undefined;

/** Who wants to know what is read at the moment, if anyone. */
export function tracker(): Tracker | undefined {
  return current;
}

/** Runs work and tells `tracker` what it reads. */
export function track<Result>(tracker: Tracker, work: () => Result): Result {
  const outer = current;
  current = tracker;
  try {
    return work();
  } finally {
    current = outer;
  }
}
