/** Measures in the page, and returns the tables. */
import * as devalue from "devalue";
import { createStorage } from "unstorage";
import localStorageDriver from "unstorage/drivers/localstorage";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import { adapterBackend } from "../adapter-backend.ts";
import { type Backend, contender } from "../contender.ts";
import { measure, type Pace, paced } from "../measure.ts";
import { report } from "../report.ts";
import { unstorageBackend } from "../unstorage-backend.ts";
import { dexieBackend, directIndexedDb } from "./indexed-db.ts";
import { directLocalStorage } from "./local-storage.ts";
import { localforageBackend } from "./localforage.ts";

async function benchIndexedDb(pace: Pace): Promise<string> {
  const contenders = [
    contender("direct", await directIndexedDb("direct")),
    contender("Rian", adapterBackend(new IndexedDbStore(indexedDB))),
    contender("Dexie", dexieBackend("dexie")),
    contender("localForage", localforageBackend("localforage")),
  ];
  const effort = paced({ round: 50, rounds: 15, bulkRounds: 3 }, pace);
  return report("IndexedDB in Chromium", await measure(contenders, effort), effort.bulk);
}

/** Each of them needs all the room, so the others leave it empty. */
async function benchLocalStorage(pace: Pace): Promise<string> {
  const backends: [string, Backend][] = [
    ["direct", directLocalStorage(localStorage, "direct/", JSON)],
    ["Rian", adapterBackend(new LocalStorageStore(localStorage))],
    ["direct, types kept", directLocalStorage(localStorage, "typed/", devalue)],
    [
      "unstorage",
      unstorageBackend(createStorage({ driver: localStorageDriver({ base: "unstorage" }) })),
    ],
  ];
  const contenders = backends.map(([name, backend]) => contender(name, backend));
  const effort = paced({ round: 20, rounds: 41, bulkRounds: 15, bulk: 1_000 }, pace);
  return report("localStorage in Chromium", await measure(contenders, effort), effort.bulk);
}

Object.assign(globalThis, { benches: [benchIndexedDb, benchLocalStorage] });
