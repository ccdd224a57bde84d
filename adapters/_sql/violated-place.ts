/**
 * Where a violated constraint stands: the table, its columns, and the field of a document that they hold.
 *
 * @module
 */
import { ownColumns } from "./documents/columns.ts";
import type { Read } from "./driver.ts";
import type { TableOfType } from "./layout.ts";
import type { Violation } from "./violation.ts";

/** Where a violated constraint stands, as far as that is known. */
export interface ViolatedPlace {
  readonly table?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  /** The only field that it is about. */
  readonly field?: string | undefined;
  /** Where that is, if it is a part of the items of the field. */
  readonly path?: string | undefined;
}

/** A field, or a property of the items of one. */
type Target = Pick<ViolatedPlace, "field" | "path">;

/** Reads from SQLite's words, and the index that they name, where the constraint stands. */
export async function placeOf(
  { words }: Violation,
  tables: readonly TableOfType[],
  read: Read,
): Promise<ViolatedPlace> {
  const [, index] = /constraint failed: index '(.*)'$/s.exec(words) ?? [];
  if (index !== undefined) return await placeOfIndex(index.replaceAll("''", "'"), tables, read);
  const [, list] = /(?:(?:UNIQUE|NOT NULL) constraint failed:|value in \w+ column) (.*)$/s
    .exec(words) ?? [];
  if (list !== undefined) {
    const columns = list.split(", ").map((each) => columnIn(each, tables));
    const targets = columns.flatMap(({ table, column }) => targetOf(table, column, tables));
    const names = columns.map(({ column }) => column);
    return { table: columns[0]!.table, columns: names, ...onlyOne(targets) };
  }
  const [, check] = /^CHECK constraint failed: (.*)$/s.exec(words) ?? [];
  return check === undefined ? {} : onlyOne(targetsIn(check, tables));
}

async function placeOfIndex(
  name: string,
  tables: readonly TableOfType[],
  read: Read,
): Promise<ViolatedPlace> {
  const sql = "select tbl_name as name, sql from sqlite_master where type = 'index' and name = ?";
  const rows = await read({ sql, parameters: [name] }).catch(() => []);
  const [found] = rows as readonly { readonly name: string; readonly sql: string }[];
  if (!found) return {};
  const { name: table, sql: text } = found;
  const expressions = text.slice(text.indexOf("(", text.toLowerCase().indexOf(" on ")));
  const [own] = tables.filter((each) => isSame(each.name, table));
  return { table: own?.name ?? table, ...onlyOne(targetsIn(expressions, own ? [own] : [])) };
}

/** A column as SQLite's words have it, `table.column`; either may have a dot in its name. */
function columnIn(
  text: string,
  tables: readonly TableOfType[],
): { readonly table: string; readonly column: string } {
  const known = tables.find(({ name }) => isSame(text.slice(0, name.length + 1), `${name}.`));
  const end = known ? known.name.length : text.indexOf(".");
  return { table: known?.name ?? text.slice(0, end), column: text.slice(end + 1) };
}

function targetOf(table: string, column: string, tables: readonly TableOfType[]): Target[] {
  return tables.filter(({ name }) => isSame(name, table)).flatMap((own) => {
    if (!own.columns) return ownColumns.includes(column) ? [] : [toTarget(column, own)];
    const name = own.columns.find((each) => isSame(each, column));
    return name === undefined ? [] : [toTarget(name, own)];
  });
}

/** The fields that an SQL expression is about: those of JSON paths, and of the columns that it names. */
function targetsIn(expression: string, tables: readonly TableOfType[]): Target[] {
  const paths = expression.matchAll(/'\$\.((?:[^']|'')+)'|->>?\s*'((?:[^'$]|'')(?:[^']|'')*)'/g);
  const fields = Array.from(paths, ([, path, name]) => {
    return (name ?? path!.replaceAll(/"([^"]*)"/g, "$1")).replaceAll("''", "'");
  });
  const words = expression.replaceAll(/'(?:[^']|'')*'/g, "")
    .matchAll(/"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_$]*/gu);
  const names = new Set(Array.from(words, ([word, quoted]) => (quoted ?? word).toLowerCase()));
  return tables.flatMap((own) => {
    const named = (own.columns ?? []).filter((each) => names.has(each.toLowerCase()));
    return [...fields, ...named].map((field) => toTarget(field, own));
  });
}

function toTarget(name: string, { property }: TableOfType): Target {
  return property === undefined
    ? { field: name }
    : { field: property, path: `${property}.${name}` };
}

function onlyOne(targets: readonly Target[]): Target {
  const places = new Map(targets.map((target) => [target.path ?? target.field, target]));
  const [target = {}] = places.values();
  return places.size === 1 ? target : {};
}

/** SQLite's names are the same in either case. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
