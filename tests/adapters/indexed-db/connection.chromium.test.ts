import { afterEach, describe, expect, test, vi } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import type { Key, Version } from "../../../src/persistence/adapter/adapter.ts";
import { type Clock, systemClock } from "../../../src/shared/clock.ts";
import { listValues } from "../../../src/testing/case.ts";
import { HandClock } from "../../support/clock.ts";

/** The page's factory, which remembers the connections that it hands out. */
class RememberingFactory {
  readonly connections: IDBDatabase[] = [];

  open(name: string, version?: number): IDBOpenDBRequest {
    const request = indexedDB.open(name, version);
    request.addEventListener("success", () => this.connections.push(request.result));
    return request;
  }

  /** Closes the last connection under the store. The browser tells nobody. */
  close(): void {
    this.connections.at(-1)!.close();
  }
}

interface Opened {
  readonly store: IndexedDbStore;
  readonly factory: RememberingFactory;
  /** The version of the note `a`. */
  readonly version: Version;
}

let databases = 0;
async function open(): Promise<Opened> {
  const factory = new RememberingFactory();
  const store = new IndexedDbStore(factory as unknown as IDBFactory, {
    name: `connection ${databases++}`,
  });
  const notes = ["a", "b"].map((key) => ({ type: "Note", key, value: key }));
  const [version] = await store.commit(notes);
  return { store, factory, version: version! };
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

describe("A connection that the browser has closed", () => {
  const calls: Readonly<Record<string, (opened: Opened) => Promise<unknown>>> = {
    get: ({ store }) => store.get("Note", "a"),
    load: ({ store }) => store.load("Note", "a"),
    count: ({ store }) => store.count("Note"),
    list: ({ store }) => listValues(store, "Note"),
    "list in reverse": async ({ store }) => {
      const keys: Key[] = [];
      for await (const { key } of store.list("Note", { reverse: true })) keys.push(key);
      return keys;
    },
    commit: async ({ store }) => {
      await store.commit([{ type: "Note", key: "c", value: 3 }, {
        type: "Note",
        key: "b",
        delete: true,
      }]);
      return await listValues(store, "Note");
    },
    "conditional commit": async ({ store, version }) => {
      await store.commit([
        { type: "Note", key: "a", value: 2, ifVersion: version },
        { type: "Note", key: "c", ifVersion: null, check: true },
      ]);
      return await listValues(store, "Note");
    },
    "commit with a ttl": async ({ store }) => {
      await store.commit([{ type: "Note", key: "a", value: 2, ttl: 60_000 }]);
      return await listValues(store, "Note");
    },
    persist: async ({ store }) => {
      await store.persist("Note", "a", {}, 2);
      return await listValues(store, "Note");
    },
    clear: async ({ store }) => {
      await store.clear("Note");
      return await listValues(store, "Note");
    },
  };

  test.each(Object.keys(calls))(
    "is opened again by %s, which does what it would have done",
    async (name) => {
      const [usual, interrupted] = await Promise.all([open(), open()]);
      const expected = withoutVersions(await calls[name]!(usual));
      interrupted.factory.close();
      expect(withoutVersions(await calls[name]!(interrupted))).toEqual(expected);
      expect(interrupted.factory.connections).toHaveLength(2);
      await Promise.all([usual.store.close(), interrupted.store.close()]);
    },
  );

  test("is opened once for many calls, and again whenever it is closed", async () => {
    const { store, factory } = await open();
    for (let round = 2; round < 5; round++) {
      factory.close();
      const values = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.load("Note", n % 2 ? "a" : "b")),
      );
      expect(values).toEqual(Array.from({ length: 20 }, (_, n) => n % 2 ? "a" : "b"));
      expect(factory.connections).toHaveLength(round);
    }
    await store.close();
  });

  test("does not end a list that is being read", async () => {
    const { store, factory } = await open();
    await store.commit(
      Array.from({ length: 500 }, (_, key) => ({ type: "Many", key, value: key })),
    );
    const keys: Key[] = [];
    for await (const { key } of store.list("Many")) {
      keys.push(key);
      if ((key as number) % 50 === 7) factory.close();
    }
    expect(keys).toEqual(Array.from({ length: 500 }, (_, key) => key));
    expect(factory.connections.length).toBeGreaterThan(1);
    await store.close();
  });

  test("still conflicts with what another store wrote meanwhile", async () => {
    const { store, factory, version } = await open();
    const other = new IndexedDbStore(indexedDB, { name: store.journal.name });
    await other.commit([{ type: "Note", key: "a", value: "theirs" }]);
    factory.close();
    const commit = store.commit([{ type: "Note", key: "a", value: "mine", ifVersion: version }]);
    await expect(commit).rejects.toMatchObject({ name: "ConflictError", type: "Note", key: "a" });
    expect(await store.load("Note", "a")).toBe("theirs");
    await Promise.all([store.close(), other.close()]);
  });

  test("that had stored a commit before it could say so does not make it conflict with itself", async () => {
    const { store, factory, version } = await open();
    const { commit } = IDBTransaction.prototype;
    // Nothing else can lose the answer and keep what was written.
    const committing = vi.spyOn(IDBTransaction.prototype, "commit").mockImplementationOnce(
      function (this: IDBTransaction) {
        commit.call(this);
        factory.connections.at(-1)!.dispatchEvent(new Event("close"));
      },
    );
    const versions = await store.commit([
      { type: "Note", key: "a", value: 2, ifVersion: version },
      { type: "Note", key: "c", value: 2, ifVersion: null },
    ]);
    expect(committing).toHaveBeenCalledTimes(2);
    expect(await listValues(store, "Note")).toEqual([["a", 2], ["b", "b"], ["c", 2]]);
    expect((await store.get("Note", "a"))?.version).toBe(versions[0]);
    const again = store.commit([{ type: "Note", key: "a", value: 3, ifVersion: version }]);
    await expect(again).rejects.toMatchObject({ name: "ConflictError" });
    committing.mockRestore();
    await store.close();
  });

  test("is reported when the browser closes it over and over, and used again once it does not", async () => {
    const { store, factory } = await open();
    const { transaction } = IDBDatabase.prototype;
    const closing = vi.spyOn(factory.connections, "push").mockImplementation((database) => {
      // The store looks at what it opened in one transaction, and needs another one.
      database!.transaction = (...values) => {
        const begun = transaction.apply(database!, values);
        database!.close();
        return begun;
      };
      return 0;
    });
    factory.close();
    const message = `the browser keeps closing the database ${store.journal.name}`;
    await expect(store.load("Note", "a")).rejects.toThrow(message);
    await expect(store.commit([{ type: "Note", key: "a", value: 2 }])).rejects.toThrow(message);
    closing.mockRestore();
    expect(await store.load("Note", "a")).toBe("a");
    await store.close();
  });

  function withoutVersions(result: unknown): unknown {
    return JSON.parse(JSON.stringify(result), (name, value) => name === "version" ? "…" : value);
  }
});

describe("A database that another tab deletes", () => {
  test("is made anew, and empty, by whatever is called next", async () => {
    const { store, factory, version } = await open();
    await done(indexedDB.deleteDatabase(store.journal.name));
    const commit = store.commit([{ type: "Note", key: "a", value: 2, ifVersion: version }]);
    await expect(commit).rejects.toMatchObject({ name: "ConflictError" });
    await store.commit([{ type: "Note", key: "c", value: 1, ifVersion: null }]);
    expect(await listValues(store, "Note")).toEqual([["c", 1]]);
    expect(factory.connections).toHaveLength(2);
    await store.close();
  });

  test("while calls are running is deleted before or after each of them", async () => {
    const { store, version } = await open();
    const keys: Key[] = [];
    await store.commit(
      Array.from({ length: 500 }, (_, key) => ({ type: "Many", key, value: key })),
    );
    for await (const { key } of store.list("Many")) {
      keys.push(key);
      if (key === 20) await done(indexedDB.deleteDatabase(store.journal.name));
    }
    expect(keys).toEqual(Array.from({ length: keys.length }, (_, key) => key));
    expect(keys.length).toBeLessThan(500);
    const outcomes = await Promise.allSettled([
      store.commit([{ type: "Note", key: "a", value: 2, ifVersion: version }]),
      done(indexedDB.deleteDatabase(store.journal.name)),
      store.commit([{ type: "Note", key: "x", value: 1 }]),
      store.get("Note", "x"),
    ]);
    expect(outcomes[0]).toMatchObject({ status: "rejected", reason: { name: "ConflictError" } });
    expect(outcomes.slice(1).map(({ status }) => status)).toEqual(Array(3).fill("fulfilled"));
    await store.close();
  });
});

describe("A database that a newer version of the application upgrades", () => {
  test("is let go, and a reload is advised from then on", async () => {
    const { store } = await open();
    const { name } = store.journal;
    const upgrade = indexedDB.open(name, 7);
    const upgraded = await done(upgrade);
    const message = `the database ${name} was upgraded by a newer version of this application; ` +
      "reload the page";
    await expect(store.load("Note", "a")).rejects.toThrow(message);
    await expect(store.commit([{ type: "Note", key: "a", value: 2 }])).rejects.toThrow(message);
    const later = new IndexedDbStore(indexedDB, { name });
    await expect(later.count("Note")).rejects.toThrow(message);
    const stored = upgraded.transaction("entries").objectStore("entries");
    expect(await done(stored.count())).toBe(2);
    upgraded.close();
    await Promise.all([store.close(), later.close()]);
  });
});

describe("A database that another tab blocks", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Blocks a database by deleting it under a connection that lets nothing go, until the returned function is called. */
  async function block(name: string): Promise<() => Promise<unknown>> {
    const stubborn = await done(indexedDB.open(name));
    const deletion = indexedDB.deleteDatabase(name);
    const deleted = done(deletion);
    await new Promise((resolve) => deletion.onblocked = resolve);
    return () => {
      stubborn.close();
      return deleted;
    };
  }

  test("is reported after three seconds, and opens as soon as it can", async () => {
    const [clock, reports] = [new HandClock(), [] as string[]];
    const timer = vi.spyOn(clock as Clock, "setTimeout");
    const onBlocked = ({ message }: Error) => reports.push(message);
    const store = new IndexedDbStore(indexedDB, { name: "blocked", clock, onBlocked });
    await store.persist("Note", "a", {}, 1);
    expect(clock.waiting).toBe(0);
    const release = await block("blocked");
    const [count, commit] = [
      store.count("Note"),
      store.commit([{ type: "Note", key: "b", value: 1 }]),
    ];
    await expect.poll(() => clock.waiting).toBe(1);
    expect(timer.mock.lastCall?.[1]).toBe(3_000);
    expect(reports).toEqual([]);
    clock.ring();
    expect(reports).toEqual([
      "Cannot open IndexedDB yet: the database blocked is blocked by another tab of this site, which " +
      "deletes or upgrades it or has an older version open; close the other tabs",
    ]);
    await release();
    expect(await count).toBe(0);
    await commit;
    expect(await listValues(store, "Note")).toEqual([["b", 1]]);
    expect([clock.waiting, reports.length]).toEqual([0, 1]);
    await store.close();
  });

  test("is reported in the console if nobody else asks for it", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const clock = new HandClock();
    const store = new IndexedDbStore(indexedDB, { name: "warned", clock });
    await store.persist("Note", "a", {}, 1);
    const release = await block("warned");
    const reading = store.load("Note", "a");
    await expect.poll(() => clock.waiting).toBe(1);
    clock.ring();
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining("the database warned is blocked by another tab of this site"),
    );
    await release();
    expect(await reading).toBeNull();
    await store.close();
  });

  test("says nothing while it opens in time", async () => {
    const onBlocked = vi.fn();
    const store = new IndexedDbStore(indexedDB, { name: "in time", clock: systemClock, onBlocked });
    expect(await store.load("Note", "a")).toBeNull();
    expect(onBlocked).not.toHaveBeenCalled();
    await store.close();
  });
});
