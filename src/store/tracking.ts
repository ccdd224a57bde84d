import type { Interest, Watchers } from "./watchers.ts";

/** A collection as the readers of its documents see it. */
export interface Source {
  /** Grows with every change, taken back or not. */
  readonly version: number;
  readonly journal: {
    /** Whether what is read now may still be taken back. */
    readonly open: boolean;
  };
  /** The live queries that read the collection, once there was one. */
  watchers: Watchers | undefined;
}

/** What the result of one read depends on: some documents of one collection. */
export interface Dependency extends Interest {
  readonly source: Source;
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
