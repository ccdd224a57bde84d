import type { Row } from "./rows.ts";

/** What the loops of a contender add up, so that no result goes unused. */
export type Consumed = number | Promise<number>;

/**
 * A store with the rows of one size in it. Each method does one thing `times` times, with `input(i)` as the i-th
 * input; what a contender cannot do is missing.
 */
export interface Loaded {
  get(times: number, input: (i: number) => number): Consumed;
  equals?(times: number, input: (i: number) => string): Consumed;
  quarter?(times: number): Consumed;
  range?(times: number, input: (i: number) => number): Consumed;
  firstPage?(times: number): Consumed;
  twoIndexes?(times: number): Consumed;
  updatePlain(times: number, input: (i: number) => number): Consumed;
  updateIndexed(times: number, input: (i: number) => number): Consumed;
  insertAndDelete(times: number, input: (i: number) => Row): Consumed;
  transaction?(times: number): Consumed;
  rollback?(times: number): Consumed;
  /** Follows as many queries, none of which the writes of `updatePlain` touch; answers how to stop. */
  follow?(queries: number): (() => void) | Promise<() => void>;
}

/** Something to compare. */
export interface Contender {
  readonly name: string;
  load(rows: readonly Row[]): Loaded | Promise<Loaded>;
}
