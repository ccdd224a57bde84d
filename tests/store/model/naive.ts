/** The same promises as the store's, kept by an array and full scans. Nothing of the store is used here. */

export interface Item {
  id: unknown;
  status?: unknown;
  active?: boolean;
  n?: unknown;
  stats?: { level?: unknown } | null;
  at?: Date;
  tags?: unknown;
  code?: string | null;
  /** Indexed after `status` only. */
  rank?: unknown;
  /** In no index, so it holds anything. */
  note?: unknown;
}

/** Returns a value as text: two values are equal if their texts are. */
export function show(value: unknown): string {
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (Array.isArray(value)) return `[${value.map(show).join()}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.keys(value).sort().map((k) => `${k}:${show((value as never)[k])}`).join()}}`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  return `${typeof value}:${String(value)}`;
}

const typeOrder = [
  "undefined",
  "null",
  "boolean",
  "nan",
  "number",
  "bigint",
  "date",
  "string",
  "other",
];

function typeOf(value: unknown): number {
  const name = value === null
    ? "null"
    : value instanceof Date
    ? Number.isNaN(value.getTime()) ? "other" : "date"
    : Number.isNaN(value)
    ? "nan"
    : typeof value === "object"
    ? "other"
    : typeof value;
  return typeOrder.indexOf(name);
}

export function orderScalars(a: unknown, b: unknown): number {
  if (typeOf(a) !== typeOf(b)) return typeOf(a) - typeOf(b);
  if (typeOf(a) === 8 || show(a) === show(b)) return 0;
  return (a as number) < (b as number) ? -1 : 1;
}

function orderLists(a: readonly unknown[], b: readonly unknown[]): number {
  return a.map((value, i) => orderScalars(value, b[i])).find((sign) => sign !== 0) ?? 0;
}

/** Returns what a path leads to, or a list for paths joined by `+`. */
export function valueAt(item: Item, path: string): unknown {
  if (path.includes("+")) return path.split("+").map((part) => valueAt(item, part));
  return path.split(".").reduce<unknown>((value, name) => (value as never)?.[name], item);
}

function isScalar(value: unknown): boolean {
  return typeOf(value) !== 8 && !(value instanceof Date && Number.isNaN(value.getTime()));
}

function entries(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** One comparison: the operator and its operands. Paths joined by `+` are those of a compound index. */
export interface Comparison {
  path: string;
  operator: string;
  operands: unknown[];
}

/** Returns whether an item meets a comparison. */
export function meets(item: Item, { path, operator, operands }: Comparison): boolean {
  const value = valueAt(item, path);
  const isCompound = path.includes("+");
  const held = isCompound ? [show(value)] : entries(value).map(show);
  const [a, b] = operands;
  const comparable = typeOf(value) === typeOf(a);
  const order = isCompound ? orderLists as typeof orderScalars : orderScalars;
  switch (operator) {
    case "equals":
      return Array.isArray(a) && !isCompound
        ? Array.isArray(value) && show(held.sort()) === show(a.map(show).sort())
        : held.includes(show(a));
    case "anyOf":
      return operands.some((operand) => held.includes(show(operand)));
    case "allOf":
      return operands.every((operand) => held.includes(show(operand)));
    case "noneOf":
      return operands.every((operand) => !held.includes(show(operand)));
    case "above":
      return comparable && order(value, a) > 0;
    case "aboveOrEqual":
      return comparable && order(value, a) >= 0;
    case "below":
      return comparable && order(value, a) < 0;
    case "belowOrEqual":
      return comparable && order(value, a) <= 0;
    case "between":
      return comparable && order(value, a) >= 0 && order(value, b) <= 0;
    case "betweenOpen":
      return comparable && order(value, a) > 0 && order(value, b) < 0;
    case "startsWith":
      return typeof value === "string" && value.startsWith(a as string);
    default:
      throw new Error(operator);
  }
}

/** What items hold by path: a value, or one of a list. */
export type Criteria = Readonly<Record<string, unknown>>;

function meetsAll(item: Item, criteria: Criteria): boolean {
  return Object.entries(criteria).every(([path, wanted]) =>
    meets(item, { path, operator: "anyOf", operands: entries(wanted) })
  );
}

/** Everything a query may ask for. */
export interface Question {
  criteria: Criteria;
  comparisons: Comparison[];
  filtered: boolean;
  sortBy: string[] | undefined;
  reverse: boolean;
  offset: number;
  limit: number;
  after: unknown;
}

/** Filters items as questions do. */
export function isEvenlyNamed(item: Readonly<Item>): boolean {
  return show(item.n).length % 2 === 0;
}

/** Answers a question by a full scan. A cursor is an item, or the key of an item if nothing is sorted. */
export function answer(items: readonly Item[], question: Question): Item[] {
  const { criteria, comparisons, filtered, sortBy, reverse, offset, limit, after } = question;
  const range = comparisons.find(({ operator }) =>
    !["equals", "anyOf", "allOf"].includes(operator)
  );
  const paths = sortBy ?? (range ? range.path.split("+") : after === undefined ? undefined : []);
  const position = (item: Item) => [...paths!.map((path) => valueAt(item, path)), item.id];
  let found = items.filter((item) =>
    meetsAll(item, criteria) && comparisons.every((comparison) => meets(item, comparison))
  );
  if (filtered) found = found.filter(isEvenlyNamed);
  if (paths) found.sort((a, b) => orderLists(position(a), position(b)));
  if (reverse) found.reverse();
  if (after !== undefined) {
    const cursor = position(after as Item);
    found = found.filter((item) => orderLists(position(item), cursor) * (reverse ? -1 : 1) > 0);
  }
  return found.slice(offset, offset + limit);
}

/** A collection as an array of items in the order of insertion. A write that throws changes nothing. */
export class Naive {
  items: Item[] = [];

  /** Runs work, and rolls everything back if it throws. */
  attempt<R>(work: () => R): R {
    const items = this.items.slice();
    try {
      return work();
    } catch (error) {
      this.items = items;
      throw error;
    }
  }

  find(key: unknown): number {
    return this.items.findIndex(({ id }) => show(id) === show(key));
  }

  add(item: Item): unknown {
    if (this.find(item.id) >= 0) throw new Error("key taken");
    return this.put(item);
  }

  put(item: Item): unknown {
    const place = this.find(item.id);
    this.#check(item, place);
    if (place < 0) this.items.push(item);
    else this.items[place] = item;
    return item.id;
  }

  update(key: unknown, changes: Partial<Item>): unknown {
    const place = this.find(key);
    if (place < 0) return undefined;
    const item = { ...this.items[place]!, ...changes };
    const taken = this.find(item.id);
    if (taken >= 0 && taken !== place) throw new Error("key taken");
    this.#check(item, place);
    this.items[place] = item;
    return key;
  }

  delete(key: unknown): unknown {
    const place = this.find(key);
    if (place < 0) return undefined;
    this.items.splice(place, 1);
    return key;
  }

  #check(item: Item, place: number): void {
    const { id, status, active, n, stats, at, tags, code, rank } = item;
    const isKey = id instanceof Date
      ? !Number.isNaN(id.getTime())
      : ["string", "number", "boolean"].includes(typeof id) && !Number.isNaN(id);
    if (!isKey) throw new Error("no key");
    if (![status, active, n, stats?.level, at, code, rank, ...entries(tags)].every(isScalar)) {
      throw new Error("not indexable");
    }
    const rivals = this.items.filter((_, position) => position !== place);
    if (code != null && rivals.some((rival) => rival.code === code)) throw new Error("not unique");
  }
}
