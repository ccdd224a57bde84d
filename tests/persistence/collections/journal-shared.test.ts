import { describe, expect, test } from "vitest";
import { journalCodec } from "../../../src/persistence/adapter/codec.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { TestPage } from "./leaving.ts";
import { Machine } from "./machine.ts";
import { stored, todoStore } from "./support.ts";

/** Opens two `persist` calls in one page: each for one collection, of one store or of two. */
async function openBoth(machine: Machine, hasOneStore: boolean) {
  const page = new TestPage(machine.inner, machine.items);
  const db = todoStore();
  const other = hasOneStore ? db : todoStore();
  const [todos, lists] = await Promise.all([
    machine.open({}, { page, db, target: db.todos }),
    machine.open({}, { page, db: other, target: other.lists }),
  ]);
  return { page, todos, lists };
}

describe.for([
  { stores: "one store", hasOneStore: true },
  { stores: "two stores", hasOneStore: false },
])("two persist calls in one page, for a collection each of $stores", ({ hasOneStore }) => {
  test("count and remove their own notes only", async () => {
    const machine = new Machine();
    const { todos, lists } = await openBoth(machine, hasOneStore);
    todos.db.todos.add({ id: 1, title: "a" });
    lists.db.lists.add({ name: "home" });
    machine.items.room = 0;
    lists.db.lists.add({ name: "work" });
    expect([todos.saved, lists.saved].map(({ pending, exposed }) => ({ pending, exposed })))
      .toEqual([{ pending: 1, exposed: 0 }, { pending: 2, exposed: 1 }]);
    expect(new Set(machine.names).size).toBe(2);
    await machine.clock.until(lists.saved.flush());
    expect({ exposed: lists.saved.exposed, names: machine.names.length })
      .toEqual({ exposed: 0, names: 1 });
    await machine.clock.until(todos.saved.flush());
    expect(machine.names).toEqual([]);
    expect(machine.errors).toEqual([]);
  });

  test("take up what each of them has noted, both at once, and leave the rest to the other", async () => {
    const machine = new Machine();
    const { page, todos, lists } = await openBoth(machine, hasOneStore);
    todos.db.todos.add({ id: 1, title: "a" });
    lists.db.lists.add({ name: "home" });
    page.isGone = true;
    // One name with lines for both.
    await machine.crash((db) => {
      db.transaction(() => {
        db.todos.add({ id: 2, title: "b" });
        db.lists.add({ name: "work" });
      });
    });
    const next = await openBoth(machine, hasOneStore);
    expect(next.todos.db.todos.keys()).toEqual([1, 2]);
    expect(next.lists.db.lists.keys()).toEqual(["home", "work"]);
    await machine.clock.until(next.todos.saved.flush());
    expect((await stored(machine.inner, "lists")).size).toBe(0);
    expect(machine.names.length).toBeGreaterThan(0);
    await machine.clock.until(next.lists.saved.flush());
    expect([...(await stored(machine.inner, "todos")).keys()]).toEqual([1, 2]);
    expect([...(await stored(machine.inner, "lists")).keys()]).toEqual(["home", "work"]);
    expect({ names: machine.names, errors: machine.errors }).toEqual({ names: [], errors: [] });
  });

  test("are both exposed once one of them has emptied the journal, and note nothing more", async () => {
    const machine = new Machine();
    const { todos, lists } = await openBoth(machine, hasOneStore);
    todos.db.todos.add({ id: 1, title: "a" });
    lists.db.lists.add({ name: "home" });
    todos.saved.forget();
    lists.db.lists.add({ name: "work" });
    expect(machine.names).toEqual([]);
    expect([todos.saved.exposed, lists.saved.exposed]).toEqual([1, 2]);
    await machine.clock.until(Promise.all([todos.saved.close(), lists.saved.close()]));
    expect((await stored(machine.inner, "todos")).size).toBe(1);
    expect((await stored(machine.inner, "lists")).size).toBe(2);
    expect(machine.errors).toEqual([]);
  });

  test("that are made again in the page after that note again", async () => {
    const machine = new Machine();
    const { page, todos } = await openBoth(machine, hasOneStore);
    todos.saved.forget();
    await machine.clock.until(todos.saved.close());
    const { db, saved } = await machine.open({}, { page });
    db.todos.add({ id: 1, title: "a" });
    expect({ names: machine.names.length, exposed: saved.exposed })
      .toEqual({ names: 1, exposed: 0 });
  });
});

test("two stores in one page that keep the same collection merge what both have noted", async () => {
  const machine = new Machine();
  await machine.inner.commit([{ type: "todos", key: 1, value: { id: 1, title: "a" } }]);
  const page = new TestPage(machine.inner, machine.items);
  const [one, other] = [await machine.open({}, { page }), await machine.open({}, { page })];
  one.db.todos.update(1, { title: "b" });
  other.db.todos.update(1, { done: true });
  page.isGone = true;
  const { db, saved } = await machine.open();
  const both = { id: 1, title: "b", done: true };
  expect(db.todos.get(1)).toEqual(both);
  await machine.clock.until(saved.flush());
  expect(await stored(machine.inner, "todos")).toEqual(new Map([[1, both]]));
  expect({ names: machine.names, errors: machine.errors }).toEqual({ names: [], errors: [] });
});

test("journals whose names begin alike are kept apart, whatever is in the names", async () => {
  const machine = new Machine();
  const other = new MemoryStore();
  for (const name of ["test/drafts", "test/", "", "test/drafts/1"]) {
    const page = Object.assign(new TestPage(other, machine.items), { journal: journalCodec(name) });
    const { db } = await machine.open({}, { page });
    db.todos.add({ id: 1, title: name });
    page.isGone = true;
  }
  const { db, saved } = await machine.open();
  expect({ todos: db.todos.toArray(), errors: machine.errors }).toEqual({ todos: [], errors: [] });
  saved.forget();
  expect(machine.names.length).toBe(4);
  const page = Object.assign(new TestPage(other, machine.items), {
    journal: journalCodec("test/drafts"),
  });
  const next = await machine.open({}, { page });
  expect(next.db.todos.toArray()).toEqual([{ id: 1, title: "test/drafts" }]);
});

describe("what was noted and cannot be used", () => {
  const unusable = {
    "its unique index refuses it": {
      message: 'another document has the same "title"',
      migrate: undefined,
    },
    "its migration fails": {
      message: "not yet",
      migrate: () => {
        throw new Error("not yet");
      },
    },
  };

  test.for(Object.entries(unusable))(
    "is reported at each start, and stays as it is until the journal is emptied: %s",
    async ([, { message, migrate }]) => {
      const machine = new Machine();
      const { clock, inner, items } = machine;
      const open = async () => {
        const { todos } = new Ramify().createStore<
          { todos: Schema<{ id: number; title: string }, "id"> }
        >({
          todos: { primaryKey: "id", unique: ["title"] },
        });
        const errors: { message: string; key: unknown }[] = [];
        const page = new TestPage(inner, items);
        const saved = await clock.until(persist(todos, page, {
          page,
          clock,
          onError: (error, { key }) => errors.push({ message: (error as Error).message, key }),
          ...migrate === undefined ? {} : { version: 2, migrate },
        }));
        return { todos, saved, page, errors };
      };
      await machine.crash((db) => {
        db.todos.add({ id: 1, title: "a" });
        db.todos.update(1, { title: "b" });
      });
      const version = migrate === undefined ? {} : { metadata: { version: 2 } };
      await inner.commit([{ type: "todos", key: 2, value: { id: 2, title: "b" }, ...version }]);
      const before = [...items.items];
      for (let start = 3; start <= 5; start++) {
        const { todos, saved, page, errors } = await open();
        expect(errors).toEqual([{ message: expect.stringContaining(message), key: 1 }]);
        expect(saved.pending).toBe(0);
        todos.put({ id: start, title: `${start}` });
        await clock.until(saved.flush());
        expect(todos.keys()).not.toContain(1);
        expect([...items.items]).toEqual(before);
        page.isGone = true;
      }
      const { saved, page } = await open();
      saved.forget();
      page.isGone = true;
      expect(machine.names).toEqual([]);
      expect((await open()).errors).toEqual([]);
    },
  );
});

describe("a page whose localStorage", () => {
  /** Makes every use of localStorage throw, as browsers do for a damaged profile. */
  function block(machine: Machine): void {
    const fail = () => {
      throw new DOMException("the file is corrupted", "NS_ERROR_FILE_CORRUPTED");
    };
    Object.defineProperty(machine.items, "length", { get: fail });
    Object.assign(machine.items, { key: fail, getItem: fail, setItem: fail, removeItem: fail });
  }

  test("throws at each access reads, writes and counts everything as exposed", async () => {
    const machine = new Machine();
    block(machine);
    const { db, saved } = await machine.open();
    db.todos.add({ id: 1, title: "a" });
    expect({ pending: saved.pending, exposed: saved.exposed }).toEqual({ pending: 1, exposed: 1 });
    await machine.clock.until(saved.flush());
    saved.forget();
    expect({ stored: (await stored(machine.inner, "todos")).size, errors: machine.errors })
      .toEqual({ stored: 1, errors: [] });
  });

  test("throws from some moment on goes on writing", async () => {
    const machine = new Machine();
    const { db, saved } = await machine.open();
    db.todos.bulkAdd([{ id: 1, title: "a" }, { id: 2, title: "b" }]);
    block(machine);
    db.todos.update(2, { title: "c" });
    expect(saved.exposed).toBe(1);
    await machine.clock.until(saved.flush());
    db.todos.update(1, { title: "d" });
    await machine.clock.until(saved.flush());
    expect([...(await stored(machine.inner, "todos")).values()])
      .toEqual([{ id: 1, title: "d" }, { id: 2, title: "c" }]);
    expect({ pending: saved.pending, errors: machine.errors }).toEqual({ pending: 0, errors: [] });
  });
});
