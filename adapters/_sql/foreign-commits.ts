import { whenReady } from "../../src/persistence/adapter/maybe-promise.ts";
import { alive } from "./documents/puts.ts";
import { jsonArrays } from "./parameters.ts";
import type { SqlStatement } from "./statements.ts";
import { partsOf, type SqlStore, type SqlStoreParts } from "./store.ts";

/** An entry that somebody has written, or removed. */
export interface ForeignEntry {
  readonly id: string;
  /** `null` where there is no entry. */
  readonly version: string | null;
  /** As JSON. */
  readonly metadata: string | null;
}

/** A text that somebody has left for others. */
export interface Note {
  /** Which one it is. It has the order of the commits. */
  readonly n: number;
  readonly text: string;
}

/** How many milliseconds a note stays. */
const noteTtl = 60_000;

const createNotes = "create table if not exists rian_notes " +
  "(n integer primary key autoincrement, at integer not null, text text not null)";

/** What others, be they other processes, have committed to the database of a store. */
export class ForeignCommits {
  readonly #parts: SqlStoreParts;

  constructor(store: SqlStore) {
    this.#parts = partsOf(store);
  }

  /** Returns a number that is another one once somebody else has committed. Nothing is as cheap to ask. */
  async count(): Promise<number> {
    const { call, driver } = this.#parts;
    const row = await call(() => driver.get({ sql: "pragma data_version", parameters: [] }));
    return (row as { readonly data_version: number }).data_version;
  }

  /** Returns what is stored of the entries of a type that no longer have the version which is known of them. */
  async changed(
    type: string,
    known: ReadonlyMap<string, string | null>,
  ): Promise<readonly ForeignEntry[]> {
    const { call, driver, tables, layoutOf, now } = this.#parts;
    const { name } = layoutOf(type).versions;
    const sql = "select known.value ->> 0 as id, stored.version, stored.metadata " +
      `from json_each(?) as known left join ${name} as stored on stored.type = ? ` +
      `and stored.id = known.value ->> 0 and ${alive} ` +
      "where stored.version is not known.value ->> 1";
    const rows = await call(() => {
      const parameters = jsonArrays([...known]).map((array) => [array, type, now()]);
      const statements = parameters.map((bound) => ({ sql, parameters: bound }));
      return tables.ifThere(type, () => driver.batch(statements));
    });
    if (rows) return rows.flat() as ForeignEntry[];
    return [...known].filter(([, version]) => version !== null)
      .map(([id]) => ({ id, version: null, metadata: null }));
  }

  /** Returns the notes after one, or those that were left since a time. */
  async notes(after: { readonly n: number } | { readonly at: number }): Promise<readonly Note[]> {
    const { call, driver, tables } = this.#parts;
    const [column, value] = "n" in after ? ["n", after.n] : ["at", after.at] as const;
    const statement: SqlStatement = {
      sql: `select n, text from rian_notes where ${column} ${
        column === "n" ? ">" : ">="
      } ? order by n`,
      parameters: [value],
    };
    const rows = await call(() => tables.ifThere(notesType, () => driver.batch([statement])));
    return rows?.flat() as Note[] | undefined ?? [];
  }

  /** Leaves a note, for a minute. */
  async leave(text: string): Promise<void> {
    const { call, driver, now } = this.#parts;
    await call(() => {
      const statements: SqlStatement[] = [
        { sql: createNotes, parameters: [] },
        { sql: "delete from rian_notes where at < ?", parameters: [now() - noteTtl] },
        { sql: "insert into rian_notes (at, text) values (?, ?)", parameters: [now(), text] },
      ];
      return whenReady(driver.batch(statements), () => undefined);
    });
  }
}

/** Stands for the notes where the table of a type may be missing. */
const notesType = "rian_notes";
