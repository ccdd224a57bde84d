import Database from "better-sqlite3";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-locked-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const script = fileURLToPath(new URL("./lock-process.ts", import.meta.url));

/** Has another process lock a file until the returned function is called and awaited. */
async function lock(path: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [script, path], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const exit = once(child, "exit");
  await once(child.stdout, "data");
  return async () => {
    child.stdin.end();
    expect(await exit).toEqual([0, null]);
  };
}

/** Lets time pass as fast as other events allow. */
function hurrying(): { clock: NonNullable<SqliteOptions["clock"]>; passed: () => number } {
  let passed = 0;
  return {
    passed: () => passed,
    clock: {
      now: () => passed,
      setTimeout(callback, milliseconds) {
        passed += milliseconds;
        return setImmediate(callback);
      },
      clearTimeout: (timer) => clearImmediate(timer as NodeJS.Immediate),
    },
  };
}

type SqliteOptions = NonNullable<ConstructorParameters<typeof SqliteStore>[1]>;

const put = (key: string, value: unknown) => ({ type: "Note", key, value });

describe.each(["better-sqlite3", "node:sqlite"] as const)(
  "While another process has a file locked, with %s,",
  (driver) => {
    async function opened(options: SqliteOptions = {}) {
      const path = join(folder, `${files++}.db`);
      const store = new SqliteStore(path, { driver, ...options });
      await store.commit([put("a", 0), put("b", 0)]);
      return { path, store };
    }

    test("writes wait without stopping the process, and take effect in their order", async () => {
      const { path, store } = await opened();
      const unlock = await lock(path);
      const settled: number[] = [];
      const writes = [
        store.commit([put("a", 1)]),
        store.commit([put("a", 2), put("b", 2)]),
        store.clear("Other"),
        store.commit([{ type: "Note", key: "b", delete: true }]),
        store.commit([put("a", 3)]),
      ].map((write, index) => write.then(() => settled.push(index)));
      const made = [1, 2].map((value) => store.commit([{ type: "New", key: 1, value }]));
      // Had a write stopped the process, nobody would unlock the file.
      await unlock();
      await store.commit([put("a", 4)]);
      await Promise.all([...writes, ...made]);
      expect(settled).toEqual([0, 1, 2, 3, 4]);
      expect(await store.load("Note", "a")).toBe(4);
      expect(await store.load("Note", "b")).toBeNull();
      expect(await store.get("New", 1)).toMatchObject({ value: 2 });
      await store.close();
    });

    test("reads go on, and so does a store that is opened", async () => {
      const { path, store } = await opened();
      const unlock = await lock(path);
      const write = store.commit([put("a", 1)]);
      expect(await store.load("Note", "a")).toBe(0);
      expect((await store.pages("Note").next()).value).toHaveLength(2);
      const other = new SqliteStore(path, { driver });
      expect(await other.load("Note", "b")).toBe(0);
      await unlock();
      await write;
      expect(await other.load("Note", "a")).toBe(1);
      await Promise.all([store.close(), other.close()]);
    });

    test("a store that is to change the journal of the file waits before it opens it", async () => {
      const path = join(folder, `${files++}.db`);
      const database = new DatabaseSync(path);
      database.exec("create table mine (x)");
      database.close();
      const { clock, passed } = hurrying();
      const unlock = await lock(path);
      const impatient = new SqliteStore(path, { driver, clock });
      await expect(impatient.commit([put("a", 1)])).rejects.toThrow(
        /^Cannot use SQLite: another connection has the database locked; try again/,
      );
      expect(passed()).toBeGreaterThanOrEqual(5_000);
      const store = new SqliteStore(path, { driver });
      const write = store.commit([put("a", 2)]);
      await unlock();
      await write;
      await impatient.commit([put("b", 3)]);
      expect(await store.load("Note", "b")).toBe(3);
      await Promise.all([store.close(), impatient.close()]);
    });

    test("closing waits for the writes that wait", async () => {
      const { path, store } = await opened();
      const unlock = await lock(path);
      const write = store.commit([put("a", 1)]);
      const closing = store.close();
      await unlock();
      await Promise.all([write, closing]);
      const again = new SqliteStore(path, { driver });
      expect(await again.load("Note", "a")).toBe(1);
      await again.close();
    });

    test("each write is given up after 5 seconds with an error that says so, and can be tried again", async () => {
      const { clock, passed } = hurrying();
      const { path, store } = await opened({ clock });
      const unlock = await lock(path);
      const start = passed();
      const writes = [put("a", 1), put("a", 2), put("b", 3)].map((write) => store.commit([write]));
      const results = await Promise.allSettled(writes);
      for (const result of results) {
        expect(result).toMatchObject({
          status: "rejected",
          reason: {
            message: "Cannot use SQLite: another connection has the database locked; " +
              "try again, and look for a transaction that does not end",
          },
        });
      }
      // Not 5 seconds for each.
      expect(passed() - start).toBeGreaterThanOrEqual(5_000);
      expect(passed() - start).toBeLessThan(5_500);
      expect(await store.load("Note", "a")).toBe(0);
      await unlock();
      await store.commit([put("a", 5)]);
      expect(await store.load("Note", "a")).toBe(5);
      await store.close();
    });
  },
);

test.each<[string, (path: string) => DatabaseSync]>([
  ["node:sqlite", (path) => new DatabaseSync(path, { timeout: 7 })],
  ["better-sqlite3", (path) => new Database(path, { timeout: 7 }) as unknown as DatabaseSync],
])("a handle of %s waits for a lock as its owner has set it", async (_, open) => {
  const path = join(folder, `${files++}.db`);
  const database = open(path);
  database.exec("pragma journal_mode = wal");
  const store = new SqliteStore(database);
  await store.commit([put("a", 1), put("b", 1)]);
  const unlock = await lock(path);
  for (const writes of [[put("a", 2)], [put("a", 2), put("b", 2)]]) {
    await expect(store.commit(writes)).rejects.toThrow(
      "Cannot use SQLite: another connection has the database locked; try again",
    );
  }
  expect(database.prepare("pragma busy_timeout").get()).toEqual({ timeout: 7 });
  await unlock();
  await store.commit([put("a", 3)]);
  expect(await store.load("Note", "a")).toBe(3);
  database.close();
});
