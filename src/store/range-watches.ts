import { compare } from "./scalar.ts";
import type { Watch } from "./watchers.ts";

interface Node {
  readonly watch: Watch;
  readonly lower: unknown;
  readonly upper: unknown;
  /** The highest upper end of the nodes below this one and its own; `undefined` is above all. */
  highest: unknown;
}

/**
 * Watches of ranges of one field. Those that a value may lie in are found in an interval tree: an array sorted by lower
 * ends, seen as a balanced tree whose nodes know the highest upper end below them.
 */
export class RangeWatches {
  readonly #watches = new Set<Watch>();
  #nodes: Node[] | undefined;

  get size(): number {
    return this.#watches.size;
  }

  add(watch: Watch): void {
    this.#watches.add(watch);
    this.#nodes = undefined;
  }

  delete(watch: Watch): void {
    this.#watches.delete(watch);
    this.#nodes = undefined;
  }

  /** Calls `callback` with every watch. */
  forEach(callback: (watch: Watch) => void): void {
    this.#watches.forEach(callback);
  }

  /** Calls `visitor` with the watches whose range may hold a value. */
  visit(value: unknown, visitor: (watch: Watch) => void): void {
    const nodes = this.#nodes ??= this.#build();
    const visitBetween = (from: number, to: number): void => {
      if (from >= to) return;
      const middle = (from + to) >> 1;
      const { watch, lower, highest } = nodes[middle]!;
      if (highest !== undefined && compare(value, highest) > 0) return;
      visitBetween(from, middle);
      if (lower !== undefined && compare(value, lower) < 0) return;
      visitor(watch);
      visitBetween(middle + 1, to);
    };
    visitBetween(0, nodes.length);
  }

  #build(): Node[] {
    const nodes = [...this.#watches].map((watch): Node => {
      const { field, range } = watch.dependency.condition!;
      // Lists of different lengths have no order that a tree could be sorted by.
      const { lower, upper } = field.paths.length === 1 && range !== undefined ? range : {};
      return { watch, lower, upper, highest: upper };
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
