import type { EncodedValue } from "../../../src/persistence/adapter/codec.ts";
import type { PreparedPut } from "../../../src/persistence/adapter/prepare.ts";
import { maxParameterLength, maxParameters } from "../limits.ts";
import { jsonArrays } from "../parameters.ts";
import type { SqlStatement, VersionedWrite } from "../statements.ts";
import { ownColumns } from "./columns.ts";

/** A row with a longer text goes alone: many of them would make a statement large, and JSON in JSON doubles them. */
const maxLengthTogether = 100_000;

/** Longer rows, among themselves, travel as parameters. */
const maxLengthInArray = 10_000;

const columnNames = ownColumns.join(", ");
/** What no two rows share. Unless it is named, another tool's unique index would let another document be overwritten. */
const entryColumns = "(type, id)";
const overwrite = "data = excluded.data, format = excluded.format, version = excluded.version, " +
  "metadata = excluded.metadata, expires = excluded.expires, chunks = excluded.chunks";
/** True of a row that has not expired at the time that is bound to it. */
export const alive = "(expires is null or expires > ?)";

type Row =
  | readonly [type: string, encodedKey: string, data: string, format: number, version: string]
  | readonly [
    type: string,
    encodedKey: string,
    data: string,
    format: number,
    version: string,
    metadata: string | null,
    expires: number | null,
    chunks: number,
  ];

/** Makes statements that store documents. Their texts are made once, which finds a prepared statement faster. */
export class DocumentPuts {
  /** For rows in one JSON parameter. */
  readonly #joined: string;
  /** For rows with all columns. */
  readonly #whole: PutTexts;
  /** For rows with only a document and its version, as most are: each parameter costs time. */
  readonly #short: PutTexts;

  /** `name` is the table's, quoted. */
  constructor(name: string) {
    const values = [0, 1, 2, 3, 4, 5, 6].map((index) => `value ->> ${index}`).join(", ");
    // Without "where true" SQLite would read "on conflict" as a join.
    this.#joined =
      `insert into ${name} (${columnNames}) select ${values}, ifnull(value ->> 7, 0) ` +
      `from json_each(?) where true on conflict ${entryColumns} do update set ${overwrite}`;
    this.#whole = putTexts(name, ["?", "?", "?", "?", "?", "?", "?", "?"]);
    this.#short = putTexts(name, ["?", "?", "?", "?", "?", "null", "null", "0"]);
  }

  /** Returns a write and its condition as one statement; it changes no row if the condition does not hold. */
  single(write: VersionedWrite, put: PreparedPut<EncodedValue>, now: number): SqlStatement {
    const { type, encodedKey, ifVersion } = write;
    const row = rowOf(write, put, now);
    const { upsert, insert, update } = this.#textsFor(row);
    if (ifVersion === undefined) return { sql: upsert, parameters: row };
    if (ifVersion === null) return { sql: insert, parameters: [...row, now] };
    return { sql: update, parameters: [...row.slice(2), type, encodedKey, ifVersion, now] };
  }

  /** Returns the puts among some writes, whatever is stored; `joined` makes one JSON parameter of many rows. */
  all(
    writes: readonly VersionedWrite[],
    now: number,
    { joined }: { readonly joined: boolean },
  ): SqlStatement[] {
    const rows = writes.flatMap((write) => write.put ? [rowOf(write, write.put, now)] : []);
    return runsOf(alike(rows)).flatMap((run) => {
      if (!joined || run.length === 1) return upserts(run, this.#textsFor(run[0]!));
      return isOfParts(run)
        ? this.#together(run)
        : jsonArrays(run).map((array) => ({ sql: this.#joined, parameters: [array] }));
    });
  }

  /** Returns statements for parts of long documents, each for as many as may be one parameter elsewhere. */
  #together(rows: readonly Row[]): SqlStatement[] {
    const { upsertOf, rowsAtOnce } = this.#textsFor(rows[0]!);
    const statements: SqlStatement[] = [];
    for (let start = 0; start < rows.length;) {
      let [end, length] = [start, 0];
      do {
        length += rows[end++]![2].length;
      } while (
        end < rows.length && end - start < rowsAtOnce &&
        length + rows[end]![2].length <= maxParameterLength
      );
      const some = rows.slice(start, end);
      statements.push({ sql: upsertOf(some.length), parameters: some.flat() });
      start = end;
    }
    return statements;
  }

  #textsFor(row: Row): PutTexts {
    return row.length === 5 ? this.#short : this.#whole;
  }
}

/** How a row is put; each text binds what {@link rowOf} makes, and then what its condition needs. */
interface PutTexts {
  readonly insert: string;
  readonly upsert: string;
  readonly update: string;
  /** Returns `upsert` for up to {@link rowsAtOnce} rows. */
  readonly upsertOf: (rows: number) => string;
  /** `upsert` for {@link rowsAtOnce} rows. */
  readonly upsertRows: string;
  /** How many rows one statement takes: a call for each row would cost more than the row. */
  readonly rowsAtOnce: number;
}

function putTexts(name: string, columns: readonly string[]): PutTexts {
  const [metadata, expires, chunks] = columns.slice(5);
  const row = `(${columns.join(", ")})`;
  const rowsAtOnce = Math.floor(maxParameters / columns.filter((value) => value === "?").length);
  const upsert = (rows: number) =>
    `insert into ${name} (${columnNames}) values ${Array(rows).fill(row).join(", ")} ` +
    `on conflict ${entryColumns} do update set ${overwrite}`;
  return {
    upsert: upsert(1),
    insert: `${upsert(1)} where expires <= ?`,
    update: `update ${name} set data = ?, format = ?, version = ?, metadata = ${metadata}, ` +
      `expires = ${expires}, chunks = ${chunks} ` +
      `where type = ? and id = ? and version = ? and ${alive}`,
    upsertOf: upsert,
    upsertRows: upsert(rowsAtOnce),
    rowsAtOnce,
  };
}

/** Returns rows with as many columns as the one with the most, so one statement can take any of them. */
function alike(rows: readonly Row[]): readonly Row[] {
  if (rows.every(({ length }) => length === 5)) return rows;
  return rows.map((row) => row.length === 5 ? [...row, null, null, 0] : row);
}

/** Returns whether rows are so long that to write them as JSON in JSON would cost more than a parameter for each. */
function isOfParts(rows: readonly Row[]): boolean {
  return rows.every((row) => row[2].length > maxLengthInArray);
}

/** Returns rows in their order, which other tools' unique indexes and triggers see; a long one goes alone. */
function runsOf(rows: readonly Row[]): Row[][] {
  const runs: Row[][] = [];
  let wasLong = true;
  for (const row of rows) {
    const isLong = row[2].length > maxLengthTogether;
    if (isLong || wasLong) runs.push([]);
    runs.at(-1)!.push(row);
    wasLong = isLong;
  }
  return runs;
}

function upserts(rows: readonly Row[], texts: PutTexts): SqlStatement[] {
  const { upsert, upsertRows, rowsAtOnce } = texts;
  const statements: SqlStatement[] = [];
  let start = 0;
  for (; start + rowsAtOnce <= rows.length; start += rowsAtOnce) {
    const parameters: (string | number | null)[] = [];
    for (let index = start; index < start + rowsAtOnce; index++) parameters.push(...rows[index]!);
    statements.push({ sql: upsertRows, parameters });
  }
  for (const row of rows.slice(start)) statements.push({ sql: upsert, parameters: row });
  return statements;
}

function rowOf(
  { type, encodedKey, version, chunks }: VersionedWrite,
  { encoded: { format, text }, metadata, metadataText, ttl }: PreparedPut<EncodedValue>,
  now: number,
): Row {
  if (metadata === undefined && ttl === undefined && chunks === 0) {
    return [type, encodedKey, text, format, version!];
  }
  const expires = ttl === undefined ? null : Math.ceil(now + ttl);
  const encodedMetadata = metadata === undefined ? null : metadataText ?? JSON.stringify(metadata);
  return [type, encodedKey, text, format, version!, encodedMetadata, expires, chunks];
}
