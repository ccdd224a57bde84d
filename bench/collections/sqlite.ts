import { createPersistenceAdapter, type PersistenceAdapter } from "@signaldb/core";
import Database from "better-sqlite3";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createBetterSqlite3Persister } from "tinybase/persisters/persister-better-sqlite3";
import { SqliteStore } from "../../adapters/sqlite.ts";
import type { Contender, Doc } from "./contender.ts";
import { byHand } from "./contenders/by-hand.ts";
import { rian } from "./contenders/rian.ts";
import { signaldb } from "./contenders/signaldb.ts";
import { tinybase } from "./contenders/tinybase.ts";
import { type Effort, measure } from "./measure.ts";
import { report } from "./report.ts";
import type { Storage } from "./storage.ts";

type Place = Database.Database;

/** Files of SQLite; bytes are those of its log. */
const storage: Storage<Place> = {
  create() {
    const database = new Database(join(mkdtempSync(join(tmpdir(), "rian-bench-")), "bench.db"));
    database.pragma("journal_mode = wal");
    database.pragma("synchronous = normal");
    // The log then grows by what is written, and its growth is what is measured.
    database.pragma("wal_autocheckpoint = 0");
    return Promise.resolve(database);
  },
  written(database) {
    const row = database.prepare("select total_changes() as changes").get();
    const { changes } = row as { changes: number };
    return { entries: changes, bytes: statSync(`${database.name}-wal`).size };
  },
  settle: (database) => void database.pragma("wal_checkpoint(truncate)"),
  remove(database) {
    database.close();
    rmSync(dirname(database.name), { recursive: true });
  },
};

/** Opens a table with a column of JSON, as one would write it by hand, and prepares its two statements. */
function openTable(database: Place) {
  database.exec("create table if not exists bench (id integer primary key, data text)");
  const select = database.prepare("select data from bench");
  const write = database.prepare("insert or replace into bench values (?, ?)");
  return {
    read: () => (select.all() as { data: string }[]).map(({ data }) => JSON.parse(data) as Doc),
    write: (doc: Doc) => void write.run(doc.id, JSON.stringify(doc)),
  };
}

/** Adapts SignalDB, which has no adapter for SQLite: writes the documents that SignalDB says have changed. */
function signaldbAdapter(database: Place): PersistenceAdapter<Doc, number> {
  const { read, write } = openTable(database);
  return createPersistenceAdapter<Doc, number>({
    register: () => Promise.resolve(),
    load: () => Promise.resolve({ items: read() }),
    save(_items, { added, modified }) {
      database.transaction(() => [...added, ...modified].forEach(write))();
      return Promise.resolve();
    },
  });
}

const contenders: readonly Contender<Place>[] = [
  byHand((database) => {
    const { read, write } = openTable(database);
    const writeAll = database.transaction((docs: readonly Doc[]) => docs.forEach(write));
    return Promise.resolve({
      read: () => Promise.resolve(read()),
      write: (docs) => Promise.resolve(docs.length === 1 ? write(docs[0]!) : writeAll(docs)),
    });
  }),
  rian((database) => new SqliteStore(database)),
  tinybase((database, store) => createBetterSqlite3Persister(store, database)),
  signaldb(signaldbAdapter),
];

/** Measures files of SQLite, through better-sqlite3. */
export async function benchSqlite(effort: Effort): Promise<void> {
  console.log(report("SQLite", await measure(storage, contenders, effort), effort));
}
