import type { CollectionState } from "./collection-state.ts";
import type { Condition } from "./condition.ts";
import type { Document } from "./field.ts";
import type { Index } from "./index.ts";
import { type Locate, OrderedIndex } from "./ordered-index.ts";
import type { QuerySpec } from "./query-spec.ts";

/** One way to the documents of a query. */
export interface AccessPath {
  /** The index used; `undefined` when every document is looked at. */
  readonly index: string | undefined;
  /** How many documents it leads to. */
  readonly count: number;
  /** The conditions that all of these documents meet. */
  readonly meets: readonly Condition[];
  /** Whether `count` is exact; it is not when a document with several of the values is counted once for each. */
  readonly isExact: boolean;
  /** Whether they come in the order of the query. */
  readonly inOrder: boolean;
  /** Returns the slots from one rank up to another, or all of them at once from rank 0. */
  readonly find: (from: number, to: number) => readonly number[];
}

/** Compares two documents in the order of a query. */
export type CompareDocuments = (a: Document, b: Document) => number;

/** Lists the ways to the documents of a query; a scan is always one of them. */
export function accesses(
  state: CollectionState,
  spec: QuerySpec,
  compare: CompareDocuments,
): AccessPath[] {
  const { table } = state;
  const { conditions, order, reverse } = spec;
  const inOrder = !order;
  /** Reverses ascending slots, which are in the order of insertion, if the query asks for that. */
  const turned = (slots: number[]) => inOrder && reverse ? slots.reverse() : slots;
  const ways: AccessPath[] = [];
  for (const condition of conditions) {
    const { field: { name }, values, every } = condition;
    const index = values && lookUpIn(state, name);
    if (!index) continue;
    const wanted = every
      ? [values.reduce((a, b) => index.count(b) < index.count(a) ? b : a)]
      : values;
    ways.push({
      index: name,
      count: wanted.reduce((sum: number, value) => sum + index.count(value), 0),
      meets: every ? [] : [condition],
      isExact: values.length === 1,
      inOrder,
      find(from) {
        if (from > 0) return [];
        if (wanted.length === 1) return turned(index.find(wanted[0]));
        const found = new Set(wanted.flatMap((value) => index.find(value)));
        return turned([...found].sort((a, b) => a - b));
      },
    });
  }
  for (const index of table.indexes) {
    const way = index instanceof OrderedIndex && byRange(state, spec, { compare, index });
    if (way) ways.push(way);
  }
  // Last, because the first of equally cheap ways is taken.
  ways.push({
    index: undefined,
    count: table.size,
    meets: [],
    isExact: true,
    inOrder,
    find: (from, to) => table.slots(from, to, inOrder && reverse),
  });
  return ways;
}

/** Returns what finds documents by a value of a field: the primary key or an index, if one can. */
function lookUpIn(
  { table, definition: { primaryKey } }: CollectionState,
  field: string,
): Pick<Index, "find" | "count"> | undefined {
  if (field === primaryKey) {
    const find = (key: unknown) => {
      const slot = table.slotOf(key);
      return slot === undefined ? [] : [slot];
    };
    return { find, count: (key) => find(key).length };
  }
  const { indexes } = table;
  const exact = indexes.find(({ definition }) => definition.name === field);
  const compound = exact ?? indexes.find(({ definition }) => definition.paths[0] === field);
  if (exact || !compound) return exact;
  return {
    find: (value) => compound.find([value]),
    count: (value) => compound.count([value]),
  };
}

/** Returns the way through an ordered index, if it narrows the query down or has its order. */
function byRange(
  { table, definition: { primaryKey } }: CollectionState,
  { conditions, order, after, reverse }: QuerySpec,
  { compare, index }: { compare: CompareDocuments; index: OrderedIndex },
): AccessPath | undefined {
  const { paths, name } = index.definition;
  const { meets, locate, fixed } = rangeIn(conditions, index);
  const withoutKey = (list: readonly string[]) =>
    (list.at(-1) === primaryKey ? list.slice(0, -1) : list).join();
  // Paths that are held equal do not change the order, so the paths after them decide.
  const inOrder = order !== undefined &&
    [paths, paths.slice(fixed)].some((list) => withoutKey(list) === withoutKey(order));
  if (meets.length === 0 && !inOrder) return undefined;

  const cursor = inOrder ? after : undefined;
  /** Counts the documents before the range, or up to its end. */
  const rank = (isEnd: boolean) =>
    index.countWhile((value, slot) => {
      const side = locate(value);
      if (side !== 0) return side < 0;
      if (!cursor || !reverse === isEnd) return isEnd;
      const fromCursor = compare(table.peek(slot)!, cursor);
      return isEnd ? fromCursor < 0 : fromCursor <= 0;
    });
  const isWhole = meets.length === 0 && !cursor;
  const start = isWhole ? 0 : rank(false);
  const end = isWhole ? table.size : Math.max(start, rank(true));
  return {
    index: name,
    count: end - start,
    meets,
    isExact: true,
    inOrder,
    find: (from, to) =>
      reverse
        ? index.slice(Math.max(start, end - to), Math.max(start, end - from)).reverse()
        : index.slice(start + from, Math.min(end, start + to)),
  };
}

/** Returns the part of an ordered index that the conditions leave: equal leading fields, then one range. */
function rangeIn(
  conditions: readonly Condition[],
  { definition: { paths, name } }: OrderedIndex,
): { meets: readonly Condition[]; locate: Locate; fixed: number } {
  const located = conditions.filter(({ locate }) => locate);
  const whole = located.find(({ field }) => field.name === name);
  if (whole) {
    const fixed = whole.values ? [whole.values[0]].flat().length : 0;
    return { meets: [whole], locate: whole.locate!, fixed };
  }
  const meets: Condition[] = [];
  for (const path of paths) {
    const usable = located.filter(({ field }) => field.name === path);
    const condition = usable.find(({ values }) => values) ?? usable[0];
    if (condition) meets.push(condition);
    if (!condition?.values) break;
  }
  return {
    meets,
    fixed: meets.filter(({ values }) => values).length,
    locate(value) {
      let side = 0;
      meets.find(({ locate }, column) => side = locate!((value as readonly unknown[])[column]));
      return side;
    },
  };
}
