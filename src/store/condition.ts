import { describe } from "../shared/describe.ts";
import { copyIn } from "./copy.ts";
import { cannotQuery } from "./errors.ts";
import type { Document, Field } from "./field.ts";
import { emptyArray } from "./hash-index.ts";
import type { Interval } from "./interval-tree.ts";
import type { Locate } from "./ordered-index.ts";
import { compare, compareLists, isScalar, typeRank } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/** A field as a query compares it. */
export interface ComparedField extends Field {
  readonly collection: string;
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

/** One thing that a query asks of a document, and how an index may find the documents that meet it. */
export interface Condition {
  readonly field: Field;
  readonly matches: (document: Document) => boolean;
  /** Values that an index can look up: a matching document has one of them, or all if `every` is set. */
  readonly values?: readonly unknown[];
  readonly every?: boolean;
  /** The interval in which the matching documents lie. */
  readonly range?: Interval;
  /** Where the matching documents lie in the order of the field. */
  readonly locate?: Locate;
}

/** Matches documents whose field is a value, or holds it; an array means exactly its elements, in any order. */
export function equals(field: ComparedField, value: unknown): Condition {
  if (!field.isMultiEntry || !Array.isArray(value)) return anyOf(field, [value]);
  const all = allOf(field, value);
  const sorted = (all.values ?? []).toSorted(compare);
  const matches = (document: Document) => {
    const own = field.read(document);
    return Array.isArray(own) && own.length === sorted.length &&
      compareLists(own.toSorted(compare), sorted) === 0;
  };
  return { ...all, values: all.values ?? [emptyArray], every: true, matches };
}

/** Matches documents whose field is one of the values, or holds one. */
export function anyOf(field: ComparedField, operands: readonly unknown[]): Condition {
  assertOperands(field, operands);
  // The caller may later change a list or a Date that it passed.
  const values = copyIn(operands);
  const { read, compare, isMultiEntry } = field;
  const isWanted = isOneOf(field, values);
  return {
    field,
    values,
    matches: isMultiEntry
      ? (document) => {
        const own = read(document);
        return Array.isArray(own) ? own.some(isWanted) : isWanted(own);
      }
      : (document) => isWanted(read(document)),
    ...values.length === 1 && !isMultiEntry && {
      locate: (own: unknown) => compare(own, values[0]),
    },
  };
}

/** Matches documents whose field holds all of the values. */
export function allOf(field: ComparedField, values: readonly unknown[]): Condition {
  const conditions = values.map((value) => anyOf(field, [value]));
  const matches = (document: Document) => conditions.every(({ matches }) => matches(document));
  return { field, matches, ...values.length > 0 && { values: copyIn(values), every: true } };
}

/** Matches documents whose field is none of the values, and holds none. */
export function noneOf(field: ComparedField, values: readonly unknown[]): Condition {
  const { matches } = anyOf(field, values);
  return { field, matches: (document) => !matches(document) };
}

/** Matches documents whose field lies in a range. Values of another type lie outside. */
export function within(field: ComparedField, ends: Interval & RangeOptions): Condition {
  const range = copyIn(ends);
  const { lower, upper, lowerOpen, upperOpen } = range;
  const hasLower = "lower" in range;
  const hasUpper = "upper" in range;
  const rank = typeRank(hasLower ? lower : upper);
  assertOperands(field, [hasLower ? lower : upper, hasUpper ? upper : lower]);
  if (hasLower && hasUpper && typeRank(upper) !== rank) {
    throw cannotQuery(
      field,
      "the ends of the range differ in type; pass values of one type",
    );
  }
  const locate: Locate = (own) => {
    const side = typeRank(own) - rank;
    if (side !== 0) return side;
    if (hasLower) {
      const fromLower = field.compare(own, lower);
      if (fromLower < 0 || (lowerOpen && fromLower === 0)) return -1;
    }
    if (hasUpper) {
      const fromUpper = field.compare(own, upper);
      if (fromUpper > 0 || (upperOpen && fromUpper === 0)) return 1;
    }
    return 0;
  };
  return { field, range, locate, matches: (document) => locate(field.read(document)) === 0 };
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
  if (!Array.isArray(operands)) {
    throw cannotQuery(field, `${describe(operands)} is not a list; pass one`);
  }
  const isList = field.paths.length > 1;
  for (const operand of operands) {
    const values = isList ? operand : [operand];
    if (Array.isArray(values) && values.length > 0 && values.every(isScalar)) continue;
    throw cannotQuery(
      field,
      `its index cannot hold ${describe(operand)}; pass a ${isList ? "list of scalars" : "scalar"}`,
    );
  }
}
