/**
 * Tables as somebody has declared them, and what their columns take and give back. See
 * https://sqlite.org/datatype3.html#determination_of_column_affinity and https://sqlite.org/stricttables.html
 *
 * @module
 */
import type { ColumnKind } from "./properties.ts";

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
  /** Whether it is the table's integer primary key, which gives rows without one the next number. */
  readonly isRowId: boolean;
}

/**
 * What a column takes: integers or numbers only, so that it has null for everything else, or anything but null, for
 * which the database would give it a number of its own.
 */
export type ColumnLimit = "integer" | "real" | "not null";

const columnTypes: Readonly<Record<ColumnKind, string>> = {
  any: "",
  text: "text",
  real: "real",
  integer: "integer",
  boolean: "integer",
};

/** The type that a column of ours is declared with. */
export function typeFor(kind: ColumnKind, isStrict: boolean): string {
  return columnTypes[kind] || (isStrict ? "any" : "");
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

/** What limits a column; where a STRICT one cannot be null, the database refuses what is not of its type. */
export function limitOf(
  table: DeclaredTable | undefined,
  column: DeclaredColumn | undefined,
  kind: ColumnKind,
): ColumnLimit | undefined {
  if (column?.isRowId) return "not null";
  if (!table?.isStrict || column?.isNullable === false) return undefined;
  const type = column?.type ?? typeFor(kind, true);
  if (/int/i.test(type)) return "integer";
  return /real/i.test(type) ? "real" : undefined;
}
