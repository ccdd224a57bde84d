import { longestIncreasing } from "../../shared/longest-increasing.ts";
import { FenwickTree } from "./fenwick-tree.ts";

/** An item that comes to its place, from another place or from outside the list. */
export interface Placement {
  /** Where it is when its turn comes, or `undefined` if it is new. */
  readonly from: number | undefined;
  /** Where it goes, once it was taken from where it is. */
  readonly to: number;
  /** Its index in the list after. */
  readonly after: number;
}

/** How a list becomes another one: removals, then placements, in their order. */
export interface ListEdit {
  /** How many items are removed, added and moved. */
  readonly count: number;
  /** The indexes, in the list after, of items that others become in their place. */
  readonly paired: readonly number[];
  /** The index that each item of the list after had in the list before, or -1 if it is new. */
  readonly origins: readonly number[];
  /** Returns the indexes to remove, from the end. */
  removals(): number[];
  /** Returns the placements, from left to right; each has the indexes of its turn. */
  placements(): Placement[];
}

/**
 * Returns how a list becomes another, given what each item is told by, in O(n log n). Items that are told by the same
 * are matched, the first with the first. Those on a longest increasing subsequence stay, so the others are the fewest
 * that can move. Of what has no match, items between the same two that stay are paired: they become each other.
 */
export function editList(before: readonly unknown[], after: readonly unknown[]): ListEdit {
  const origins = match(before, after);
  const left = new Uint8Array(before.length).fill(1);
  for (const origin of origins) if (origin >= 0) left[origin] = 0;
  const staying = longestIncreasing(origins);
  const matched = origins.reduce((count, origin) => origin < 0 ? count : count + 1, 0);
  const moved = matched - staying.size;
  const paired = pairUp(origins, left, staying);
  const kept = matched + paired.length;
  return {
    count: before.length - kept + after.length - kept + moved,
    paired,
    origins,
    removals: () => removalsOf(left),
    placements: () => placementsOf(origins, left, staying),
  };
}

/** Returns the index before of each item after, or -1. */
function match(before: readonly unknown[], after: readonly unknown[]): number[] {
  const first = new Map<unknown, number>();
  // From each item to the next that is told by the same.
  const next = new Int32Array(before.length);
  for (let index = before.length - 1; index >= 0; index--) {
    next[index] = first.get(before[index]) ?? -1;
    first.set(before[index], index);
  }
  return after.map((token) => {
    const index = first.get(token) ?? -1;
    if (index >= 0) first.set(token, next[index]!);
    return index;
  });
}

/** Pairs what is left between two items that stay, marks it as staying, and returns the indexes after. */
function pairUp(origins: number[], left: Uint8Array, staying: Set<number>): number[] {
  const anchors = [...staying].sort((a, b) => a - b);
  const paired: number[] = [];
  let [index, afterIndex] = [0, 0];
  for (const anchor of [...anchors, origins.length]) {
    const end = anchor < origins.length ? origins[anchor]! : left.length;
    for (; afterIndex < anchor; afterIndex++) {
      if (origins[afterIndex]! >= 0) continue;
      while (index < end && left[index] === 0) index++;
      if (index >= end) continue;
      left[index] = 0;
      origins[afterIndex] = index;
      staying.add(afterIndex);
      paired.push(afterIndex);
    }
    index = end + 1;
    afterIndex = anchor + 1;
  }
  return paired;
}

function removalsOf(left: Uint8Array): number[] {
  const indexes: number[] = [];
  for (let index = left.length - 1; index >= 0; index--) if (left[index] === 1) indexes.push(index);
  return indexes;
}

/**
 * Each item has a slot, its index before, and slot 0 stands before the first. What is placed joins the slot of the item
 * that it follows and that stays, so the items in a slot and all before it say where the next one goes.
 */
function placementsOf(
  origins: readonly number[],
  left: Uint8Array,
  staying: ReadonlySet<number>,
): Placement[] {
  const counts = new Int32Array(left.length + 1);
  for (let index = 0; index < left.length; index++) counts[index + 1] = 1 - left[index]!;
  const slots = new FenwickTree(counts);
  const placements: Placement[] = [];
  let current = 0;
  for (const [after, origin] of origins.entries()) {
    const slot = origin + 1;
    if (staying.has(after)) {
      current = slot;
      continue;
    }
    let from: number | undefined;
    if (origin >= 0) {
      from = slots.sumTo(slot - 1);
      slots.add(slot, -1);
    }
    placements.push({ from, to: slots.sumTo(current), after });
    slots.add(current, 1);
  }
  return placements;
}
