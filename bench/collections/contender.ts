/** A flat document of 1 kB, which every contender can hold. */
export interface Doc {
  readonly id: number;
  readonly name: string;
  readonly group: number;
  readonly at: number;
  readonly text: string;
}

/** A library that keeps documents in memory and in storage. `Place` is where: a database, or the name of one. */
export interface Contender<Place> {
  readonly name: string;
  /** Reads what is there, and follows; without a place, it keeps nothing. */
  open(place: Place | undefined): Promise<Opened>;
}

/** A contender at work. */
export interface Opened {
  put(doc: Doc): void;
  /** Puts many documents at once. */
  fill(docs: readonly Doc[]): void;
  count(): number;
  /** Returns the field `at` of a document, which differs from one of its states to the next. */
  at(id: number): number | undefined;
  /** Resolves when everything is stored. */
  flush(): Promise<void>;
  /** Stops following. */
  close(): Promise<void>;
}

/** Returns the document with an id, in its state of a round. */
export function docOf(id: number, round = 0): Doc {
  return {
    id,
    name: `name ${id}`,
    group: id % 50,
    at: 1_800_000_000_000 + round,
    text: `${round}`.padEnd(920, "x"),
  };
}
