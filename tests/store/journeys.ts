import { liveQuery, Ramify, type RamifyStore, type Schema } from "../../src/store/mod.ts";

/** A document with a value of every kind that each runtime has to handle. */
export interface Reading {
  id: number;
  at: Date;
  tags: string[];
  levels: Map<string, number>;
  bytes: Uint8Array;
}

export const reading: Reading = {
  id: 1,
  at: new Date(5),
  tags: ["x"],
  levels: new Map([["a", 1]]),
  bytes: new Uint8Array([1, 2]),
};

/** Opens a store with one reading in it. */
export function readingStore(): RamifyStore<{ readings: Schema<Reading, "id"> }> {
  const db = new Ramify().createStore<{ readings: Schema<Reading, "id"> }>({
    readings: { primaryKey: "id", multiEntry: ["tags"], ordered: ["at"] },
  });
  db.readings.put(reading);
  return db;
}

/** Writes, queries, follows and rolls back, and returns what it saw. */
export function journey(): unknown {
  const db = readingStore();
  const told: number[] = [];
  const stop = liveQuery(() => db.readings.where("at").above(new Date(3)).count())
    .subscribe((count) => void told.push(count));
  db.readings.put({ ...reading, id: 2, at: new Date(9) });
  try {
    db.transaction(() => {
      db.readings.clear();
      throw new Error("taken back");
    });
  } catch {
    // The transaction is meant to fail.
  }
  stop();
  return {
    told,
    newest: db.readings.sortBy("at").reverse().keys(),
    tagged: db.readings.where("tags").equals("x").count(),
    isStable: db.readings.get(1) === db.readings.get(1),
  };
}

/** What {@link journey} returns wherever it runs. */
export const seen: unknown = { told: [1, 2], newest: [2, 1], tagged: 2, isStable: true };
