import { describe, expect, test, vi } from "vitest";
import {
  applyEvent,
  createProcessor,
  defineHandler,
  type Handler,
  type HandlerContext,
  type Handlers,
  MemoryStore,
  type Message,
  NascError,
  Ramify,
} from "../../mod.ts";
import { boardHandlers } from "../support/boards.ts";
import { errorCode } from "../support/counter.ts";
import { plainStore } from "../support/plain-store.ts";

const message = { type: "Board", instance: "b", event: "add", payload: "Tea" };

/** Returns handlers of version 2 with this `migrate`. */
function migrating(migrate: unknown, parts: object = {}): Handlers {
  const board = {
    mount: () => ({ cards: [] as string[] }),
    version: 2,
    migrate,
    add: (title: string, { cards = [] }: { cards?: string[] }) => ({ cards: [...cards, title] }),
    ...parts,
  };
  return { Board: defineHandler()(board as never) as unknown as Handler };
}

/** Returns a store with a board as the first version left it. */
async function storeOf(
  value: object = { cards: ["Milk"] },
  metadata: object = { rev: 4, epoch: "abc" },
): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.commit([{ type: "Board", key: "b", value, metadata }]);
  return store;
}

describe("an older state that cannot be migrated", () => {
  const tooDeep = () => {
    const state: Record<string, unknown> = {};
    state.self = state;
    return state;
  };

  test.for<[name: string, migrate: unknown, message: string]>([
    ["no migrate", undefined, "the handler has no migrate; define migrate(state, from)"],
    [
      "one that throws",
      () => {
        throw new Error("secret of the owner");
      },
      "its migrate failed",
    ],
    [
      "one that throws for people",
      () => {
        throw new NascError("unavailable", "secret of the owner");
      },
      "its migrate failed",
    ],
    ["one that returns nothing", () => {}, "its migrate returned undefined; return a state"],
    ["one that returns a list", () => [1], "its migrate returned a value of type Array"],
    ["one that is async", async () => ({}), "its migrate returned a value of type Promise"],
    [
      "one that rejects",
      () => Promise.reject(new Error("secret of the owner")),
      "its migrate returned a value of type Promise",
    ],
    [
      "one whose state cannot be stored",
      () => ({ cards: [() => {}] }),
      "what its migrate returned cannot be stored",
    ],
    ["one whose state holds itself", tooDeep, "what its migrate returned cannot be stored"],
  ])("with %s, is left alone and reported, and its sender learns nothing", async ([
    ,
    migrate,
    problem,
  ]) => {
    const store = await storeOf();
    const before = await store.get("Board", "b");
    const onError = vi.fn();
    const process = createProcessor(migrating(migrate), store, { onError });
    for (const event of ["add", "mount"]) {
      const patches = await process({ ...message, event });
      expect(patches).toMatchObject([{
        code: "internal",
        message: "Something went wrong; nothing was changed",
      }]);
      expect(JSON.stringify(patches)).not.toContain("secret");
      expect((onError.mock.lastCall?.[0] as Error).message)
        .toContain(`Cannot migrate Board/b from version 1 to 2: ${problem}`);
    }
    expect(onError).toHaveBeenCalledTimes(2);
    expect(await store.get("Board", "b")).toEqual(before);
  });
});

test("a migrate may change what it is given, and keep it", async () => {
  const kept: Record<string, unknown>[] = [];
  const handlers = migrating((state: Record<string, unknown>, from: number) => {
    kept.push(state);
    state["from"] = from;
    return state;
  });
  const store = await storeOf({ cards: ["Milk"], at: new Date(0) });
  const before = await store.get("Board", "b");
  const process = createProcessor(handlers, store);
  await process({ ...message, event: "mount" });
  expect(await store.get("Board", "b")).toEqual(before);
  kept[0]!["cards"] = "overwritten";
  await process({ ...message, event: "mount" });
  expect(kept[1]).toEqual({ cards: ["Milk"], at: new Date(0), from: 1 });
});

test("a migrate is called with the handler as its this, and once more when a commit loses its race", async () => {
  const store = await storeOf();
  let runs = 0;
  const handlers = migrating(function (this: { _label: string }, state: { cards: string[] }) {
    if (runs++ === 0) {
      // Another process of the first version, which is faster.
      void store.commit([{
        type: "Board",
        key: "b",
        value: { cards: ["Milk", "Jam"] },
        metadata: { rev: 5, epoch: "abc" },
      }]);
    }
    return { cards: state.cards.map((card) => `${this._label} ${card}`) };
  }, { _label: "old" });
  await createProcessor(handlers, store)(message);
  const { value, metadata } = (await store.get("Board", "b"))!;
  expect([value, metadata]).toMatchObject([
    { cards: ["old Milk", "old Jam", "Tea"] },
    { rev: 6, epoch: "abc~v2", schema: 2 },
  ]);
  expect(runs).toBe(2);
});

test("with checkState, what a migrate returns is checked against schemas.state", async () => {
  const state = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: { cards?: unknown }) =>
        Array.isArray(value.cards) ? { value } : { issues: [{ message: "is no list" }] },
    },
  };
  const store = await storeOf();
  const onError = vi.fn();
  const handlers = migrating(() => ({ cards: "Milk" }), { schemas: { state } });
  const process = createProcessor(handlers, store, { checkState: true, onError });
  expect(errorCode(await process({ ...message, event: "mount" }))).toBe("internal");
  expect((onError.mock.lastCall?.[0] as Error).message)
    .toContain("the state of Board/b: it does not fit schemas.state (is no list)");
  const unchecked = createProcessor(handlers, store);
  expect(await unchecked({ ...message, event: "mount" })).toMatchObject([{ value: "Milk" }]);
});

test.for([0, -1, 1.5, "2", null, true, 2 ** 60, {}, [2]])(
  "a state whose version is damaged (%s) counts as of the first",
  async (schema) => {
    const store = await storeOf({ cards: ["Milk"] }, { rev: 4, epoch: "abc", schema });
    const migrate = vi.fn((state: object) => state);
    await createProcessor(migrating(migrate), store)(message);
    expect(migrate).toHaveBeenCalledExactlyOnceWith({ cards: ["Milk"] }, 1);
  },
);

test("an epoch that others have written stays one, however long", async () => {
  for (const epoch of ["a".repeat(128), `${"a".repeat(60)}~${"b".repeat(67)}`, "a~v2~b~v1"]) {
    const store = await storeOf({ cards: ["Milk"] }, { rev: 4, epoch });
    await createProcessor(migrating((state: object) => state), store)(message);
    const { metadata } = (await store.get("Board", "b"))!;
    expect((metadata as { epoch: string }).epoch).toMatch(/^a+(~b+)?~v2$/);
    expect((metadata as { epoch: string }).epoch.length).toBeLessThanOrEqual(128);
  }
});

test("a new instance is of its handler's version, and the first is not written down", async () => {
  const store = new MemoryStore();
  for (const version of [1, 2, 3] as const) {
    const process = createProcessor(boardHandlers(version), store);
    await process({ ...message, instance: `by ${version}` });
    const { metadata } = (await store.get("Board", `by ${version}`))!;
    expect([version, metadata]).toMatchObject([version, { rev: 1 }]);
    expect((metadata as { schema?: number }).schema).toBe(version === 1 ? undefined : version);
    expect((metadata as { epoch: string }).epoch).not.toContain("~");
  }
});

test("an event that changes only another instance stores its own as migrated", async () => {
  const store = await storeOf();
  const handlers: Handlers = {
    ...migrating((state: object) => ({ ...state, migrated: true }), {
      async order(_: unknown, state: object, { update }: HandlerContext) {
        await update("Log", "l", (log) => ({ ...log, ordered: true }));
        return state;
      },
    }),
    Log: { mount: () => ({}) },
  };
  const process = createProcessor(handlers, store);
  await process({ ...message, event: "order", eventId: "o" });
  expect(await store.get("Board", "b")).toMatchObject({
    value: { cards: ["Milk"], migrated: true },
    metadata: { rev: 4, epoch: "abc~v2", schema: 2 },
  });
});

describe("where a store keeps no versions", () => {
  test("a handler with a version is refused by name on one with load and persist", () => {
    for (const version of [2, 3] as const) {
      expect(() => createProcessor(boardHandlers(version), plainStore(new Map()))).toThrow(
        `Cannot run events of Board on a store with only load and persist: it does not keep which states are of ` +
          `version ${version}; use an adapter`,
      );
    }
    expect(() => createProcessor(boardHandlers(1), plainStore(new Map()))).not.toThrow();
  });

  test("states in a map and in a Ramify db are of the handler's version", async () => {
    const migrate = vi.fn();
    const send: Message = { ...message, eventId: "a" };
    const map = new Map<string, unknown>([['["Board","b"]', { cards: ["Milk"] }]]);
    expect(await createProcessor(migrating(migrate), map)(send))
      .toMatchObject([{ value: ["Milk", "Tea"] }]);
    const db = new Ramify().createStore({ Board: { primaryKey: "id" } } as never);
    const withId = { add: (title: string, state: object) => ({ ...state, title }) };
    (db as unknown as { Board: { add(document: object): void } }).Board.add({ id: "b" });
    expect(await createProcessor(migrating(migrate, withId), db)(send))
      .toMatchObject([{ prop: "title", value: "Tea" }]);
    expect(migrate).not.toHaveBeenCalled();
  });
});

describe("applyEvent", () => {
  const handler = migrating(({ cards }: { cards: string[] }) => ({
    cards: cards.map((card) => `old ${card}`),
  }))["Board"]!;
  const options = { handler, event: "add", payload: "Tea", type: "Board", id: "b" };
  const current = { cards: ["Milk"] };

  test("migrates a state of the older version that it is said to be of", async () => {
    const { diff, newState } = await applyEvent({ ...options, current, version: 1, dryRun: true });
    expect([diff, newState]).toEqual([
      { cards: ["old Milk", "Tea"] },
      { cards: ["old Milk", "Tea"] },
    ]);
    expect(current).toEqual({ cards: ["Milk"] });
    const changing = migrating((state: { cards: string[] }) => {
      state.cards.push("Jam");
      return state;
    })["Board"]!;
    const changed = { ...options, handler: changing, current, version: 1, dryRun: true };
    expect((await applyEvent(changed)).newState).toEqual({ cards: ["Milk", "Jam", "Tea"] });
    expect(current).toEqual({ cards: ["Milk"] });
    for (const version of [undefined, 2]) {
      const { newState } = await applyEvent({
        ...options,
        current,
        ...(version && { version }),
        dryRun: true,
      });
      expect(newState).toEqual({ cards: ["Milk", "Tea"] });
    }
  });

  test("refuses a newer state, given or stored, and writes nothing", async () => {
    const newer = { rev: 4, epoch: "abc", schema: 3 };
    const store = await storeOf({ cards: ["Milk"] }, newer);
    const before = await store.get("Board", "b");
    for (const parts of [{ version: 3 }, { version: 1 }, {}]) {
      await expect(applyEvent({ ...options, current, store, ...parts }))
        .rejects.toMatchObject({ name: "NascError", code: "newer-state" });
    }
    expect(await store.get("Board", "b")).toEqual(before);
  });

  test("stores the version of the handler, with another epoch and without a way back", async () => {
    const log = "[{'op':'replace','path':'/cards','value':[]}]";
    const store = await storeOf(current, { rev: 4, epoch: "abc", log });
    await applyEvent({ ...options, current, version: 1, store });
    expect(await store.get("Board", "b")).toMatchObject({
      value: { cards: ["old Milk", "Tea"] },
      metadata: { rev: 5, epoch: "abc~v2", schema: 2 },
    });
    expect((await store.get("Board", "b"))!.metadata).not.toHaveProperty("log");
  });
});
