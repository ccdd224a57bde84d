import { describe, expect, test } from "vitest";
import { persist, type PersistenceState } from "../../../src/persistence/collections/mod.ts";
import { followed } from "./failing.ts";
import { gate, settled, TestClock, todoStore, Watched } from "./support.ts";

describe("a status label", () => {
  test("goes from saved to dirty to saving to saved", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const states: PersistenceState[] = [];
    const saved = await persist(db, storage, { clock });
    const unsubscribe = saved.subscribe((state) => states.push(state));
    const { opened, open } = gate();
    storage.before = () => opened;
    db.todos.add({ id: 1, title: "a" });
    db.todos.add({ id: 2, title: "b" });
    await clock.advance(100);
    open();
    await settled();
    expect(states.map(({ status, pending }) => [status, pending])).toEqual([
      ["saved", 0],
      ["dirty", 1],
      ["saving", 2],
      ["saved", 0],
    ]);
    expect(states.at(-1)?.lastSaved).toBe(clock.now());
    unsubscribe();
    db.todos.delete(1);
    expect(states.length).toBe(4);
  });

  test("gets the same object until something changes", async () => {
    const [storage, clock, db] = [new Watched(), new TestClock(), todoStore()];
    const saved = await persist(db, storage, { clock });
    const before = saved.getSnapshot();
    expect(saved.getSnapshot()).toBe(before);
    db.todos.add({ id: 1, title: "a" });
    expect(saved.getSnapshot()).not.toBe(before);
    expect(saved.getSnapshot()).toEqual({
      status: "dirty",
      pending: 1,
      exposed: 1,
      lastSaved: undefined,
    });
  });
});

test("onSaved receives the documents that were stored, and how many wait", async () => {
  const received: unknown[] = [];
  const [storage, db] = [new Watched(), todoStore()];
  const saved = await persist(db, storage, { onSaved: (each) => received.push(each) });
  db.todos.add({ id: 1, title: "a" });
  db.lists.add({ name: "home" });
  await saved.flush();
  db.todos.clear();
  await saved.flush();
  expect(received).toEqual([
    {
      documents: [{ collection: "todos", key: 1 }, { collection: "lists", key: "home" }],
      pending: 0,
    },
    { documents: [{ collection: "todos", key: 1 }], pending: 0 },
  ]);
});

describe("a listener", () => {
  test("that rejects, as an asynchronous one does, is reported and stops nothing", async () => {
    const rejecting = (where: string) => () => Promise.reject(new Error(where));
    const { db, saved, storage, errors } = await followed({
      onOpen: rejecting("in onOpen"),
      onSaved: rejecting("in onSaved"),
    });
    saved.subscribe(rejecting("in subscribe"));
    db.todos.update(1, { title: "changed" });
    await saved.flush();
    await settled();
    expect((await storage.inner.get("todos", 1))?.value).toMatchObject({ title: "changed" });
    expect(new Set(errors.map(({ message }) => message))).toEqual(
      new Set(["in onOpen", "in onSaved", "in subscribe"]),
    );
  });

  test("that throws is reported and stops nothing", async () => {
    const { db, saved, storage, errors } = await followed({
      onSaved: () => {
        throw new Error("in onSaved");
      },
    });
    saved.subscribe(() => {
      throw new Error("in subscribe");
    });
    db.todos.update(1, { title: "changed" });
    await saved.flush();
    expect((await storage.inner.get("todos", 1))?.value).toMatchObject({ title: "changed" });
    expect(new Set(errors.map(({ message }) => message))).toEqual(
      new Set(["in onSaved", "in subscribe"]),
    );
  });
});
