/**
 * Persistence as users of Ramify write it by hand: the recipe of its guide (haroonwaves/ramifyjs,
 * app/content/docs/guides/persistence.md, MIT), in the words of docs/collections.md.
 */
import { Dexie } from "dexie";
import { openDB } from "idb";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { server } from "vitest/browser";
import { Ramify, type RamifyStore, type Schema } from "../../../src/store/mod.ts";

interface User {
  id: number;
  name: string;
  email: string;
}

type Db = RamifyStore<{ users: Schema<User, "id"> }>;

/** The storage that the recipe needs. */
interface Table {
  bulkPut(users: readonly User[]): Promise<unknown>;
  bulkGet(keys: readonly number[]): Promise<(User | undefined)[]>;
  bulkDelete(keys: readonly number[]): Promise<unknown>;
  clear(): Promise<void>;
  toArray(): Promise<User[]>;
}

/** Opens a table in IndexedDB itself, in which no two users may have one e-mail address. */
async function openStore(name: string): Promise<Table> {
  const database = await openDB(name, 1, {
    upgrade(database) {
      const users = database.createObjectStore("users", { keyPath: "id" });
      users.createIndex("email", "email", { unique: true });
    },
  });
  onTestFinished(() => database.close());
  return {
    bulkPut(users) {
      const { store, done } = database.transaction("users", "readwrite");
      return Promise.all([...users.map((user) => store.put(user)), done]);
    },
    bulkGet: (keys) => Promise.all(keys.map((key) => database.get("users", key))),
    bulkDelete(keys) {
      const { store, done } = database.transaction("users", "readwrite");
      return Promise.all([...keys.map((key) => store.delete(key)), done]);
    },
    clear: () => database.clear("users"),
    toArray: () => database.getAll("users"),
  };
}

/** Opens such a table in Dexie, which the guide uses. */
function openDexie(name: string): Promise<Table> {
  const database = new Dexie(name);
  onTestFinished(() => database.close());
  database.version(1).stores({ users: "id, &email" });
  return Promise.resolve(database.table<User, number>("users"));
}

function userStore(): Db {
  return new Ramify().createStore<{ users: Schema<User, "id"> }>({
    users: { primaryKey: "id", indexes: ["email"] },
  });
}

/** Runs the recipe as it is printed. */
async function recipe(db: Db, table: Table): Promise<void> {
  const page = await server.commands.readFile("docs/collections.md");
  const code = page.match(/<!-- recipe -->\s+```ts ignore\n(.*?)```/s)![1]!;
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction("db", "table", code)(db, table);
}

const user = (id: number, rest: Partial<User> = {}): User => {
  return { id, name: `user ${id}`, email: `${id}@example.com`, ...rest };
};

describe.each([
  { storage: "IndexedDB", openTable: openStore },
  { storage: "a table of Dexie's", openTable: openDexie },
])("with $storage", ({ storage, openTable }) => {
  test("the printed recipe keeps every kind of write, in order", async () => {
    const [db, table] = [userStore(), await openTable(`recipe of ${storage}`)];
    await recipe(db, table);
    db.users.bulkAdd([user(1), user(2), user(3), user(4)]);
    db.users.update(1, { name: "Ada" });
    db.users.put(user(2, { name: "Grace" }));
    db.users.delete(3);
    db.users.add(user(3, { name: "again" }));
    db.users.delete(3);
    db.users.where("email").equals("4@example.com").modify({ name: "Edsger" });
    await expect.poll(() => table.toArray()).toEqual(db.users.toArray());
    expect(db.users.toArray().map(({ name }) => name)).toEqual(["Ada", "Grace", "Edsger"]);
    db.users.clear();
    db.users.add(user(5));
    await expect.poll(() => table.toArray()).toEqual([user(5)]);
  });

  test("the printed recipe has everything again after a reload", async () => {
    const [db, table] = [userStore(), await openTable(`reload of ${storage}`)];
    await recipe(db, table);
    const users = Array.from({ length: 1_000 }, (_, id) => user(id));
    db.users.bulkAdd(users);
    await expect.poll(() => table.toArray()).toEqual(users);
    const [later, reopened] = [userStore(), await openTable(`reload of ${storage}`)];
    await recipe(later, reopened);
    expect(later.users.toArray()).toEqual(users);
    later.users.update(7, { name: "changed" });
    await expect.poll(() => reopened.bulkGet([7])).toEqual([user(7, { name: "changed" })]);
  });

  test("the printed recipe takes back in memory what storage refuses", async () => {
    const [db, table] = [userStore(), await openTable(`refusal of ${storage}`)];
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    onTestFinished(() => logged.mockRestore());
    await recipe(db, table);
    db.users.bulkAdd([user(1), user(2)]);
    db.users.update(2, { email: "1@example.com" });
    await expect.poll(() => db.users.get(2)).toEqual(user(2));
    db.users.add(user(3, { email: "1@example.com" }));
    await expect.poll(() => db.users.has(3)).toBe(false);
    expect(logged).toHaveBeenCalledTimes(2);
    await expect.poll(() => table.toArray()).toEqual([user(1), user(2)]);
  });

  test("an observer that queries where(key).anyOf(keys) finds the changed documents, ready for IndexedDB", async () => {
    const [db, table] = [userStore(), await openTable(`where of ${storage}`)];
    db.users.subscribe(async (type, keys) => {
      if (type === "create") await table.bulkPut(db.users.where("id").anyOf(keys).toArray());
    });
    db.users.bulkAdd([user(1), user(2)]);
    await expect.poll(() => table.toArray()).toEqual([user(1), user(2)]);
  });
});
