import Database from "better-sqlite3";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Contender, rowOf } from "./contender.ts";

/** What was measured of one contender. */
export interface Measured {
  /** Milliseconds to read all documents and be ready. */
  readonly hydrate: number;
  /** Nanoseconds that following adds to one write in memory. */
  readonly added: number;
  /** Milliseconds from the first write in memory until everything is in the file. */
  readonly flushed: number;
  /** Rows that the database was told to write. */
  readonly rows: number;
  /** Bytes that the database wrote to its log. */
  readonly bytes: number;
}

/** How much is written. */
export interface Effort {
  /** Documents in the file. */
  readonly size: number;
  /** Writes, over how many of them. */
  readonly writes: number;
  readonly keys: number;
}

/** Runs one contender on files of its own. */
export async function measure(contender: Contender, effort: Effort): Promise<Measured> {
  const { size, keys } = effort;
  const hydrate = await onFile(contender, size, async (database) => {
    const start = performance.now();
    const opened = await contender.open(database);
    const taken = performance.now() - start;
    if (opened.count() !== size) throw new Error(`${contender.name} has lost documents`);
    await opened.close();
    return taken;
  });
  const bare = await contender.open(undefined);
  for (let id = 0; id < keys; id++) bare.put(rowOf(id));
  const alone = writeAll(bare.put, effort);
  await bare.close();
  return await onFile(contender, keys, async (database) => {
    const opened = await contender.open(database);
    const before = changesOf(database);
    const start = performance.now();
    const inMemory = writeAll(opened.put, effort);
    await opened.flush();
    const flushed = performance.now() - start;
    const rows = changesOf(database) - before;
    await opened.close();
    const bytes = statSync(`${database.name}-wal`).size;
    const added = (inMemory - alone) / effort.writes * 1e6;
    return { hydrate, added, flushed, rows, bytes };
  });
}

/** Works with a file that holds so many documents. */
async function onFile<Result>(
  contender: Contender,
  size: number,
  work: (database: Database.Database) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "rian-bench-"));
  const database = open(join(folder, "bench.db"));
  try {
    const filling = await contender.open(database);
    filling.fill(Array.from({ length: size }, (_, id) => rowOf(id)));
    await filling.flush();
    await filling.close();
    database.pragma("wal_checkpoint(truncate)");
    return await work(database);
  } finally {
    database.close();
    rmSync(folder, { recursive: true });
  }
}

function open(file: string): Database.Database {
  const database = new Database(file);
  database.pragma("journal_mode = wal");
  database.pragma("synchronous = normal");
  // The log then grows by what is written, which is what is measured.
  database.pragma("wal_autocheckpoint = 0");
  return database;
}

/** Writes to memory; returns milliseconds. */
function writeAll(
  put: (row: ReturnType<typeof rowOf>) => void,
  { writes, keys }: Effort,
): number {
  const rows = Array.from({ length: writes }, (_, write) => rowOf(write % keys, write + 1));
  const start = performance.now();
  for (const row of rows) put(row);
  return performance.now() - start;
}

function changesOf(database: Database.Database): number {
  const row = database.prepare("select total_changes() as changes").get();
  return (row as { changes: number }).changes;
}
