import type { Item } from "./items.ts";

/** The sum of what the loops of a contender found, so no result goes unused. */
export type Consumed = number | Promise<number>;

/**
 * A store with the items of one size in it. Each method does one thing `times` times, with `input(i)` as the i-th
 * input; methods that a contender does not support are missing.
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
  insertAndDelete(times: number, input: (i: number) => Item): Consumed;
  transaction?(times: number): Consumed;
  rollback?(times: number): Consumed;
  /** Follows this many queries, none touched by the writes of `updatePlain`. Returns what stops it. */
  follow?(queries: number): (() => void) | Promise<() => void>;
}

/** A store to compare. */
export interface Contender {
  readonly name: string;
  /** The most documents that it can be measured with in minutes; as many as there are if absent. */
  readonly most?: number;
  load(items: readonly Item[]): Loaded | Promise<Loaded>;
}
