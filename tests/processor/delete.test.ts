import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  type Adapter,
  createProcessor,
  type Handlers,
  type InstanceStore,
  MemoryHub,
  MemoryStore,
  type Message,
  type News,
  type ProcessContext,
  Ramify,
} from "../../mod.ts";
import { sourceOf } from "../../src/processor/source.ts";
import { errorCode } from "../support/counter.ts";
import { plainStore } from "../support/plain-store.ts";

const note = { type: "Note", instance: "n" } as const;

const handlers: Handlers = {
  Note: {
    mount: ({ id }) => ({ id, text: "" }),
    write: (text: string, state) => ({ ...state, text }),
    async remove(_, __, context) {
      await context.delete();
    },
    keep(_, state, context) {
      void context.delete("Note", context.id);
      return { ...state, text: "kept?" };
    },
    async rewrite(text: string, state, context) {
      await context.delete();
      await context.update("Note", context.id, (own) => ({ ...own, text }));
      return state;
    },
    async handIn(_, __, context) {
      await context.update("Shelf", "s", (shelf) => {
        return { ...shelf, removed: (shelf as { removed: number }).removed + 1 };
      });
      await context.delete();
    },
    async fail(_, __, context) {
      await context.delete();
      throw new Error("changed its mind");
    },
  },
  Shelf: {
    mount: ({ id }) => ({ id, removed: 0 }),
    async clear(id: string, state, context) {
      await context.delete("Note", id);
      return { ...state, removed: state.removed + 1 };
    },
    async forget(id: string, state, context) {
      await context.delete("Note", id);
      return state;
    },
    async wrong(name: { type: string; id: string }, state, context) {
      await context.delete(name.type, name.id);
      return { ...state, removed: -1 };
    },
  },
};

function unconditional(): Adapter {
  const store = new MemoryStore();
  return Object.assign(Object.create(store) as Adapter, {
    capabilities: { ...store.capabilities, conditional: "none" },
    get: store.get.bind(store),
    commit: store.commit.bind(store),
  });
}

const stores: Readonly<Record<string, () => InstanceStore>> = {
  "an adapter": () => new MemoryStore(),
  "SQLite": () => new SqliteStore(new DatabaseSync(":memory:")),
  "an adapter where the last write wins": unconditional,
  "a Map": () => new Map(),
  "a Ramify db": () =>
    new Ramify().createStore({ Note: { primaryKey: "id" }, Shelf: { primaryKey: "id" } }),
};

function start(store: InstanceStore, options = {}) {
  const process = createProcessor(handlers, store, {
    lastWriteWins: true,
    onError: () => {},
    ...options,
  });
  return (parts: Partial<Message>, context?: ProcessContext) =>
    process({ ...note, event: "write", ...parts }, context);
}

describe.for(Object.entries(stores))("an instance on %s", ([name, open]) => {
  test("that its event deletes is gone, and no repeat brings it back", async () => {
    const send = start(open());
    await send({ payload: "first", eventId: "a" });
    for (let times = 0; times < 2; times++) {
      expect(errorCode(await send({ event: "remove", eventId: "b" }))).toBe("gone");
      expect(errorCode(await send({ payload: "first", eventId: "a" }))).toBe("gone");
    }
    // Created anew, it still knows what was applied before.
    expect(await send({ payload: "second", eventId: "c" }))
      .toContainEqual(expect.objectContaining({ prop: "text", value: "second" }));
    for (const [eventId, payload] of [["a", "first"], ["c", "second"]] as const) {
      expect(await send({ payload, eventId }))
        .toContainEqual(expect.objectContaining({ prop: "text", value: "second" }));
    }
    expect(await send({ event: "remove", eventId: "b" }))
      .toContainEqual(expect.objectContaining({ prop: "text", value: "second" }));
  });

  test("may be deleted without an id, and what its handler returns makes no difference", async () => {
    const send = start(open());
    for (const event of ["remove", "keep"]) {
      await send({ payload: "text" });
      expect(await send({ event })).toMatchObject([{ code: "gone", message: "This was deleted" }]);
      expect(await send({ event: "mount" })).toContainEqual(
        expect.objectContaining({ prop: "text", value: "" }),
      );
    }
  });

  test("that was never there is deleted without a trace", async () => {
    const store = open();
    const send = start(store);
    expect(errorCode(await send({ event: "remove", eventId: "b" }))).toBe("gone");
    if (name === "an adapter") {
      const { count } = store as MemoryStore;
      for (const type of ["Note", "_nasc_gone"]) expect(await count.call(store, type)).toBe(0);
    }
    expect(errorCode(await send({ payload: "text", eventId: "c" }))).toBeUndefined();
  });

  test("stays if its event fails, or also changes it", async () => {
    const onError = vi.fn();
    const send = start(open(), { onError });
    await send({ payload: "text" });
    for (const event of ["fail", "rewrite"]) {
      expect(errorCode(await send({ event, payload: "other" }))).toBe("internal");
      expect(await send({ event: "mount" }))
        .toContainEqual(expect.objectContaining({ prop: "text", value: "text" }));
    }
    expect(onError.mock.lastCall![0].message)
      .toBe("Cannot update Note/n: this event deletes it; do one or the other");
  });

  test("is gone for an event that was made on it, which is refused for good", async () => {
    const hub = new MemoryHub();
    const store = open();
    const send = start(store, { hub });
    const heard: News[] = [];
    hub.subscribe(sourceOf(store), { type: "Note", id: "n" }, (news) => heard.push(news));
    await send({ payload: "text" });
    if (name === "an adapter" || name === "SQLite") {
      const { metadata } = (await (store as Adapter).get("Note", "n"))!;
      const { epoch } = metadata as { readonly epoch: string };
      const page = { protocol: 2, epoch, rev: 1, payload: "late" } as const;
      await send({ event: "remove" });
      expect(errorCode(await send({ ...page, eventId: "late" }))).toBe("gone");
      expect(await (store as Adapter).get("Note", "n")).toBeUndefined();
      await send({ payload: "anew" });
      expect(errorCode(await send({ ...page, eventId: "late" }))).toBe("gone");
      expect(await (store as Adapter).load("Note", "n")).toMatchObject({ text: "anew" });
    } else await send({ event: "remove" });
    expect(heard[1]).toMatchObject({ kind: "change", type: "Note", id: "n", rev: 2 });
    expect(heard[1]!.state).toBeUndefined();
  });
});

describe.for([["an adapter"], ["SQLite"], ["a Ramify db"]] as const)("on %s", ([name]) => {
  const open = stores[name]!;

  test("an event deletes another instance together with its own change, once", async () => {
    const send = start(open());
    await send({ payload: "text" });
    const clear = { type: "Shelf", instance: "s", event: "clear", payload: "n" };
    for (let times = 0; times < 2; times++) {
      expect(await send({ ...clear, eventId: "x" }))
        .toContainEqual(expect.objectContaining({ prop: "removed", value: 1 }));
      expect(await send({ event: "mount" }))
        .toContainEqual(expect.objectContaining({ prop: "text", value: "" }));
    }
  });

  test("an event that only deletes another instance is applied once", async () => {
    const send = start(open());
    const forget = { type: "Shelf", instance: "s", event: "forget", payload: "n", eventId: "x" };
    await send({ ...forget, event: "mount" });
    await send({ payload: "text" });
    await send(forget);
    await send({ payload: "again" });
    await send(forget);
    expect(await send({ event: "mount" }))
      .toContainEqual(expect.objectContaining({ prop: "text", value: "again" }));
  });

  test("an event on an instance that is not there, and that it does not leave there, is applied once", async () => {
    const send = start(open());
    const total = async () => {
      const patches = await send({ type: "Shelf", instance: "s", event: "mount" });
      return patches.flatMap((patch) =>
        "prop" in patch && patch.prop === "removed" ? [patch.value] : []
      );
    };
    // On what never was, on what is gone, and with more receipts than have room beside each other.
    for (let index = 0; index < 40; index++) await send({ event: "handIn", eventId: `h${index}` });
    for (const index of [0, 1, 20, 39]) {
      expect(errorCode(await send({ event: "handIn", eventId: `h${index}` }))).toBe("gone");
    }
    expect(await total()).toEqual([40]);
    await send({ payload: "anew", eventId: "w" });
    for (const index of [0, 39]) {
      expect(await send({ event: "handIn", eventId: `h${index}` }))
        .toContainEqual(expect.objectContaining({ prop: "text", value: "anew" }));
    }
    expect(await total()).toEqual([40]);
  });

  test("an event cannot delete what is no instance", async () => {
    const send = start(open());
    const wrong = { type: "Shelf", instance: "s", event: "wrong" };
    for (const type of ["_nasc_gone", "_nasc_receipts", "Missing", "constructor"]) {
      expect(errorCode(await send({ ...wrong, payload: { type, id: "n" } }))).toBe("unknown-type");
    }
    expect(errorCode(await send({ ...wrong, payload: { type: "Note", id: "" } })))
      .toBe("invalid-message");
    expect(await send({ ...wrong, event: "mount" }))
      .toContainEqual(expect.objectContaining({ prop: "removed", value: 0 }));
  });
});

test("a plain store says that it cannot delete, and nothing is changed", async () => {
  const states = new Map();
  const onError = vi.fn();
  const send = start(plainStore(states), { onError });
  await send({ payload: "text" });
  expect(errorCode(await send({ event: "remove", eventId: "b" }))).toBe("internal");
  expect(onError.mock.calls[0]![0].message).toBe(
    "Cannot delete Note/n: the store has only load and persist; use an adapter",
  );
  expect(await send({ event: "mount" }))
    .toContainEqual(expect.objectContaining({ prop: "text", value: "text" }));
});

test("what is left of an instance lives as long as receipts do, and is no secret of it", async () => {
  let now = 1_000;
  const store = new MemoryStore({ clock: { now: () => now } });
  const send = start(store, { receiptTtl: 1_000 });
  await send({ payload: "secret", eventId: "a" });
  await send({ event: "remove", eventId: "b" });
  const entries: unknown[] = [];
  for await (const entry of store.list("_nasc_gone")) entries.push(entry);
  expect(entries).toMatchObject([{
    key: '["Note","n"]',
    value: { rev: 2, epoch: expect.any(String), receipts: expect.stringMatching(/\na .*\nb /) },
  }]);
  expect(JSON.stringify(entries)).not.toContain("secret");
  now += 1_001;
  expect(await store.get("_nasc_gone", '["Note","n"]')).toBeUndefined();
});

test("an instance with receipts far away keeps them when it is deleted and created anew", async () => {
  const store = new MemoryStore();
  const send = start(store);
  for (let index = 0; index < 100; index++) {
    await send({ payload: `${index}`, eventId: `e${index}` });
  }
  await send({ event: "remove" });
  expect(errorCode(await send({ payload: "0", eventId: "e0" }))).toBe("gone");
  expect(await store.load("Note", "n")).toBeNull();
  await send({ payload: "anew" });
  for (const index of [0, 50, 99]) {
    expect(await send({ payload: `${index}`, eventId: `e${index}` }))
      .toContainEqual(expect.objectContaining({ prop: "text", value: "anew" }));
  }
});

test("an event that another deletes and creates around does not bring an applied one back", async () => {
  const store = new MemoryStore();
  const get = store.get.bind(store);
  const other = start(store);
  let isBetween = true;
  const slow = Object.assign(Object.create(store) as Adapter, {
    capabilities: store.capabilities,
    commit: store.commit.bind(store),
    list: store.list.bind(store),
    async get(type: string, key: string) {
      const entry = await get(type, key);
      if (type === "_nasc_gone" && isBetween) {
        isBetween = false;
        // Somebody applies the very event and deletes the instance, since this one was read.
        await other({ payload: "mine", eventId: "x" });
        await other({ event: "remove" });
      }
      return entry;
    },
  });
  expect(errorCode(await start(slow)({ payload: "mine", eventId: "x" }))).toBe("gone");
  expect(await store.load("Note", "n")).toBeNull();
});
