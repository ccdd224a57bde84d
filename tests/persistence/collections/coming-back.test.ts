import { describe, expect, test } from "vitest";
import type { Adapter, Entry, Key } from "../../../src/persistence/adapter/adapter.ts";
import {
  StorageLimitError,
  UnreadableEntryError,
} from "../../../src/persistence/adapter/errors.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import {
  persist,
  type Persistence,
  type PersistOptions,
} from "../../../src/persistence/collections/mod.ts";
import { SharedStorage, TestPage } from "./leaving.ts";
import { stored, TestClock, type Todo, type TodoStore, todoStore } from "./support.ts";

/** A page that notes what it reads, and hears nothing of what others write. */
class DeafPage extends TestPage {
  /** What was read of the to-dos: `list`, or the key. */
  reads: Key[] = [];
  /** Called before the list yields an entry. */
  onEntry: (entry: Entry) => void = () => {};

  override get(type: string, key: Key): Promise<Entry | undefined> {
    if (type === "todos") this.reads.push(key);
    return super.get(type, key);
  }

  override async *list(...parameters: Parameters<Adapter["list"]>): AsyncGenerator<Entry> {
    if (parameters[0] === "todos") this.reads.push("list");
    for await (const entry of super.list(...parameters)) {
      this.onEntry(entry);
      yield entry;
    }
  }
}

interface Opened {
  readonly page: DeafPage;
  readonly db: TodoStore;
  readonly saved: Persistence;
}

/** A machine on which pages open, leave and come back. */
class Machine {
  readonly clock = new TestClock();
  readonly inner = new MemoryStore();
  readonly items = new SharedStorage();
  readonly errors: string[] = [];

  async open(options: PersistOptions = {}, page?: DeafPage): Promise<Opened> {
    page ??= new DeafPage(this.inner, this.items);
    const db = todoStore();
    const saved = await this.clock.until(persist(db, page, {
      page,
      clock: this.clock,
      random: () => 1,
      onError: (error) => this.errors.push((error as Error).message),
      ...options,
    }));
    page.reads = [];
    return { page, db, saved };
  }

  /** Stores to-dos as another tab does; without a title, it deletes them. */
  async write(titles: Readonly<Record<number, string | undefined>>): Promise<void> {
    await this.inner.commit(
      Object.entries(titles).map(([id, title]) => {
        const at = { type: "todos", key: Number(id) };
        return title === undefined
          ? { ...at, delete: true }
          : { ...at, value: { id: Number(id), title } };
      }),
    );
  }

  async comeBack({ page }: Opened): Promise<void> {
    page.fire("pageshow");
    await this.clock.advance(100);
  }
}

/** Returns the titles of all to-dos, by id. */
function titlesIn({ db: { todos } }: Opened): Record<number, string> {
  return Object.fromEntries(todos.toArray().map(({ id, title }) => [id, title]));
}

describe("a page that comes back", () => {
  test("shows what others have changed, added and deleted, and reads only what is gone twice", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a", 2: "b", 3: "c" });
    const opened = await machine.open();
    const { page, db } = opened;
    const events: unknown[] = [];
    db.todos.subscribe((type, keys) => void events.push([type, keys]));
    let commits = 0;
    page.onCommit = () => {
      commits++;
    };
    page.fire("pagehide");
    await machine.write({ 1: "theirs", 2: undefined, 4: "d" });
    await machine.comeBack(opened);
    expect(titlesIn(opened)).toEqual({ 1: "theirs", 3: "c", 4: "d" });
    expect(events).toEqual([["update", [1]], ["create", [4]], ["delete", [2]]]);
    expect({ reads: page.reads, commits }).toEqual({ reads: ["list", 2], commits: 0 });
    expect(machine.errors).toEqual([]);
  });

  test("reads nothing but a list when nothing has changed, once each time", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a", 2: "b" });
    const opened = await machine.open();
    for (const times of [1, 2]) {
      opened.page.fire("pagehide");
      await machine.comeBack(opened);
      expect(opened.page.reads).toEqual(Array.from({ length: times }, () => "list"));
    }
  });

  test("merges its edits with those of others", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a", 2: "b" });
    const opened = await machine.open();
    const { page, db } = opened;
    page.fire("pagehide");
    db.todos.update(1, { done: true });
    await machine.write({ 1: "theirs", 2: "theirs" });
    await machine.comeBack(opened);
    const both: Todo[] = [{ id: 1, title: "theirs", done: true }, { id: 2, title: "theirs" }];
    expect(db.todos.toArray()).toEqual(both);
    expect([...(await stored(machine.inner, "todos")).values()]).toEqual(both);
    expect(machine.errors).toEqual([]);
  });

  test("shows the others' state of an edit that is taken back", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a" });
    const opened = await machine.open({ onFailure: "revert" });
    const { page, db } = opened;
    page.onCommit = () => {
      throw new StorageLimitError("it is too large", {
        limit: "value bytes",
        allowed: 1,
        actual: 2,
      });
    };
    page.fire("pagehide");
    db.todos.update(1, { title: "mine" });
    await machine.write({ 1: "theirs" });
    await machine.comeBack(opened);
    expect(titlesIn(opened)).toEqual({ 1: "theirs" });
    expect(machine.errors).toEqual(["it is too large"]);
  });

  test("does not count the time for which it was away against storage", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a" });
    const { clock } = machine;
    const due: (() => void)[] = [];
    let isFrozen = false;
    // Timers of a page in the cache do not fire; those that came due do once it is back.
    const page = new DeafPage(machine.inner, machine.items);
    const opened = await machine.open({
      clock: {
        now: () => clock.now(),
        setTimeout: (callback, milliseconds) => {
          return clock.setTimeout(() => isFrozen ? due.push(callback) : callback(), milliseconds);
        },
        clearTimeout: (timer) => clock.clearTimeout(timer),
      },
    }, page);
    opened.db.todos.update(1, { title: "mine" });
    page.fire("pagehide");
    isFrozen = true;
    await clock.advance(60_000);
    isFrozen = false;
    page.fire("pageshow");
    expect(due.length).toBeGreaterThan(0);
    for (const callback of due) callback();
    await clock.advance(10);
    expect({ status: opened.saved.status, errors: machine.errors })
      .toEqual({ status: "saved", errors: [] });
    expect(await stored(machine.inner, "todos")).toEqual(new Map([[1, { id: 1, title: "mine" }]]));
  });

  test("stores an edit before it lists the next 1,000", async () => {
    const machine = new Machine();
    const many = Array.from({ length: 2_500 }, (_, id) => [id, "a"]);
    await machine.write(Object.fromEntries(many));
    const opened = await machine.open();
    const { page, db, saved } = opened;
    page.fire("pagehide");
    await machine.write({ 2_400: "theirs" });
    let listsAtCommit: number | undefined;
    page.onCommit = () => {
      listsAtCommit = page.reads.length;
    };
    let flushed: Promise<number> | undefined;
    page.onEntry = ({ key }) => {
      if (key !== 10 || flushed !== undefined) return;
      db.todos.update(3, { title: "mine" });
      flushed = saved.flush().then(() => page.reads.length);
    };
    await machine.comeBack(opened);
    expect({ listsAtCommit, listsAtFlush: await flushed })
      .toEqual({ listsAtCommit: 1, listsAtFlush: 2 });
    expect((await machine.inner.get("todos", 3))?.value).toEqual({ id: 3, title: "mine" });
    expect(page.reads).toEqual(["list", "list", "list"]);
    expect(titlesIn(opened)).toMatchObject({ 3: "mine", 2_400: "theirs" });
  });

  test("stops when it goes away again, and begins anew when it is back", async () => {
    const machine = new Machine();
    const many = Array.from({ length: 2_500 }, (_, id) => [id, "a"]);
    await machine.write(Object.fromEntries(many));
    const opened = await machine.open();
    const { page } = opened;
    page.fire("pagehide");
    let last: unknown;
    page.onEntry = ({ key }) => {
      last = key;
      if (key === 10) page.fire("pagehide");
    };
    await machine.comeBack(opened);
    expect(last).toBe(999);
    expect(page.reads).toEqual(["list"]);
    page.onEntry = () => {};
    await machine.write({ 5: "theirs", 2_000: undefined });
    await machine.comeBack(opened);
    expect(titlesIn(opened)[5]).toBe("theirs");
    expect(titlesIn(opened)[2_000]).toBeUndefined();
    expect(page.reads).toEqual(["list", "list", "list", "list", 2_000]);
    expect(machine.errors).toEqual([]);
  });

  test("goes on where it stopped when storage fails", async () => {
    const machine = new Machine();
    const many = Array.from({ length: 2_400 }, (_, id) => [id, "a"]);
    await machine.write(Object.fromEntries(many));
    const opened = await machine.open();
    const { page } = opened;
    page.fire("pagehide");
    await machine.write({ 5: "theirs", 2_000: "theirs" });
    page.onEntry = ({ key }) => {
      if (key !== 1_500) return;
      page.onEntry = () => {};
      throw new Error("offline");
    };
    await machine.comeBack(opened);
    await machine.clock.advance(1_000);
    expect(titlesIn(opened)).toMatchObject({ 5: "theirs", 2_000: "theirs" });
    expect({ errors: machine.errors, reads: page.reads })
      .toEqual({ errors: ["offline"], reads: ["list", "list", "list"] });
    expect(opened.saved.status).toBe("saved");
  });

  test("notices that storage was cleared meanwhile, and keeps memory readable", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a" });
    const opened = await machine.open();
    opened.page.fire("pagehide");
    for (const type of ["todos", "rian.collections"]) await machine.inner.clear(type);
    await machine.comeBack(opened);
    expect(opened.saved.status).toBe("cleared");
    expect(titlesIn(opened)).toEqual({ 1: "a" });
    expect(machine.errors).toEqual([expect.stringContaining("it was cleared after")]);
  });

  test("empties a collection whose documents somebody else has all deleted", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a", 2: "b" });
    const opened = await machine.open();
    opened.page.fire("pagehide");
    await machine.inner.clear("todos");
    await machine.comeBack(opened);
    expect({ titles: titlesIn(opened), status: opened.saved.status })
      .toEqual({ titles: {}, status: "saved" });
  });

  test("migrates what a page of an earlier schema version has stored", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a" });
    const opened = await machine.open({
      version: { todos: 2 },
      migrate: (todo, from) => ({ ...todo, title: `${todo["title"]} from ${from}` }),
    });
    opened.page.fire("pagehide");
    await machine.write({ 1: "b", 2: "c" });
    await machine.comeBack(opened);
    expect(titlesIn(opened)).toEqual({ 1: "b from 1", 2: "c from 1" });
  });

  test.for([
    { adapter: "that passes it by", isPassed: true },
    { adapter: "whose list ends there", isPassed: false },
  ])(
    "reports once an entry that cannot be read, with an adapter $adapter",
    async ({ isPassed }) => {
      const machine = new Machine();
      await machine.write({ 1: "a", 2: "b", 3: "c" });
      const page = new DeafPage(machine.inner, machine.items);
      const opened = await machine.open({}, page);
      const damaged = new UnreadableEntryError({ type: "todos", key: 2 }, "it is damaged");
      const { get, list } = page;
      page.get = async (type, key) => {
        if (type === "todos" && key === 2) throw damaged;
        return await get.call(page, type, key);
      };
      page.list = async function* (type, options = {}) {
        for await (const entry of list.call(page, type, options)) {
          if (type !== "todos" || entry.key !== 2) yield entry;
          else if (isPassed) options.onUnreadable?.(damaged);
          else throw damaged;
        }
      };
      for (const title of ["theirs", "theirs again"]) {
        page.fire("pagehide");
        await machine.write({ 1: title, 3: title });
        await machine.comeBack(opened);
        expect(titlesIn(opened)).toEqual({ 1: title, 2: "b", 3: title });
        expect(machine.errors).toEqual([expect.stringContaining("it is damaged")]);
      }
    },
  );

  test("lists nothing where storage has no versions", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a" });
    const page = new DeafPage(machine.inner, machine.items);
    Object.assign(page, { capabilities: { ...page.capabilities, conditional: "none" } });
    const opened = await machine.open({}, page);
    page.fire("pagehide");
    await machine.write({ 1: "theirs" });
    await machine.comeBack(opened);
    expect({ titles: titlesIn(opened), reads: page.reads })
      .toEqual({ titles: { 1: "a" }, reads: [] });
  });

  test("shows what others have changed in what it had read, if it left while it was opening", async () => {
    const machine = new Machine();
    const many = Array.from({ length: 2_500 }, (_, id) => [id, "a"]);
    await machine.write(Object.fromEntries(many));
    const page = new DeafPage(machine.inner, machine.items);
    page.onEntry = ({ key }) => {
      if (key !== 1_500) return;
      page.onEntry = () => {};
      page.fire("pagehide");
      void machine.write({ 5: "theirs" }).then(() => page.fire("pageshow"));
    };
    const opened = await machine.open({}, page);
    await machine.clock.advance(100);
    expect(titlesIn(opened)[5]).toBe("theirs");
  });

  test("closes without waiting for what it has not listed", async () => {
    const machine = new Machine();
    await machine.write({ 1: "a" });
    const opened = await machine.open();
    opened.page.fire("pagehide");
    opened.page.fire("pageshow");
    await opened.saved.close();
    await machine.clock.advance(10_000);
    expect({ status: opened.saved.status, errors: machine.errors })
      .toEqual({ status: "closed", errors: [] });
  });
});
