/** Runs in the page: defines a `bench` that measures and returns a table. */
import signaldbIndexedDb from "@signaldb/indexeddb";
import { createIndexedDbPersister } from "tinybase/persisters/persister-indexed-db";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import type { Contender, Doc } from "../contender.ts";
import { byHand } from "../contenders/by-hand.ts";
import { rian } from "../contenders/rian.ts";
import { signaldb } from "../contenders/signaldb.ts";
import { tinybase } from "../contenders/tinybase.ts";
import { type Effort, measure } from "../measure.ts";
import { report } from "../report.ts";
import type { Storage } from "../storage.ts";
import { dexie } from "./dexie.ts";
import { openTable } from "./table.ts";
import { countWrites, written } from "./written.ts";

// The package has types for its CommonJS build only, whose default export is one step further down.
const createIndexedDBAdapter = signaldbIndexedDb as unknown as typeof signaldbIndexedDb.default;
let places = 0;

/** A place is the name of a database. */
const storage: Storage<string> = {
  create: () => Promise.resolve(`bench-${places++}`),
  written,
  settle: () => {},
  // Some peers leave databases open, which hides them from deletion; the page's folder goes with the page.
  remove: () => {},
};

const contenders: readonly Contender<string>[] = [
  byHand(openTable),
  rian((name) => new IndexedDbStore(indexedDB, { name })),
  dexie,
  tinybase((name, store) => createIndexedDbPersister(store, name)),
  signaldb((name) => createIndexedDBAdapter<Doc, number>(name)),
];

Object.assign(globalThis, {
  async bench(effort: Effort): Promise<string> {
    countWrites();
    return report("IndexedDB in Chromium", await measure(storage, contenders, effort), effort);
  },
});
