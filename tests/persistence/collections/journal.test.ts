import { describe, expect, test } from "vitest";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { TestPage } from "./leaving.ts";
import { Machine } from "./machine.ts";
import { stored, type TodoStore, todoStore } from "./support.ts";

describe("the journal of a page", () => {
  test("has each edit when the call returns, and nothing once storage has it", async () => {
    const machine = new Machine();
    const { db, saved } = await machine.open();
    db.todos.add({ id: 1, title: "a" });
    expect(machine.names.length).toBe(1);
    expect(machine.names[0]).toMatch(/^rian-journal\/test\/[^.]+\.0$/);
    expect({ pending: saved.pending, exposed: saved.exposed }).toEqual({ pending: 1, exposed: 0 });
    await machine.clock.advance(20);
    expect({ names: machine.names, pending: saved.pending }).toEqual({ names: [], pending: 0 });
  });

  test("has one name for what changes in one transaction, whatever the collections", async () => {
    const machine = new Machine();
    const { db } = await machine.open();
    db.transaction(() => {
      db.todos.bulkAdd([{ id: 1, title: "a" }, { id: 2, title: "b" }]);
      db.lists.add({ name: "home" });
      db.todos.delete(1);
    });
    expect(machine.names.length).toBe(1);
    db.todos.update(2, { title: "c" });
    expect(machine.names.length).toBe(2);
    db.lists.delete("home");
    expect(machine.names.length).toBe(2);
  });

  test("is kept in no place for null, and where the browser blocks localStorage", async () => {
    const machine = new Machine();
    const { db, saved } = await machine.open({ journal: null });
    db.todos.add({ id: 1, title: "private" });
    expect({ names: machine.names, exposed: saved.exposed }).toEqual({ names: [], exposed: 1 });
    const blocked = new TestPage(machine.inner, machine.items);
    Object.defineProperty(blocked, "localStorage", {
      get: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    });
    const { saved: other, db: otherDb } = await machine.open({ page: blocked });
    otherDb.todos.add({ id: 2, title: "b" });
    expect({ names: machine.names, exposed: other.exposed }).toEqual({ names: [], exposed: 1 });
  });

  test("keeps a Date and a bigint", async () => {
    const machine = new Machine();
    const todo = { id: 1, title: "a", at: new Date(5), many: 5n };
    await machine.crash((db) => db.todos.add(todo as never));
    const { db } = await machine.open();
    expect(db.todos.get(1)).toEqual(todo);
  });
});

describe("the next page", () => {
  test("has the edits of one that crashed, and stores them before it lets go of the notes", async () => {
    const machine = new Machine();
    await machine.crash((db) => db.todos.add({ id: 1, title: "a" }));
    const { db, saved } = await machine.open();
    expect(db.todos.get(1)).toEqual({ id: 1, title: "a" });
    expect(machine.names.length).toBe(2);
    await machine.clock.until(saved.flush());
    expect(await stored(machine.inner, "todos")).toEqual(new Map([[1, { id: 1, title: "a" }]]));
    expect(machine.names).toEqual([]);
  });

  test("merges an edit with what somebody else has stored since", async () => {
    const machine = new Machine();
    const { db, saved } = await machine.open();
    db.todos.add({ id: 1, title: "a" });
    await machine.clock.until(saved.flush());
    await machine.crash((db) => db.todos.update(1, { title: "mine" }));
    await machine.inner.commit([{
      type: "todos",
      key: 1,
      value: { id: 1, title: "a", done: true },
    }]);
    const next = await machine.open();
    expect(next.db.todos.get(1)).toEqual({ id: 1, title: "mine", done: true });
    expect(machine.errors).toEqual([]);
  });

  test("leaves what somebody else has stored in the same field, and reports what is lost", async () => {
    const machine = new Machine();
    const { db, saved } = await machine.open();
    db.todos.add({ id: 1, title: "a" });
    await machine.clock.until(saved.flush());
    await machine.crash((db) => db.todos.update(1, { title: "mine" }));
    await machine.inner.commit([{ type: "todos", key: 1, value: { id: 1, title: "theirs" } }]);
    const next = await machine.open();
    expect(next.db.todos.get(1)).toEqual({ id: 1, title: "theirs" });
    expect(machine.errors).toEqual([expect.stringContaining("Cannot keep title of todos/1")]);
    expect(machine.names).toEqual([]);
  });

  test("does not bring back what storage has, whose answer the crash has swallowed", async () => {
    const machine = new Machine();
    const { page, db, saved } = await machine.open();
    page.fate = () => "silent";
    db.todos.add({ id: 1, title: "a" });
    await machine.clock.advance(20);
    expect({ names: machine.names.length, pending: saved.pending }).toEqual({
      names: 1,
      pending: 1,
    });
    page.isGone = true;
    const next = await machine.open();
    expect(next.saved.pending).toBe(0);
    expect(machine.names).toEqual([]);
  });

  test("migrates what a page of an earlier schema version has noted", async () => {
    const machine = new Machine();
    await machine.crash((db) => db.todos.add({ id: 1, title: "a" }));
    const { db } = await machine.open({
      version: { todos: 2 },
      migrate: (todo, from) => ({ ...todo, title: `${todo["title"]} from ${from}` }),
    });
    expect(db.todos.get(1)).toEqual({ id: 1, title: "a from 1" });
  });

  test("drops and reports what was noted for a storage that has been cleared", async () => {
    const machine = new Machine();
    const { db: first, saved } = await machine.open();
    first.todos.add({ id: 1, title: "a" });
    await machine.clock.until(saved.flush());
    await machine.crash((db) => db.todos.update(1, { title: "secret" }));
    for (const type of ["todos", "rian.collections"]) await machine.inner.clear(type);
    const { db } = await machine.open();
    expect(db.todos.toArray()).toEqual([]);
    expect(machine.names).toEqual([]);
    expect(machine.errors).toEqual([expect.stringContaining("has been cleared since")]);
  });

  test.for(["", "null", "null\n1{", 'null\n1{"type":"todos"}', "{}\n2[", "null\n9x"])(
    "drops and reports a damaged note, and reads the others: %j",
    async (text) => {
      const machine = new Machine();
      await machine.crash((db) => db.todos.add({ id: 1, title: "a" }));
      machine.items.setItem("rian-journal/test/other.0", text);
      const { db } = await machine.open();
      expect(db.todos.toArray()).toEqual([{ id: 1, title: "a" }]);
      expect(machine.names).not.toContain("rian-journal/test/other.0");
      expect(machine.errors.length).toBe(1);
    },
  );

  test("leaves what was noted for collections that it does not have to whoever has them", async () => {
    const machine = new Machine();
    await machine.crash((db) => {
      db.transaction(() => {
        db.todos.add({ id: 1, title: "a" });
        db.lists.add({ name: "home" });
      });
    });
    const { clock, inner, items } = machine;
    const db = todoStore();
    for (const collection of [db.todos, db.lists]) {
      const page = new TestPage(inner, items);
      const saved = await clock.until(persist(collection, page, { page, clock }));
      await clock.until(saved.flush());
    }
    expect(await stored(inner, "lists")).toEqual(new Map([["home", { name: "home" }]]));
    expect(machine.names).toEqual([]);
  });
});

describe("what does not fit into the journal", () => {
  const large = { id: 1, title: "x".repeat(70_000) };
  const many = Array.from({ length: 101 }, (_, id) => ({ id, title: "a" }));
  test.for<[what: string, edit: (db: TodoStore) => void, count: number]>([
    ["a document over 64,000 characters", (db) => db.todos.add(large), 1],
    ["a change of more than 100 documents", (db) => db.todos.bulkAdd(many), 101],
  ])("is exposed and sent at once: %s", async ([, edit, exposed]) => {
    const machine = new Machine();
    const { db, saved, page } = await machine.open();
    let commits = 0;
    page.onCommit = () => {
      commits++;
    };
    edit(db);
    expect({ exposed: saved.exposed, shown: saved.getSnapshot().exposed })
      .toEqual({ exposed, shown: exposed });
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(commits).toBe(1);
    await machine.clock.advance(0);
    expect({ exposed: saved.exposed, names: machine.names }).toEqual({ exposed: 0, names: [] });
  });

  test("is exposed where the browser gives no room, and the note of its earlier state stays", async () => {
    const machine = new Machine();
    const { db, saved, page } = await machine.open();
    page.fate = () => "refused";
    db.todos.add({ id: 1, title: "a" });
    machine.items.room = 0;
    db.todos.update(1, { title: "b" });
    expect({ exposed: saved.exposed, names: machine.names.length }).toEqual({
      exposed: 1,
      names: 1,
    });
  });
});

describe("forget", () => {
  test("empties the journal, also of what other pages have noted, and notes nothing from then on", async () => {
    const machine = new Machine();
    await machine.crash((db) => db.lists.add({ name: "theirs" }));
    machine.items.setItem("rian-journal/other/page.0", "null");
    const { db, saved } = await machine.open();
    db.todos.add({ id: 1, title: "a" });
    saved.forget();
    db.todos.add({ id: 2, title: "b" });
    expect(machine.names).toEqual(["rian-journal/other/page.0"]);
    expect({ pending: saved.pending, exposed: saved.exposed }).toEqual({ pending: 3, exposed: 3 });
    await machine.clock.until(saved.close());
    expect((await stored(machine.inner, "todos")).size).toBe(2);
  });

  test("happens by itself when the storage turns out to be cleared", async () => {
    const machine = new Machine();
    const { db } = await machine.open();
    for (const type of ["todos", "rian.collections"]) await machine.inner.clear(type);
    db.todos.add({ id: 1, title: "secret" });
    await machine.clock.advance(100);
    expect(machine.names).toEqual([]);
  });
});

test("a revert removes the note after memory has gone back", async () => {
  const machine = new Machine();
  const { db, page } = await machine.open({ onFailure: "revert", retry: { attempts: 1 } });
  page.fate = () => "refused";
  db.todos.add({ id: 1, title: "a" });
  let namesAtRevert: number | undefined;
  db.todos.subscribe(() => {
    namesAtRevert = machine.names.length;
  });
  await machine.clock.advance(100);
  expect({ todos: db.todos.toArray(), namesAtRevert, names: machine.names })
    .toEqual({ todos: [], namesAtRevert: 1, names: [] });
});

test("a page that goes away sends nothing, and goes on when it comes back", async () => {
  const machine = new Machine();
  const { db, page, saved } = await machine.open();
  page.fire("pagehide");
  db.todos.add({ id: 1, title: "late" });
  page.document.visibilityState = "hidden";
  page.fire("visibilitychange");
  await machine.clock.advance(1_000);
  expect((await stored(machine.inner, "todos")).size).toBe(0);
  page.document.visibilityState = "visible";
  page.fire("pageshow");
  await machine.clock.until(saved.flush());
  expect((await stored(machine.inner, "todos")).size).toBe(1);
  expect(machine.errors).toEqual([]);
});
