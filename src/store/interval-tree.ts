import { compare } from "./scalar.ts";

/** An interval from `lower` to `upper`, unbounded on a side that is `undefined`. */
export interface Interval {
  readonly lower: unknown;
  readonly upper: unknown;
}

interface TreeNode<Item> {
  readonly item: Item;
  readonly lower: unknown;
  /** The highest upper end of the nodes below this one and its own; `undefined` is above all. */
  highest: unknown;
}

/**
 * Finds items by a value that may lie in their intervals, in an array sorted by lower ends: a balanced tree whose nodes
 * know the highest upper end below them.
 */
export class IntervalTree<Item> {
  readonly #intervalOf: (item: Item) => Interval;
  readonly #items = new Set<Item>();
  #nodes: TreeNode<Item>[] | undefined;

  constructor(intervalOf: (item: Item) => Interval) {
    this.#intervalOf = intervalOf;
  }

  get size(): number {
    return this.#items.size;
  }

  add(item: Item): void {
    this.#items.add(item);
    this.#nodes = undefined;
  }

  delete(item: Item): void {
    this.#items.delete(item);
    this.#nodes = undefined;
  }

  /** Calls `visitor` with the items whose interval may hold a value. */
  visit(value: unknown, visitor: (item: Item) => void): void {
    const nodes = this.#nodes ??= this.#build();
    const visitBetween = (from: number, to: number): void => {
      if (from >= to) return;
      const middle = (from + to) >> 1;
      const { item, lower, highest } = nodes[middle]!;
      if (highest !== undefined && compare(value, highest) > 0) return;
      visitBetween(from, middle);
      if (lower !== undefined && compare(value, lower) < 0) return;
      visitor(item);
      visitBetween(middle + 1, to);
    };
    visitBetween(0, nodes.length);
  }

  #build(): TreeNode<Item>[] {
    const nodes = [...this.#items].map((item): TreeNode<Item> => {
      const { lower, upper } = this.#intervalOf(item);
      return { item, lower, highest: upper };
    }).sort((a, b) => compare(a.lower, b.lower));

    function connect(from: number, to: number): unknown {
      const middle = (from + to) >> 1;
      const node = nodes[middle]!;
      for (const [start, end] of [[from, middle], [middle + 1, to]] as const) {
        if (start >= end) continue;
        const highest = connect(start, end);
        if (highest === undefined || node.highest === undefined) node.highest = undefined;
        else if (compare(highest, node.highest) > 0) node.highest = highest;
      }
      return node.highest;
    }

    if (nodes.length > 0) connect(0, nodes.length);
    return nodes;
  }
}
