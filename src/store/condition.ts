import { describe } from "../shared/describe.ts";
import { copyIn } from "./copy.ts";
import { assertKind, cannotQuery, queryBy } from "./errors.ts";
import type { Document, Field } from "./field.ts";
import { emptyArray } from "./hash-index.ts";
import type { Interval } from "./interval-tree.ts";
import type { Locate } from "./ordered-index.ts";
import { compare, compareLists, isScalar, typeRank } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/** A field as a query compares it. */
export interface ComparedField extends Field {
  readonly collection: string;
  /** Whether documents may have arrays in it, whose elements are compared. */
  readonly isMultiEntry: boolean;
  readonly isOrdered: boolean;
}

/** Options of a range, to which both ends belong by default. */
export interface RangeOptions {
  /** Leaves out documents at the lower end. */
  readonly lowerOpen?: boolean;
  /** Leaves out documents at the upper end. */
  readonly upperOpen?: boolean;
}

/** One end of a range: -1 if it is the lower one, 1 if the upper; its value; whether documents with that are left out. */
export type RangeEnd = readonly [side: -1 | 1, value: unknown, isOpen: boolean];

/** One thing that a query asks of a document, and how an index may find the documents that meet it. */
export interface Condition {
  readonly field: Field;
  readonly matches: (document: Document) => boolean;
  /** Values that an index can look up: a matching document has one of them, or all if `every` is set. */
  readonly values: readonly unknown[] | undefined;
  readonly every: boolean;
  /** The interval in which the matching documents lie. */
  readonly range: Interval | undefined;
  /** Where the matching documents lie in the order of the field. */
  readonly locate: Locate | undefined;
}

/** What a condition may be without, and must not inherit from what a library adds to every object. */
const unaided = { values: undefined, every: false, range: undefined, locate: undefined };

/** Matches documents whose field is a value, or holds it; an array means exactly its elements, in any order. */
export function equals(field: ComparedField, value: unknown): Condition {
  if (!field.isMultiEntry || !Array.isArray(value)) return anyOf(field, [value]);
  assertOperands(field, value);
  const values = copyIn(value).sort(compare);
  return {
    ...unaided,
    field,
    values: values.length > 0 ? values : [emptyArray],
    every: true,
    matches(document) {
      const own = field.read(document);
      return Array.isArray(own) && own.length === values.length &&
        compareLists(own.toSorted(compare), values) === 0;
    },
  };
}

/** Matches documents whose field is one of the values, or holds one. */
export function anyOf(field: ComparedField, operands: readonly unknown[]): Condition {
  assertOperands(field, operands);
  // The caller may later change a list or a Date that it passed.
  const values = copyIn(operands);
  const { read, compare, isMultiEntry } = field;
  const isWanted = isOneOf(field, values);
  return {
    ...unaided,
    field,
    values,
    matches(document) {
      const own = read(document);
      return isMultiEntry && Array.isArray(own) ? own.some(isWanted) : isWanted(own);
    },
    locate: values.length === 1 && !isMultiEntry ? (own) => compare(own, values[0]) : undefined,
  };
}

/** Matches documents whose field holds all of the values. */
export function allOf(field: ComparedField, values: readonly unknown[]): Condition {
  assertOperands(field, values);
  const conditions = values.map((value) => anyOf(field, [value]));
  const matches = (document: Document) => conditions.every(({ matches }) => matches(document));
  return {
    ...unaided,
    field,
    matches,
    values: values.length > 0 ? copyIn(values) : undefined,
    every: true,
  };
}

/** Matches documents whose field is none of the values, and holds none. */
export function noneOf(field: ComparedField, values: readonly unknown[]): Condition {
  const { matches } = anyOf(field, values);
  return { ...unaided, field, matches: (document) => !matches(document) };
}

/** Matches documents whose field lies in a range of one or two ends. Values of another type lie outside. */
export function within(field: ComparedField, range: readonly RangeEnd[]): Condition {
  const values = copyIn(range.map((end) => end[1]));
  const [rank, ...ranks] = values.map(typeRank);
  assertOperands(field, values);
  if (ranks.some((other) => other !== rank)) {
    throw cannotQuery(field, "the ends differ in type; pass one type");
  }
  const locate: Locate = (own) => {
    const distance = typeRank(own) - rank!;
    if (distance !== 0) return distance;
    for (let position = 0; position < values.length; position++) {
      const end = range[position]!;
      const beyond = field.compare(own, values[position]) * end[0];
      if (beyond > 0 || (end[2] && beyond === 0)) return end[0];
    }
    return 0;
  };
  const endOn = (side: number) => values[range.findIndex((end) => end[0] === side)];
  return {
    ...unaided,
    field,
    range: { lower: endOn(-1), upper: endOn(1) },
    locate,
    matches: (document) => locate(field.read(document)) === 0,
  };
}

/** Matches documents whose field is a string that starts with a prefix. These strings follow each other. */
export function startsWith(field: ComparedField, prefix: string): Condition {
  assertKind("string", queryBy(field), prefix);
  const from = within(field, [[-1, prefix, false]]);
  const locate: Locate = (own) => from.locate!(own) || ((own as string).startsWith(prefix) ? 0 : 1);
  return { ...from, locate, matches: (document) => locate(field.read(document)) === 0 };
}

function isOneOf(
  { compare, paths }: Field,
  values: readonly unknown[],
): (own: unknown) => boolean {
  if (values.length < 8 || paths.length > 1) {
    return (own) => values.some((value) => compare(own, value) === 0);
  }
  const wanted = new ValueMap<true>();
  for (const value of values) wanted.set(value, true);
  return (own) => wanted.get(own) === true;
}

function assertOperands(field: ComparedField, operands: readonly unknown[]): void {
  if (!Array.isArray(operands)) assertKind("list", queryBy(field), operands);
  const isList = field.paths.length > 1;
  for (const operand of operands) {
    const values = isList ? operand : [operand];
    if (Array.isArray(values) && values.length > 0 && values.every(isScalar)) continue;
    throw cannotQuery(
      field,
      `an index cannot hold ${describe(operand)}; pass a ${isList ? "list of scalars" : "scalar"}`,
    );
  }
}
