import type { KeyRange } from "../../../src/persistence/adapter/base-adapter.ts";
import type { PreparedCheck } from "../../../src/persistence/adapter/prepare.ts";
import type { PageRange } from "../pages.ts";
import { jsonArrays } from "../parameters.ts";
import type { SqlStatement, VersionedWrite } from "../statements.ts";
import { alive, DocumentPuts } from "./puts.ts";
import type { RowLimits } from "./row-limits.ts";

const lengthInBytes = "(octet_length(data) + ifnull(octet_length(metadata), 0)) * (chunks + 1)";
/** How many rows may be read as one: their texts, of a dump's statement each, are within the 2,000,000 bytes of a value. */
const maxRowsJoined = 16;

/** Makes statements for a table of documents. Most texts are made once, which finds a prepared statement faster. */
export class DocumentTable {
  /** The quoted name. */
  readonly name: string;
  readonly #texts: Readonly<Record<"select" | "selectSingle" | "delete" | "deleteAll", string>>;
  readonly #puts: DocumentPuts;
  /** The columns of a row, and the same with the length in place of a text that is longer than what is bound. */
  readonly #columns: { readonly whole: string; readonly ifShort: string };

  /** `name` is quoted. */
  constructor(name: string, { statementBytes }: Pick<RowLimits, "statementBytes">) {
    this.name = name;
    const { data, chunks } = columnsOf(name, statementBytes);
    const [selectedByKey, ifShort] = [
      data,
      `case when ${lengthInBytes} <= ? then ${data} else ${lengthInBytes} end`,
    ].map((text) => `${text} as data, format, version, metadata, ${chunks} as chunks`);
    const selectedColumns = `id, ${selectedByKey}`;
    this.#columns = { whole: selectedColumns, ifShort: `id, ${ifShort}` };
    this.#texts = {
      select: `select ${selectedColumns} from ${name} where type = ? and id = ? and ${alive}`,
      selectSingle: `select ${selectedByKey} from ${name} where type = ? and id = ? and ${alive}`,
      delete: `delete from ${name} where type = ? and id = ? and version = ? and ${alive}`,
      deleteAll: `delete from ${name} where type = ?`,
    };
    this.#puts = new DocumentPuts(name);
  }

  /** Selects the row of a key. */
  selectEntry(type: string, encodedKey: string, now: number): SqlStatement {
    return { sql: this.#texts.select, parameters: [type, encodedKey, now] };
  }

  /** Selects the same without the key, which is known: each column costs time. */
  selectSingle(type: string, encodedKey: string, now: number): SqlStatement {
    return { sql: this.#texts.selectSingle, parameters: [type, encodedKey, now] };
  }

  /** Selects the rows of some keys. */
  selectMany(type: string, encodedKeys: readonly string[], now: number): SqlStatement[] {
    const some = "select value from json_each(?)";
    const sql =
      `select ${this.#columns.whole} from ${this.name} where type = ? and id in (${some}) and ${alive}`;
    return jsonArrays(encodedKeys).map((array) => ({ sql, parameters: [type, array, now] }));
  }

  /** Selects the rows of a range. */
  selectRange(type: string, range: KeyRange, now: number): SqlStatement {
    const { sql, parameters } = this.#fromRange(type, range, now);
    return { sql: `select ${this.#columns.whole} ${sql}`, parameters };
  }

  /** Selects the rows of a range; what is longer than `maxLength` has its length in place of the text. */
  selectPage(type: string, range: PageRange, now: number): SqlStatement {
    const { sql, parameters } = this.#fromRange(type, range, now);
    return {
      sql: `select ${this.#columns.ifShort} ${sql}`,
      parameters: [range.maxLength, ...parameters],
    };
  }

  #fromRange(type: string, { after, limit, reverse }: KeyRange, now: number): SqlStatement {
    const [direction, comparison] = reverse ? ["desc", "<"] : ["asc", ">"];
    const from = after === undefined ? "" : `and id ${comparison} ?`;
    return {
      sql: `from ${this.name} where type = ? and ${alive} ${from} order by id ${direction} limit ?`,
      parameters: [type, now, ...after === undefined ? [] : [after], limit],
    };
  }

  /** Counts the rows of a type, those that have expired too, so only an index is read. */
  count(type: string): SqlStatement {
    return { sql: `select count(*) as count from ${this.name} where type = ?`, parameters: [type] };
  }

  /** Removes every row of a type. */
  deleteAll(type: string): SqlStatement {
    return { sql: this.#texts.deleteAll, parameters: [type] };
  }

  /** Removes rows that have expired, of any type. */
  deleteExpired(now: number): SqlStatement {
    return { sql: `delete from ${this.name} where expires <= ?`, parameters: [now] };
  }

  /** Returns one statement for a write and its condition, if one can do both; it changes no row if that fails. */
  applySingle(write: VersionedWrite, now: number): SqlStatement | undefined {
    const { type, encodedKey, ifVersion, put } = write;
    if (put ? put.ttl !== undefined : typeof ifVersion !== "string") return undefined;
    if (!put) return { sql: this.#texts.delete, parameters: [type, encodedKey, ifVersion!, now] };
    return this.#puts.single(write, put, now);
  }

  /** Selects the encoded keys of checks that do not hold; all are of one type. */
  selectChanged(checks: readonly PreparedCheck[], now: number): SqlStatement[] {
    const type = checks[0]!.type;
    const sql = `select value ->> 0 as id from json_each(?) where not ((select version from ` +
      `${this.name} where type = ? and id = value ->> 0 and ${alive}) is value ->> 1)`;
    const expected = checks.map(({ encodedKey, ifVersion }) => [encodedKey, ifVersion]);
    return jsonArrays(expected).map((array) => ({ sql, parameters: [array, type, now] }));
  }

  /**
   * Returns statements that fail if {@link selectChanged} finds anything, and roll back the transaction: SQL cannot raise
   * an error outside of a trigger, but `json_extract` refuses anything that is not a path, and quotes it.
   */
  assertUnchanged(checks: readonly PreparedCheck[], now: number): SqlStatement[] {
    return this.selectChanged(checks, now).map(({ sql, parameters }) => ({
      sql: `select case when exists (${sql}) then json_extract('{}', 'conflict') end`,
      parameters,
    }));
  }

  /** Returns the deletes and puts of one type; `joined` makes as few statements of them as possible. */
  applyAll(
    writes: readonly VersionedWrite[],
    now: number,
    { joined }: { readonly joined: boolean },
  ): SqlStatement[] {
    const type = writes[0]!.type;
    const removed = writes.filter(({ put }) => !put).map(({ encodedKey }) => encodedKey);
    return [
      ...jsonArrays(removed).map((array) => this.#deleteMany(type, array)),
      ...this.#puts.all(writes, now, { joined }),
    ];
  }

  #deleteMany(type: string, array: string): SqlStatement {
    const removed = "select value from json_each(?)";
    return {
      sql: `delete from ${this.name} where type = ? and id in (${removed})`,
      parameters: [type, array],
    };
  }
}

/**
 * Returns how the text of a document and the number of its rows that are still to be read are selected. Where rows are
 * short, those of one document are read as one, without another round trip.
 */
function columnsOf(
  name: string,
  statementBytes: number,
): { readonly data: string; readonly chunks: string } {
  if (statementBytes === Infinity) return { data: "data", chunks: "chunks" };
  const areJoined = `chunks between 1 and ${maxRowsJoined - 1} and ` +
    // Rows were longer once.
    `octet_length(data) <= ${statementBytes}`;
  const rest = `from ${name} as part where part.type = ${name}.type || '#' and ` +
    `part.id > ${name}.id || '#' and part.id < ${name}.id || '$' and ` +
    `part.version = ${name}.version`;
  const text = `(select group_concat(part.data, '' order by part.id) ${rest})`;
  return {
    data: `case when ${areJoined} then data || ifnull(${text}, '') else data end`,
    chunks: `case when ${areJoined} then chunks - (select count(*) ${rest}) else chunks end`,
  };
}
