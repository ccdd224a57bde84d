import type { CollectionState } from "./collection-state.ts";
import type { Condition } from "./condition.ts";
import type { Index } from "./index.ts";
import { type Locate, OrderedIndex } from "./ordered-index.ts";
import type { Order } from "./order.ts";
import type { QuerySpec } from "./query-spec.ts";

/** One way to the documents of a query. */
export interface Access {
  /** The index that is used; `undefined` where every document is looked at. */
  readonly index: string | undefined;
  /** How many documents it leads to. */
  readonly count: number;
  /** The conditions that all of these documents meet. */
  readonly meets: readonly Condition[];
  /** Whether `count` is exact: it is not where documents with several of the values are counted for each. */
  readonly isExact: boolean;
  /** Whether they come in the order of the query. */
  readonly inOrder: boolean;
  /** A part of the slots, in this order; backwards where the query is reversed and they come in its order. */
  readonly slice: (from: number, to: number) => readonly number[];
}

/** The ways that lead to the documents of a query, of which a scan is always one. */
export function accesses(state: CollectionState, spec: QuerySpec, order: Order): Access[] {
  const ways = [scan(state, spec)];
  for (const condition of spec.conditions) {
    const lookUp = condition.values && lookUpIn(state, condition);
    if (lookUp !== undefined) ways.push(byValues(spec, condition, lookUp));
  }
  for (const index of state.table.indexes) {
    if (index instanceof OrderedIndex) {
      const way = byRange(state, spec, order, index);
      if (way !== undefined) ways.push(way);
    }
  }
  return ways;
}

function scan({ table }: CollectionState, spec: QuerySpec): Access {
  return {
    index: undefined,
    count: table.size,
    meets: [],
    isExact: true,
    ...ofSlots(spec, () => table.slots()),
  };
}

function byValues(
  spec: QuerySpec,
  condition: Condition,
  lookUp: Pick<Index, "find" | "count">,
): Access {
  const { field, values = [], every = false } = condition;
  const counts = values.map((value) => lookUp.count(value));
  const fewest = counts.reduce((least, count) => Math.min(least, count), Infinity);
  const wanted = every ? [values[counts.indexOf(fewest)]] : values;
  return {
    index: field.name,
    count: every ? fewest : counts.reduce((sum, count) => sum + count, 0),
    meets: every ? [] : [condition],
    isExact: values.length === 1,
    ...ofSlots(
      spec,
      () =>
        wanted.length === 1
          ? lookUp.find(wanted[0])
          : [...new Set(wanted.flatMap((value) => lookUp.find(value)))].sort((a, b) => a - b),
    ),
  };
}

/** The part of an access that has ascending slots, which is the order of insertion. */
function ofSlots(
  { order, reverse }: QuerySpec,
  find: () => readonly number[],
): Pick<Access, "inOrder" | "slice"> {
  const inOrder = order === undefined;
  let slots: readonly number[] | undefined;
  return {
    inOrder,
    slice(from, to) {
      slots ??= reverse && inOrder ? find().toReversed() : find();
      return from === 0 && to >= slots.length ? slots : slots.slice(from, to);
    },
  };
}

/** What finds documents by the values of a condition, where the primary key or an index can. */
function lookUpIn(
  { table }: CollectionState,
  { field }: Condition,
): Pick<Index, "find" | "count"> | undefined {
  const { name, paths, isPrimaryKey } = field;
  if (isPrimaryKey) {
    const find = (key: unknown) => {
      const slot = table.slotOf(key);
      return slot === undefined ? [] : [slot];
    };
    return { find, count: (key) => find(key).length };
  }
  const exact = table.indexes.find(({ definition }) => definition.name === name);
  if (exact !== undefined) return exact;
  const compound = table.indexes.find(({ definition }) => definition.paths[0] === paths[0]);
  return compound && {
    find: (value) => compound.find([value]),
    count: (value) => compound.count([value]),
  };
}

function byRange(
  { table, definition }: CollectionState,
  spec: QuerySpec,
  order: Order,
  index: OrderedIndex,
): Access | undefined {
  const { paths, name } = index.definition;
  const { meets, locate, fixed } = rangeIn(spec.conditions, index);
  const withoutKey = (list: readonly string[]) =>
    (list.at(-1) === definition.primaryKey ? list.slice(0, -1) : list).join();
  // What is held equal does not change the order, so the paths behind it decide.
  const inOrder = spec.order !== undefined &&
    [paths, paths.slice(fixed)].some((list) => withoutKey(list) === withoutKey(spec.order!));
  if (meets.length === 0 && !inOrder) return undefined;

  const { after, reverse } = spec;
  const cursor = inOrder ? after : undefined;
  const isBounded = meets.length > 0 || cursor !== undefined;
  /** How many documents come before the range, or up to its end. */
  const rank = (isEnd: boolean) =>
    index.countWhile((value, slot) => {
      const side = locate(value);
      if (side !== 0) return side < 0;
      if (cursor === undefined || reverse !== isEnd) return isEnd;
      const fromCursor = order.compare(table.peek(slot)!, cursor);
      return isEnd ? fromCursor < 0 : fromCursor <= 0;
    });
  const start = isBounded ? rank(false) : 0;
  const end = isBounded ? Math.max(start, rank(true)) : index.size;
  return {
    index: name,
    count: end - start,
    meets,
    isExact: true,
    inOrder,
    slice: (from, to) =>
      reverse
        ? index.slice(Math.max(start, end - to), Math.max(start, end - from)).reverse()
        : index.slice(Math.min(end, start + from), Math.min(end, start + to)),
  };
}

/** Which part of an ordered index the conditions leave: equal leading fields, then one range. */
function rangeIn(
  conditions: readonly Condition[],
  { definition: { paths, name } }: OrderedIndex,
): { meets: readonly Condition[]; locate: Locate; fixed: number } {
  const meets: Condition[] = [];
  const whole = conditions.find(({ field, locate }) => field.name === name && locate !== undefined);
  if (whole !== undefined) {
    const [value] = whole.values ?? [];
    const fixed = whole.values === undefined ? 0 : Array.isArray(value) ? value.length : 1;
    return { meets: [whole], locate: whole.locate!, fixed };
  }
  for (const path of paths) {
    const usable = conditions.filter(({ field, locate }) => field.name === path && locate);
    const condition = usable.find(({ values }) => values !== undefined) ?? usable[0];
    if (condition === undefined) break;
    meets.push(condition);
    if (condition.values === undefined) break;
  }
  const locates = meets.map(({ locate }) => locate!);
  return {
    meets,
    fixed: meets.filter(({ values }) => values !== undefined).length,
    locate(value) {
      for (let column = 0; column < locates.length; column++) {
        const side = locates[column]!((value as readonly unknown[])[column]);
        if (side !== 0) return side;
      }
      return 0;
    },
  };
}
