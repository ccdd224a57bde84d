import { createPersistenceAdapter, type PersistenceAdapter } from "@signaldb/core";
import Database from "better-sqlite3";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createBetterSqlite3Persister } from "tinybase/persisters/persister-better-sqlite3";
import { SqliteStore } from "../../adapters/sqlite.ts";
import type { Contender, Row } from "./contender.ts";
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
    // The log then grows by what is written, which is what is measured.
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

/** A table with a column of JSON, as one would make it, and the two statements that it takes. */
function openTable(database: Place) {
  database.exec("create table if not exists bench (id integer primary key, data text)");
  const select = database.prepare("select data from bench");
  const write = database.prepare("insert or replace into bench values (?, ?)");
  return {
    read: () => (select.all() as { data: string }[]).map(({ data }) => JSON.parse(data) as Row),
    write: (row: Row) => void write.run(row.id, JSON.stringify(row)),
  };
}

/** SignalDB has no adapter for SQLite: this one writes the rows that it is told have changed. */
function signaldbAdapter(database: Place): PersistenceAdapter<Row, number> {
  const { read, write } = openTable(database);
  return createPersistenceAdapter<Row, number>({
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
    const writeAll = database.transaction((rows: readonly Row[]) => rows.forEach(write));
    return Promise.resolve({
      read: () => Promise.resolve(read()),
      write: (rows) => Promise.resolve(rows.length === 1 ? write(rows[0]!) : writeAll(rows)),
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
