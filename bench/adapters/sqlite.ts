/** SqliteStore beside prepared statements that do the same work, and beside peers on the same database. */
import KeyvSqlite from "@keyv/sqlite";
import Database from "better-sqlite3";
import { type Connector, createDatabase } from "db0";
import betterSqlite3 from "db0/connectors/better-sqlite3";
import nodeSqlite from "db0/connectors/node-sqlite";
import * as devalue from "devalue";
import Keyv from "keyv";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createStorage } from "unstorage";
import db0Driver from "unstorage/drivers/db0";
import { type SqliteHandle, SqliteStore } from "../../adapters/sqlite.ts";
import { adapterBackend } from "./adapter-backend.ts";
import { type Backend, contender } from "./contender.ts";
import { changed, type Codec, type Document } from "./documents.ts";
import { keyvBackend } from "./keyv-backend.ts";
import { measure, type Pace, paced } from "./measure.ts";
import { report } from "./report.ts";
import { unstorageBackend } from "./unstorage-backend.ts";

const inMemory = ":memory:";

/** The part of a database that {@link direct} uses; both drivers have it. */
interface Handle extends SqliteHandle {
  prepare(sql: string): ReturnType<SqliteHandle["prepare"]> & {
    iterate(): IterableIterator<unknown>;
  };
}

interface Row {
  readonly data: string;
  readonly version: number;
}

/** What one would write by hand: text in a table, with a number that counts the writes. */
function direct(database: Handle, { parse, stringify }: Codec): Backend {
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
    get: (id) => parse((select.get(id) as Row).data) as Document,
    put: (id, document) => upsert.run(id, stringify(document)),
    cycle(id) {
      const row = select.get(id) as Row;
      const text = stringify(changed(parse(row.data) as Document));
      const { changes } = update.run(text, id, row.version);
      if (Number(changes) !== 1) throw new Error("it was changed in between");
    },
    load(documents) {
      database.exec("begin immediate");
      for (const document of documents) upsert.run(document.id, stringify(document));
      database.exec("commit");
    },
    list() {
      let count = 0;
      for (const row of selectAll.iterate()) {
        const document = parse((row as Row).data) as Document;
        if (document.notes) count++;
      }
      return count;
    },
    clear: () => database.exec("delete from documents"),
  };
}

/** One of the two drivers. */
interface Driver {
  readonly name: "better-sqlite3" | "node:sqlite";
  readonly open: (path: string) => Handle;
  /** The same in db0, for unstorage. */
  readonly connect: (options: { path: string; name?: string }) => Connector;
}

const drivers: Driver[] = [
  {
    name: "better-sqlite3",
    open: (path) => new Database(path) as unknown as Handle,
    connect: betterSqlite3,
  },
  {
    name: "node:sqlite",
    open: (path) => new DatabaseSync(path) as unknown as Handle,
    connect: nodeSqlite,
  },
];

/** Where the database is, and its settings. */
const places = [
  { name: "in memory", pragmas: [] },
  {
    name: "a file, WAL, synchronous normal",
    pragmas: ["pragma journal_mode = wal", "pragma synchronous = normal"],
  },
];

/** A place in which each contender has a database of its own. */
interface Place {
  readonly pathOf: (name: string) => string;
  readonly pragmas: readonly string[];
}

async function unstorage({ connect }: Driver, { pathOf, pragmas }: Place): Promise<Backend> {
  const path = pathOf("unstorage");
  const database = createDatabase(connect({ path, ...path === inMemory && { name: path } }));
  for (const pragma of pragmas) await database.exec(pragma);
  return unstorageBackend(createStorage({ driver: db0Driver({ database }) }));
}

async function keyv({ name }: Driver, { pathOf, pragmas }: Place): Promise<Backend> {
  const wal = pragmas.length > 0;
  const store = new KeyvSqlite({ uri: `sqlite://${pathOf("keyv")}`, driver: name, wal });
  // If this began with "pragma", it would ask for rows, of which there are none.
  if (wal) await store.query("/* as for the others */ pragma synchronous = normal");
  return keyvBackend(new Keyv<Document>({ store }));
}

/** Measures every driver in every place. */
export async function benchSqlite(pace: Pace): Promise<void> {
  const effort = paced({ round: 8, rounds: 25, bulkRounds: 15 }, pace);
  for (const driver of drivers) {
    for (const { name, pragmas } of places) {
      const folder = mkdtempSync(join(tmpdir(), "rian-bench-"));
      const place: Place = {
        pathOf: (file) => pragmas.length > 0 ? join(folder, `${file}.db`) : inMemory,
        pragmas,
      };
      const databases = ["direct", "typed", "rian"].map((file) => driver.open(place.pathOf(file)));
      for (const database of databases) pragmas.forEach((each) => database.exec(each));
      const [first, second, third] = databases;
      const contenders = [
        contender("direct", direct(first!, JSON)),
        contender("Rian", adapterBackend(new SqliteStore(third!))),
        contender("direct, types kept", direct(second!, devalue)),
        contender("unstorage, db0", await unstorage(driver, place)),
        contender("keyv", await keyv(driver, place)),
      ];
      const results = await measure(contenders, effort);
      console.log(report(`${driver.name}, ${name}`, results, effort.bulk));
      for (const database of databases) database.close();
      rmSync(folder, { recursive: true });
    }
  }
}
