import { describe, expect, test } from "vitest";
import { type FailurePolicy, persist } from "../../../src/persistence/collections/mod.ts";
import { followed, loseAnswer, offline, reverting } from "./failing.ts";
import { gate, settled, storageWith, stored, TestClock, todoStore } from "./support.ts";

describe('a storage that keeps failing, with onFailure "revert"', () => {
  test("has memory taken back to what was acknowledged, as one transaction", async () => {
    const { db, saved, storage, clock } = await reverting(3);
    storage.before = offline;
    const events: unknown[] = [];
    db.todos.update(1, { title: "first" });
    db.todos.update(1, { title: "second" });
    db.todos.add({ id: 2, title: "new" });
    db.todos.subscribe((type, keys) => void events.push([type, keys, db.todos.count()]));
    await expect(clock.until(saved.flush())).rejects.toThrow("offline");
    expect(db.todos.toArray()).toEqual([{ id: 1, title: "stored" }]);
    expect(events).toEqual([["update", [1], 1], ["delete", [2], 1]]);
    expect(saved.pending).toBe(0);
  });

  test("has no effect on what was changed since", async () => {
    const { db, saved, storage, clock } = await reverting();
    let isOffline = true;
    storage.before = async () => {
      await settled();
      if (!isOffline) return;
      db.todos.update(1, { title: "changed meanwhile" });
      isOffline = false;
      offline();
    };
    db.todos.update(1, { title: "first" });
    db.todos.add({ id: 2, title: "new" });
    await expect(clock.until(saved.flush())).rejects.toThrow("offline");
    expect(db.todos.toArray()).toEqual([{ id: 1, title: "changed meanwhile" }]);
    await clock.until(saved.flush());
    expect(await stored(storage.inner, "todos")).toEqual(
      new Map([[1, { id: 1, title: "changed meanwhile" }]]),
    );
  });

  test("leaves memory with what storage holds if storage applied a write without acknowledging it", async () => {
    const { db, saved, storage, clock } = await reverting();
    loseAnswer(storage, "commit");
    db.todos.update(1, { title: "applied" });
    await expect(clock.until(saved.flush())).rejects.toThrow("offline");
    await clock.until(saved.flush());
    expect(db.todos.get(1)?.title).toBe("applied");
    expect(saved.status).toBe("saved");
  });

  test("loses what it may have applied when the document was added and deleted once more since", async () => {
    const { db, saved, storage, clock } = await reverting();
    // From then on it cannot even be read, until the test says so.
    loseAnswer(storage, "commit", () => storage.before = offline);
    db.todos.add({ id: 2, title: "applied" });
    await expect(clock.until(saved.flush())).rejects.toThrow("offline");
    expect(db.todos.has(2)).toBe(false);
    db.todos.add({ id: 2, title: "again" });
    db.todos.delete(2);
    storage.before = () => {};
    await clock.until(saved.flush());
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([1]);
    expect(db.todos.keys()).toEqual([1]);
  });

  test("gets few states of a document before it answers, however often it is changed and taken back", async () => {
    const { db, saved, storage, clock } = await reverting();
    loseAnswer(storage, "commit", () => storage.before = offline);
    for (let n = 0; n < 100; n++) {
      db.todos.put({ id: 1, title: `${n}` });
      await clock.advance(60_000);
      expect(db.todos.get(1)?.title).toBe("stored");
    }
    const sent = storage.writes.map((write) => "value" in write && JSON.stringify(write.value));
    expect(sent.length).toBe(100);
    expect(new Set(sent).size).toBeLessThanOrEqual(4);
    storage.before = () => {};
    await clock.until(saved.flush());
    expect(db.todos.get(1)?.title).toBe("0");
  });

  test("has cleared documents brought back", async () => {
    const { db, saved, storage, clock } = await reverting(2);
    storage.before = offline;
    db.todos.clear();
    await expect(clock.until(saved.flush())).rejects.toThrow("offline");
    expect(db.todos.toArray()).toEqual([{ id: 1, title: "stored" }]);
    storage.before = () => {};
    await clock.until(saved.flush());
    expect(db.todos.toArray()).toEqual([{ id: 1, title: "stored" }]);
    expect((await stored(storage.inner, "todos")).size).toBe(1);
  });
});

test("what an observer writes in response to a revert is saved", async () => {
  const { db, saved, storage, clock } = await reverting();
  storage.before = offline;
  db.todos.update(1, { title: "mine" });
  db.todos.subscribe(() => {
    if (db.todos.get(1)?.title === "stored") db.todos.update(1, { title: "in response" });
  });
  await expect(clock.until(saved.flush())).rejects.toThrow("offline");
  storage.before = () => {};
  await clock.until(saved.flush());
  expect(db.todos.get(1)?.title).toBe("in response");
  expect((await stored(storage.inner, "todos")).get(1)).toEqual({ id: 1, title: "in response" });
});

test("a clear that is taken back although storage applied it loses nothing that was written since", async () => {
  const { db, saved, storage, clock } = await reverting();
  loseAnswer(storage, "clear", () => db.todos.put({ id: 1, title: "written since" }));
  db.todos.clear();
  await expect(clock.until(saved.flush())).rejects.toThrow("offline");
  await clock.until(saved.flush());
  expect(db.todos.toArray()).toEqual([{ id: 1, title: "written since" }]);
  expect((await stored(storage.inner, "todos")).get(1)).toEqual({ id: 1, title: "written since" });
});

test("a second clear is not taken back with the first, only when it fails itself", async () => {
  const { db, saved, storage, clock } = await reverting();
  const { opened, open } = gate();
  storage.before = async () => {
    await opened;
    offline();
  };
  db.todos.clear();
  void saved.flush().catch(() => {});
  await settled();
  db.todos.add({ id: 2, title: "in between" });
  db.todos.clear();
  storage.before = offline;
  const callsAtRevert: number[] = [];
  db.todos.subscribe(() => void callsAtRevert.push(storage.calls.length));
  open();
  await clock.advance(1_000);
  expect(callsAtRevert).toEqual([2]);
  expect(db.todos.toArray()).toEqual([{ id: 1, title: "stored" }]);
  storage.before = () => {};
  db.todos.clear();
  await clock.until(saved.flush());
  expect(db.todos.count()).toBe(0);
  expect((await stored(storage.inner, "todos")).size).toBe(0);
});

test("a clear in response to one that was taken back is carried out", async () => {
  const { db, saved, storage, clock } = await reverting();
  await storage.inner.commit([{ type: "todos", key: 2, value: { id: 2, title: "unknown here" } }]);
  storage.before = offline;
  db.todos.clear();
  db.todos.subscribe(() => {
    storage.before = () => {};
    if (db.todos.count() > 0) db.todos.clear();
  });
  await expect(clock.until(saved.flush())).rejects.toThrow("offline");
  await clock.until(saved.flush());
  expect(db.todos.count()).toBe(0);
  expect((await stored(storage.inner, "todos")).size).toBe(0);
});

test("a clear made before everything was read is not taken back, as memory never held it all", async () => {
  const storage = await storageWith(3);
  const clock = new TestClock();
  const { todos } = todoStore();
  todos.add({ id: 9, title: "mine" });
  storage.before = (act) => act === "clear" && offline();
  const opening = persist(todos, storage, {
    clock,
    onFailure: "revert",
    retry: { attempts: 1 },
    onError: () => {},
  });
  todos.clear();
  const saved = await clock.until(opening);
  await expect(clock.until(saved.flush())).rejects.toThrow("offline");
  expect(saved.status).toBe("failing");
  storage.before = () => {};
  await clock.until(saved.flush());
  expect(todos.count()).toBe(0);
  expect((await stored(storage.inner, "todos")).size).toBe(0);
});

describe("a function as onFailure", () => {
  test("keeps the changes when it returns nothing", async () => {
    const onFailure = (() => {}) as unknown as () => FailurePolicy;
    const { db, saved, storage, clock } = await followed({ retry: { attempts: 1 }, onFailure });
    storage.before = offline;
    db.todos.update(1, { title: "changed" });
    await expect(clock.until(saved.flush())).rejects.toThrow("offline");
    expect(db.todos.get(1)?.title).toBe("changed");
  });

  test("receives what failed, and decides", async () => {
    const failures: unknown[] = [];
    const { db, saved, storage, clock } = await followed({
      retry: { attempts: 2 },
      onFailure: async ({ documents, permanent }) => {
        failures.push({ documents, permanent });
        return failures.length < 2 ? "keep" : "revert";
      },
    });
    storage.before = offline;
    db.todos.update(1, { title: "changed" });
    await expect(clock.until(saved.flush())).rejects.toThrow("offline");
    expect(db.todos.get(1)?.title).toBe("changed");
    await clock.advance(60_000);
    expect(db.todos.get(1)?.title).toBe("stored");
    const failure = { documents: [{ collection: "todos", key: 1 }], permanent: false };
    expect(failures).toEqual([failure, failure]);
  });
});
