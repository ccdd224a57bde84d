import type { Interest, Watchers } from "./watchers.ts";

/** A collection that live queries can follow. */
export interface Followable {
  /** Grows with every change, and when one is undone. */
  readonly changeCount: number;
  readonly journal: {
    /** Whether what is read now may still be undone. */
    readonly open: boolean;
  };
  /** The live queries that follow the collection; `undefined` until there is one. */
  watchers: Watchers | undefined;
}

/** What the result of one read depends on: some documents of one collection. */
export interface Dependency extends Interest {
  readonly collection: Followable;
}

/** Receives the dependencies of what is read. */
export type Tracker = (dependency: Dependency) => void;

let current: Tracker | undefined;

/** Returns the tracker that hears of what is read now, if there is one. */
export function tracker(): Tracker | undefined {
  return current;
}

/** Runs work, and reports what it reads to `tracker`. */
export function track<Result>(tracker: Tracker, work: () => Result): Result {
  const outer = current;
  current = tracker;
  try {
    return work();
  } finally {
    current = outer;
  }
}
