import Database from "better-sqlite3";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-moved-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const script = fileURLToPath(new URL("./commit-process.ts", import.meta.url));

/** Has another process commit to a file, and kills it with its work still in the write-ahead log. */
async function leaveBehind(path: string): Promise<number> {
  const child = spawn(process.execPath, [script, path, "0"]);
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => {
    output += chunk;
    if (output.split("\n").length > 20) child.kill("SIGKILL");
  });
  await once(child, "close");
  return output.split("\n").length - 1;
}

const put = (value: number) => [{ type: "Note", key: "a", value }];

describe.each(["better-sqlite3", "node:sqlite"] as const)(
  "A file that is open with %s",
  (driver) => {
    let now = 0;
    const clock = { now: () => now };
    const stores: Record<string, (path: string) => Adapter> = {
      SqliteStore: (path) => new SqliteStore(path, { driver, clock }),
      SqliteMappedStore: (path) => {
        const mapping = { Note: { "x-na:store": { entity: "notes" } } };
        const schema = { $defs: { Note: { properties: {} } } };
        return new SqliteMappedStore(path, { driver, clock, mapping, schema });
      },
    };

    async function opened(open = stores["SqliteStore"]!) {
      const path = join(folder, `${files++}.db`);
      const store = open(path);
      await store.commit(put(1));
      return { path, store };
    }

    test.each(Object.keys(stores))(
      "is missed within a second when it was deleted, and %s acknowledges nothing any more",
      async (name) => {
        const { path, store } = await opened(stores[name]);
        unlinkSync(path);
        now += 1_000;
        const gone = `Cannot write to SQLite: the file ${path} was deleted while it was open`;
        await expect(store.commit(put(2))).rejects.toThrow(gone);
        await expect(store.commit([...put(2), { type: "Other", key: 1, value: 1 }]))
          .rejects.toThrow(gone);
        await expect(store.clear("Note")).rejects.toThrow(gone);
        expect(await store.load("Note", "a")).toBe(1);
        // Another file in its place does not make up for what was lost.
        new DatabaseSync(path).close();
        now += 1_000;
        await expect(store.commit(put(3))).rejects.toThrow(gone);
        await store.close();
      },
    );

    test("is missed when another was moved to its path, and closing it leaves that one alone", async () => {
      const { path, store } = await opened();
      const other = join(folder, `${files++}.db`);
      const acknowledged = await leaveBehind(other);
      expect(existsSync(`${other}-wal`)).toBe(true);
      for (const suffix of ["", "-wal"]) renameSync(`${other}${suffix}`, `${path}${suffix}`);
      now += 1_000;
      await expect(store.commit(put(2))).rejects.toThrow(
        `Cannot write to SQLite: the file ${path} was replaced while it was open`,
      );
      await store.close();
      const moved = new SqliteStore(path, { driver });
      expect(await moved.count("Left")).toBeGreaterThanOrEqual(acknowledged);
      expect(await moved.load("Note", "a")).toBeNull();
      await moved.close();
    });

    test("is missed when the link by which it was opened leads elsewhere", async () => {
      const [link, one, two] = ["link", "one", "two"].map((name) => {
        return join(folder, `${name} ${files++}.db`);
      }) as [string, string, string];
      symlinkSync(one, link);
      new DatabaseSync(one).close();
      new DatabaseSync(two).close();
      const store = new SqliteStore(link, { driver, clock });
      await store.commit(put(1));
      unlinkSync(link);
      symlinkSync(two, link);
      now += 1_000;
      await expect(store.commit(put(2))).rejects.toThrow("was replaced while it was open");
      await store.close();
    });

    test("is looked for once a second at most, and a clock that is set back does not stop that", async () => {
      const { path, store } = await opened();
      renameSync(path, `${path}.away`);
      now += 999;
      await store.commit(put(2));
      renameSync(`${path}.away`, path);
      now += 1;
      await store.commit(put(3));
      unlinkSync(path);
      now -= 60_000;
      await expect(store.commit(put(4))).rejects.toThrow("was deleted");
      await store.close();
      now += 60_000;
    });

    test("goes on as it is when it was vacuumed, copied and written by others", async () => {
      const { path, store } = await opened();
      const database = new SqliteStore(path, { driver });
      await database.commit(put(2));
      await database.close();
      const child = spawn(process.execPath, [
        "-e",
        `const db = new (require("node:sqlite").DatabaseSync)(process.argv[1]);` +
        `db.exec("vacuum"); db.exec("pragma wal_checkpoint(truncate)");` +
        `db.exec("vacuum into '" + process.argv[1] + ".copy'"); db.close();`,
        path,
      ]);
      expect(await once(child, "close")).toEqual([0, null]);
      now += 1_000;
      await store.commit(put(3));
      now += 1_000;
      await store.commit(put(4));
      await store.close();
      expect(existsSync(`${path}-wal`)).toBe(false);
    });
  },
);

test.each<[string, (path: string) => DatabaseSync]>([
  ["node:sqlite", (path) => new DatabaseSync(path)],
  ["better-sqlite3", (path) => new Database(path) as unknown as DatabaseSync],
])("a handle of %s whose file was deleted is not called read-only", async (_, open) => {
  const path = join(folder, `${files++}.db`);
  const database = open(path);
  const store = new SqliteStore(database);
  await store.commit(put(1));
  unlinkSync(path);
  for (const writes of [put(2), [...put(2), { type: "Note", key: "b", value: 2 }]]) {
    await expect(store.commit(writes)).rejects.toThrow("its file was deleted or replaced");
  }
  database.close();
});

test("a second build of SQLite in the process, which unlinks the log of the first, is noticed within a second", async () => {
  const path = join(folder, "two builds.db");
  let now = 0;
  const store = new SqliteStore(path, { driver: "better-sqlite3", clock: { now: () => now } });
  await store.commit(put(1));
  const other = new DatabaseSync(path);
  other.prepare(`select * from "Note"`).all();
  other.close();
  // What this is about: the log of the first is gone, with all that is written to it.
  expect(existsSync(`${path}-wal`)).toBe(false);
  now += 1_000;
  await expect(store.commit(put(2))).rejects.toThrow(
    `Cannot write to SQLite: the write-ahead log ${path}-wal was deleted while it was open`,
  );
  await store.close();
});
