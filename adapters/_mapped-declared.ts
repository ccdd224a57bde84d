/**
 * Tables as somebody has declared them, and what their columns take and give back. See
 * https://sqlite.org/datatype3.html#determination_of_column_affinity and https://sqlite.org/stricttables.html
 *
 * @module
 */
import type { ColumnKind } from "./_mapped-schema.ts";

/** A table as somebody has declared it. */
export interface DeclaredTable {
  /** Whether its columns refuse what is not of their types. */
  readonly isStrict: boolean;
  /** Its columns by their folded names. */
  readonly columns: ReadonlyMap<string, DeclaredColumn>;
}

/** A column as somebody has declared it. */
export interface DeclaredColumn {
  readonly type: string;
  /** Whether its values are computed, so that nobody can write to it. */
  readonly isGenerated: boolean;
  readonly isNullable: boolean;
}

/** The only numbers that a column takes, which has null for everything else. */
export type NumbersOnly = "integer" | "real";

const TYPES: Readonly<Record<ColumnKind, string>> = {
  any: "",
  text: "text",
  real: "real",
  integer: "integer",
  boolean: "integer",
};

/** The type that a column of ours is declared with. */
export function typeFor(kind: ColumnKind, isStrict: boolean): string {
  return TYPES[kind] || (isStrict ? "any" : "");
}

/** Whether values can be written to a column. */
export function isWritable({ type, isGenerated }: DeclaredColumn, isStrict: boolean): boolean {
  return !isGenerated && !(isStrict && /blob/i.test(type));
}

/** What a column gives back exactly: its type turns numbers into text, or text into numbers where it can. */
export function kindIn(type: string, wanted: ColumnKind, isStrict: boolean): ColumnKind {
  const isText = wanted === "text" || wanted === "any";
  if (/int/i.test(type)) return isText ? "real" : wanted;
  if (/char|clob|text/i.test(type)) return "text";
  const isAsItIs = type === "" || /blob/i.test(type) || isStrict && /any/i.test(type);
  if (isAsItIs) return isText ? "any" : wanted;
  return isText ? "real" : wanted;
}

/** The numbers that a column of a STRICT table takes only; one that cannot be null has the database refuse the rest. */
export function numbersOnlyIn(
  table: DeclaredTable | undefined,
  column: DeclaredColumn | undefined,
  kind: ColumnKind,
): NumbersOnly | undefined {
  if (!table?.isStrict || column?.isNullable === false) return undefined;
  const type = column?.type ?? typeFor(kind, true);
  if (/int/i.test(type)) return "integer";
  return /real/i.test(type) ? "real" : undefined;
}
