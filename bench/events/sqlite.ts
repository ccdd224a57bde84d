/** Events on SQLite: a file in WAL mode, synchronous normal. */
import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { sqliteByHand } from "./by-hand/sqlite.ts";
import { type Pace, paced } from "./measure.ts";
import { contendersOf, measureRows } from "./rows.ts";

/** Measures and prints. */
export async function benchSqlite(pace: Pace): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "rian-bench-"));
  const database = new Database(join(folder, "hand.db"));
  database.pragma("journal_mode = wal");
  database.pragma("synchronous = normal");
  const store = new SqliteStore(join(folder, "rian.db"));
  const byHand = sqliteByHand(database);
  console.log(
    await measureRows({
      title: "SQLite in Node, better-sqlite3, WAL, synchronous normal",
      limitIs: "the update of the row alone",
      stores: ["Rian"],
      contenders: (row) => contendersOf(row, { byHand, stores: { Rian: store } }),
      targets: { "counter": 1.5, "counter, with an eventId": 1.8, "toggle 1 of 1,000": 1.2 },
      effort: paced({ shortest: 30_000, rounds: 21 }, pace),
    }),
  );
  await store.close();
  database.close();
  rmSync(folder, { recursive: true });
}
