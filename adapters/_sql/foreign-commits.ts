import { type MaybePromise, whenReady } from "../../src/persistence/adapter/maybe-promise.ts";
import type { SqlDriver } from "./driver.ts";
import type { SqlLayout } from "./layout.ts";
import type { SqlStatement } from "./statements.ts";
import type { SqlTables } from "./tables.ts";

/** The store of {@link ForeignCommits}. */
export interface ForeignCommitsContext {
  readonly driver: SqlDriver;
  readonly tables: SqlTables;
  readonly layoutOf: (type: string) => SqlLayout;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  /** Makes a call for which the store's `close` waits, and which is refused afterwards. */
  readonly call: <Result>(run: () => MaybePromise<Result>) => Promise<Result>;
}

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
  readonly #context: ForeignCommitsContext;

  constructor(context: ForeignCommitsContext) {
    this.#context = context;
  }

  /** Returns a number that is another one once somebody else has committed. Nothing is as cheap to ask. */
  async count(): Promise<number> {
    const { call, driver } = this.#context;
    const row = await call(() => driver.get({ sql: "pragma data_version", parameters: [] }));
    return (row as { readonly data_version: number }).data_version;
  }

  /** Returns what is stored of the entries of a type that no longer have the version which is known of them. */
  async changed(
    type: string,
    known: ReadonlyMap<string, string | null>,
  ): Promise<readonly ForeignEntry[]> {
    const { call, driver, tables, layoutOf, now } = this.#context;
    const { versions } = layoutOf(type);
    const rows = await call(() =>
      tables.ifThere(type, () => driver.batch(versions.selectForeign(type, [...known], now())))
    );
    if (rows) return rows.flat() as ForeignEntry[];
    return [...known].filter(([, version]) => version !== null)
      .map(([id]) => ({ id, version: null, metadata: null }));
  }

  /** Returns the notes after one, or those that were left since a time. */
  async notes(after: { readonly n: number } | { readonly at: number }): Promise<readonly Note[]> {
    const { call, driver, tables } = this.#context;
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
    const { call, driver, now } = this.#context;
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
