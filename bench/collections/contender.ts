/** A document of 1 kB, flat, so that every contender can hold it. */
export interface Row {
  readonly id: number;
  readonly name: string;
  readonly group: number;
  readonly at: number;
  readonly text: string;
}

/** Something that keeps rows in memory and in storage. `Place` is where: a database, or the name of one. */
export interface Contender<Place> {
  readonly name: string;
  /** Reads what is there, and follows; without a place, it keeps nothing. */
  open(place: Place | undefined): Promise<Opened>;
}

/** A contender at work. */
export interface Opened {
  put(row: Row): void;
  /** Puts many rows at once. */
  fill(rows: readonly Row[]): void;
  count(): number;
  /** The field `at` of a row, by which its versions differ. */
  at(id: number): number | undefined;
  /** Resolves when everything is stored. */
  flush(): Promise<void>;
  /** Stops following. */
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
