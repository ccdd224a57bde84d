/** SqliteStore beside prepared statements that do the same work, and beside peers on the same database. */
import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type SqliteHandle, SqliteStore } from "../../adapters/sqlite.ts";
import { adapterBackend } from "./adapter-backend.ts";
import { type Backend, type Contender, contender } from "./contender.ts";
import { changed, type Document } from "./documents.ts";
import { measure } from "./measure.ts";
import { peer } from "./peer.ts";
import { report } from "./report.ts";
import { unstorageBackend } from "./unstorage-backend.ts";

/** What {@link direct} calls on a database; both drivers have it. */
interface Handle extends SqliteHandle {
  prepare(sql: string): ReturnType<SqliteHandle["prepare"]> & {
    get(...parameters: string[]): unknown;
    iterate(): IterableIterator<unknown>;
  };
}

interface Row {
  readonly data: string;
  readonly version: number;
}

/** What one would write by hand: JSON in a table, with a number that counts the writes. */
function direct(database: Handle): Backend {
  database.exec(
    "create table documents (id text primary key, data text not null, version integer not null)",
  );
  const select = database.prepare("select data, version from documents where id = ?");
  const selectAll = database.prepare("select id, data, version from documents order by id");
  const upsert = database.prepare(
    "insert into documents values (?, ?, 1) on conflict do update " +
      "set data = excluded.data, version = version + 1",
  );
  const update = database.prepare(
    "update documents set data = ?, version = version + 1 where id = ? and version = ?",
  );
  return {
    get: (id) => JSON.parse((select.get(id) as Row).data),
    put: (id, document) => upsert.run(id, JSON.stringify(document)),
    cycle(id) {
      const row = select.get(id) as Row;
      const text = JSON.stringify(changed(JSON.parse(row.data)));
      const { changes } = update.run(text, id, row.version);
      if (Number(changes) !== 1) throw new Error("it was changed in between");
    },
    load(documents) {
      database.exec("begin immediate");
      for (const document of documents) upsert.run(document.id, JSON.stringify(document));
      database.exec("commit");
    },
    list() {
      let count = 0;
      for (const row of selectAll.iterate()) {
        const document: Document = JSON.parse((row as Row).data);
        if (document.notes) count++;
      }
      return count;
    },
    clear: () => database.exec("delete from documents"),
  };
}

/** One of the two drivers. */
interface Driver {
  readonly name: string;
  readonly open: (path: string) => Handle;
  /** What db0 calls the driver, and is handed of it. */
  readonly connector: { readonly name: string; readonly lib?: unknown };
}

const drivers: Driver[] = [
  {
    name: "better-sqlite3",
    open: (path) => new Database(path) as unknown as Handle,
    connector: { name: "better-sqlite3", lib: { default: Database } },
  },
  {
    name: "node:sqlite",
    open: (path) => new DatabaseSync(path) as unknown as Handle,
    connector: { name: "node-sqlite" },
  },
];

/** Where the database is, and with which setting. */
const places = [
  { name: "in memory", synchronous: undefined },
  { name: "a file, WAL, synchronous normal", synchronous: "normal" },
];

/** unstorage on the same driver, by way of db0, with the settings that a file of the others has. */
async function unstorage(
  { name, lib }: Driver["connector"],
  { path, pragmas }: { path: string; pragmas: string },
): Promise<Contender[]> {
  const [db0, connect, core, driver] = [
    await peer("db0"),
    await peer(`db0/connectors/${name}`),
    await peer("unstorage"),
    await peer("unstorage/drivers/db0"),
  ];
  if (!db0 || !connect || !core || !driver) return [];
  const database = db0.createDatabase(
    connect.default({ path, lib, ...path === ":memory:" && { name: path } }),
  );
  if (pragmas) await database.exec(pragmas);
  const storage = core.createStorage({ driver: driver.default({ database }) });
  return [contender("unstorage, db0", unstorageBackend(storage))];
}

/** Measures every driver in every place. */
export async function benchSqlite(): Promise<void> {
  for (const { name, open, connector } of drivers) {
    for (const place of places) {
      const folder = mkdtempSync(join(tmpdir(), "rian-bench-"));
      const pathOf = (file: string) => place.synchronous ? join(folder, file) : ":memory:";
      const pragmas = place.synchronous
        ? `pragma journal_mode = wal; pragma synchronous = ${place.synchronous}`
        : "";
      const [first, second] = ["direct.db", "rian.db"].map((file) => open(pathOf(file)));
      for (const database of [first!, second!]) if (pragmas) database.exec(pragmas);
      const contenders = [
        contender("direct", direct(first!)),
        contender("Rian", adapterBackend(new SqliteStore(second!))),
        ...await unstorage(connector, { path: pathOf("unstorage.db"), pragmas }),
      ];
      const results = await measure(contenders, { round: 8, rounds: 25, bulkRounds: 7 });
      console.log(report(`${name}, ${place.name}`, results));
      for (const database of [first!, second!]) database.close();
      rmSync(folder, { recursive: true });
    }
  }
}
