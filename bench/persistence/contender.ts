import type Database from "better-sqlite3";

/** A document of 1 kB, flat, so that every contender can hold it. */
export interface Row {
  readonly id: number;
  readonly name: string;
  readonly group: number;
  readonly at: number;
  readonly text: string;
}

/** Something that keeps rows in memory and in a SQLite file. */
export interface Contender {
  readonly name: string;
  /** Reads what the file holds, and follows; without a file, it keeps nothing. */
  open(database: Database.Database | undefined): Promise<Opened>;
}

/** A contender at work. */
export interface Opened {
  put(row: Row): void;
  /** Puts many rows at once. */
  fill(rows: readonly Row[]): void;
  count(): number;
  /** Resolves when everything is in the file. */
  flush(): Promise<void>;
  /** Stops following; the file stays open. */
  close(): Promise<void>;
}

/** The row with an id; `round` makes it another one. */
export function rowOf(id: number, round = 0): Row {
  return {
    id,
    name: `name ${id}`,
    group: id % 50,
    at: 1_800_000_000_000 + round,
    text: `${round}`.padEnd(920, "x"),
  };
}
