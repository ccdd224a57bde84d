import type { Clock } from "../../src/shared/clock.ts";
import type { Kinds } from "../../src/shared/kinds.ts";
import { own } from "../../src/shared/own.ts";
import { loadBuild, type SqliteBuild } from "./builds.ts";
import { builtinModule } from "./builtin.ts";
import { isLocked, type Patience } from "./locked.ts";
import { type OpenFile, openFileAt } from "./open-file.ts";
import { type SqliteHandle, sqliteKind } from "./sqlite-handle.ts";

/** Options of the SQLite stores for a database of this process. */
export interface SqliteFileOptions {
  /**
   * The build of SQLite that opens a path: by default `"better-sqlite3"` if it is installed and works, and otherwise
   * `"node:sqlite"`. Whatever else in the process has the same file open must use the same build.
   */
  readonly driver?: SqliteBuild;
  /**
   * When a commit is on the disk: with `"normal"`, the default for a path, soon after, and a power cut may lose the last
   * commits; with `"full"` before it is acknowledged. What was acknowledged outlives the process in either case. An open
   * handle stays as its owner has set it, unless this is given: then the first write sets it for all that use the handle.
   */
  readonly synchronous?: "normal" | "full";
  /** Decides when entries expire, how long a locked file is waited for, and when it is looked for; for tests. */
  readonly clock?: Pick<Clock, "now"> & Partial<Clock>;
}

/** The kinds of the options for a file. */
export const fileOptionKinds: Kinds<Pick<SqliteFileOptions, "driver" | "synchronous">> = {
  driver: {
    fits: (value) => value === "better-sqlite3" || value === "node:sqlite",
    cure: '"better-sqlite3" or "node:sqlite"',
  },
  synchronous: {
    fits: (value) => value === "normal" || value === "full",
    cure: '"normal" or "full"',
  },
};

/**
 * Refuses options that a database has no use for.
 *
 * @throws {TypeError} when it is open already, or on a platform that has a SQLite of its own.
 */
export function assertUsable(database: unknown, options: SqliteFileOptions): void {
  if (typeof database === "string") return;
  const { driver, synchronous } = own(options);
  if (driver !== undefined) {
    throw new TypeError(
      "Cannot use SQLite: driver is for a path, and this database is open already; " +
        "leave it out, or pass a path",
    );
  }
  if (synchronous === undefined || sqliteKind.fits(database)) return;
  throw new TypeError(
    "Cannot use SQLite: synchronous is for a path or an open handle, and this platform decides it " +
      "itself; leave it out",
  );
}

/** A file that was opened. */
export interface OpenedFile {
  readonly handle: SqliteHandle;
  /** Absent for a database without a file. */
  readonly file: OpenFile | undefined;
}

/** Opens a file in WAL mode. */
export async function openFile(
  path: string,
  { driver, synchronous = "normal", patience, now }:
    & { readonly [Name in "driver" | "synchronous"]: SqliteFileOptions[Name] | undefined }
    & { readonly patience: Patience; readonly now: () => number },
): Promise<OpenedFile> {
  const Database = loadBuild(driver);
  let handle: SqliteHandle | undefined;
  try {
    const opened = handle = new Database(path);
    // A wait in SQLite would stop everything else in the process.
    opened.exec("pragma busy_timeout = 0");
    await patience.whenUnlocked(() => opened.exec("pragma journal_mode = wal"));
    opened.exec(`pragma synchronous = ${synchronous}`);
    // The first read makes the write-ahead log.
    await patience.whenUnlocked(() => opened.prepare("select name from sqlite_master").get());
    return { handle, file: openFileAt(fileOf(path, opened), now) };
  } catch (cause) {
    handle?.close();
    if (isLocked(Object(cause).cause)) throw cause;
    throw new Error(
      `Cannot open the SQLite file ${path}: ${
        cause instanceof Error ? cause.message : String(cause)
      }; check that its folder exists and can be written, and that nobody else has locked it`,
      { cause },
    );
  }
}

/** Returns the path of the file that a database is in, or `""`. */
function fileOf(path: string, handle: SqliteHandle): string {
  const row = handle.prepare("select file from pragma_database_list where name = 'main'").get();
  const { file } = row as { readonly file: string | null };
  // A path that goes by a link is followed again each time.
  const isUri = path.startsWith("file:");
  return !file || isUri ? file ?? "" : builtinModule("node:path")?.resolve(path) ?? file;
}
