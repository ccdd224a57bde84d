import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { type SqliteHandle, SqliteStore } from "../../../adapters/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-synchronous-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const builds: Readonly<Record<string, (path: string) => SqliteHandle>> = {
  "better-sqlite3": (path) => new Database(path),
  "node:sqlite": (path) => new DatabaseSync(path),
};

/** What `pragma synchronous` of a handle returns. */
const levels = { off: 0, normal: 1, full: 2, extra: 3 } as const;

const stores = {
  SqliteStore: (database: SqliteHandle, options: object = {}) => new SqliteStore(database, options),
  SqliteMappedStore: (database: SqliteHandle, options: object = {}) => {
    return new SqliteMappedStore(database, { mapping: {}, schema: {}, ...options });
  },
};

const write = { type: "Note", key: 1, value: "kept" };

function levelOf(handle: SqliteHandle): unknown {
  return handle.prepare("pragma synchronous").get();
}

for (const [build, open] of Object.entries(builds)) {
  describe.each(Object.entries(stores))(`%s on an open handle of ${build}`, (_, storeOn) => {
    function openHandle(level: keyof typeof levels): SqliteHandle {
      const handle = open(join(folder, `${files++}.db`));
      handle.exec("pragma journal_mode = wal");
      handle.exec(`pragma synchronous = ${level}`);
      return handle;
    }

    test.for(["off", "normal", "full", "extra"] as const)(
      "leaves synchronous as its owner has set it: %s",
      async (level) => {
        const handle = openHandle(level);
        await storeOn(handle).commit([write]);
        expect(levelOf(handle)).toEqual({ synchronous: levels[level] });
        handle.close();
      },
    );

    test.for([["full", "normal"], ["off", "full"], ["normal", "full"]] as const)(
      "turns synchronous from %s to the %s that its option asks for",
      async ([before, synchronous]) => {
        const handle = openHandle(before);
        await storeOn(handle, { synchronous }).commit([write]);
        expect(levelOf(handle)).toEqual({ synchronous: levels[synchronous] });
        handle.close();
      },
    );

    test("reads while its owner has a transaction open, and sets synchronous at the first write after it", async () => {
      const handle = openHandle("off");
      await storeOn(handle).commit([write]);
      const store = storeOn(handle, { synchronous: "full" });
      handle.exec("begin immediate");
      expect(await store.load("Note", 1 as never)).toBe("kept");
      await expect(store.commit([write])).rejects.toThrow("has a transaction open");
      handle.exec("commit");
      await store.commit([write]);
      expect(levelOf(handle)).toEqual({ synchronous: levels.full });
      handle.close();
    });
  });
}

test("SqliteMappedStore refuses synchronous for what syncs as its platform does", () => {
  const problem = "Cannot use SQLite: synchronous is for a path or an open handle, and this " +
    "platform decides it itself; leave it out";
  const d1 = { batch() {}, prepare() {} };
  const object = { transactionSync() {}, sql: { exec() {} } };
  for (const database of [d1, object]) {
    expect(() => stores.SqliteMappedStore(database as never, { synchronous: "full" }))
      .toThrow(new TypeError(problem));
  }
});
