import type { Field } from "./field.ts";
import { EMPTY, entriesOf } from "./multi-entry-index.ts";
import type { Locate } from "./ordered-index.ts";
import type { Document } from "./path.ts";
import { compare, describe, isScalar, typeRank } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/** The ends of a range, as far as it has them. */
export interface Range {
  readonly lower?: unknown;
  readonly upper?: unknown;
}

/** One thing that a query asks of a document, and how an index may find what meets it. */
export interface Condition {
  readonly field: Field;
  readonly matches: (document: Document) => boolean;
  /** Values that an index can look up: a document that matches has one of them, or `every` one. */
  readonly values?: readonly unknown[];
  readonly every?: boolean;
  readonly range?: Range;
  /** Where the matching documents lie in the order of the field. */
  readonly locate?: Locate;
}

/** The field is a value, or holds it; an array stands for exactly these elements, in any order. */
export function equals(field: Field, value: unknown): Condition {
  if (field.isMultiEntry && Array.isArray(value)) return exactly(field, value);
  return anyOf(field, [value]);
}

/** The field is one of the values, or holds one of them. */
export function anyOf(field: Field, values: readonly unknown[]): Condition {
  assertOperands(field, values);
  const { read } = field;
  const [value] = values;
  if (values.length === 1 && !field.isMultiEntry) {
    const locate: Locate = (own) => field.compare(own, value);
    // Most values are equal just when they are identical, which is several times faster to see.
    const matches = typeof value === "object" || Number.isNaN(value)
      ? (document: Document) => locate(read(document)) === 0
      : (document: Document) => read(document) === value;
    return { field, values, locate, matches };
  }
  if (field.paths.length > 1) {
    const matches = (document: Document) =>
      values.some((wanted) => field.compare(read(document), wanted) === 0);
    return { field, values, matches };
  }
  const wanted = setOf(values);
  const matches = (document: Document) =>
    entriesOf(read(document)).some((entry) => wanted.has(entry));
  return { field, values, matches };
}

/** The field holds all of the values. */
export function allOf(field: Field, values: readonly unknown[]): Condition {
  assertOperands(field, values);
  const matches = (document: Document) => {
    const own = setOf(entriesOf(field.read(document)));
    return values.every((value) => own.has(value));
  };
  return values.length === 0 ? { field, matches } : { field, values, every: true, matches };
}

/** The field is none of the values, and holds none of them. */
export function noneOf(field: Field, values: readonly unknown[]): Condition {
  const { matches } = anyOf(field, values);
  return { field, matches: (document) => !matches(document) };
}

/** The field lies in a range: `side` says on which side of it a value of the type of its ends lies. */
export function within(
  field: Field,
  range: Range,
  side: (own: unknown) => number,
): Condition {
  const operand = "lower" in range ? range.lower : range.upper;
  assertOperands(field, [operand]);
  const rank = typeRank(operand);
  const type = typeof operand;
  const isPlain = type !== "object" && operand === operand;
  // Values of another type are neither above nor below: they come before or after the whole range.
  const locate: Locate = (own) =>
    isPlain && typeof own === type && own === own ? side(own) : typeRank(own) - rank || side(own);
  return { field, range, locate, matches: (document) => locate(field.read(document)) === 0 };
}

function exactly(field: Field, values: readonly unknown[]): Condition {
  assertOperands(field, values);
  const sorted = [...values].sort(compare);
  const matches = (document: Document) => {
    const own = field.read(document);
    return Array.isArray(own) && own.length === sorted.length &&
      [...own].sort(compare).every((value, position) => compare(value, sorted[position]) === 0);
  };
  return { field, values: values.length === 0 ? [EMPTY] : values, every: true, matches };
}

function setOf(values: readonly unknown[]): ValueMap<true> {
  const set = new ValueMap<true>();
  for (const value of values) set.set(value, true);
  return set;
}

function assertOperands(field: Field, operands: readonly unknown[]): void {
  for (const operand of operands) {
    const values = field.paths.length === 1 ? [operand] : operand;
    if (Array.isArray(values) && values.length > 0 && values.every(isScalar)) continue;
    throw new TypeError(
      `Cannot query ${field.collection} by "${field.name}": ${
        describe(operand)
      } cannot be in its index; ${
        field.paths.length === 1 ? "compare with a scalar" : "compare with a list of scalars"
      }`,
    );
  }
}
