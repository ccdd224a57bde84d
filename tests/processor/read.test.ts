import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  type Adapter,
  applyEvent,
  createProcessor,
  type HandlerContext,
  type Handlers,
  type InstanceStore,
  MemoryStore,
  Ramify,
} from "../../mod.ts";
import { errorCode } from "../support/counter.ts";
import { plainStore } from "../support/plain-store.ts";

interface Price {
  id: string;
  amount: number;
  parts: number[];
}

/** Runs between the moment when an order reads the price and its commit. */
type Between = () => unknown;

function handlersWith(between: Between = () => {}): Handlers {
  return {
    Price: {
      mount: ({ id }) => ({ id, amount: 5, parts: [1] }),
      set: (amount: number, state: Price) => ({ ...state, amount }),
    },
    Order: {
      mount: ({ id }) => ({ id, total: 0 }),
      async add(_, state, context) {
        const price = await context.read("Price", "p");
        await between();
        return { ...state, total: price ? state.total + price.amount : -1 };
      },
      async spoil(_, state, context) {
        const price = await context.read("Price", "p");
        price.amount = 0;
        price.parts.push(2);
        return { ...state, total: (await context.read("Price", "p")).amount };
      },
      async both(_, state, context) {
        await context.update("Price", "p", (price: Price) => ({ ...price, amount: 7 }));
        return { ...state, total: (await context.read("Price", "p")).amount };
      },
      async wrong(name: { type: string; id: string }, state, context) {
        return { ...state, found: await context.read(name.type, name.id) };
      },
    },
  };
}

const price = { type: "Price", instance: "p" } as const;
const order = { type: "Order", instance: "o" } as const;

const stores: Readonly<Record<string, () => InstanceStore>> = {
  "an adapter": () => new MemoryStore(),
  "SQLite": () => new SqliteStore(new DatabaseSync(":memory:")),
  "a plain store": () => plainStore(new Map()),
  "a Map": () => new Map(),
  "a Ramify db": () =>
    new Ramify().createStore({ Price: { primaryKey: "id" }, Order: { primaryKey: "id" } }),
};

describe.for(Object.entries(stores))("context.read on %s", ([, open]) => {
  test("returns another instance's state, a copy, or undefined, and creates nothing", async () => {
    const process = createProcessor(handlersWith(), open());
    expect(await process({ ...order, event: "add" }))
      .toContainEqual(expect.objectContaining({ prop: "total", value: -1 }));
    await process({ ...price, event: "mount" });
    await process({ ...order, event: "add" });
    expect(await process({ ...order, event: "add" }))
      .toContainEqual(expect.objectContaining({ prop: "total", value: 9 }));
    expect(await process({ ...order, event: "spoil" }))
      .toContainEqual(expect.objectContaining({ prop: "total", value: 5 }));
    expect(await process({ ...price, event: "mount" }))
      .toContainEqual(expect.objectContaining({ prop: "parts", value: [1] }));
  });

  test("refuses what is no instance", async () => {
    const process = createProcessor(handlersWith(), open());
    for (const type of ["_nasc_gone", "_nasc_receipts", "Missing", "__proto__"]) {
      const patches = await process({ ...order, event: "wrong", payload: { type, id: "n" } });
      expect(errorCode(patches)).toMatch(/^(unknown-type|invalid-message)$/);
    }
  });
});

describe.for([["an adapter"], ["SQLite"], ["a Ramify db"]] as const)("on %s", ([name]) => {
  test("an event runs again if what it has read was changed, created or deleted before its commit", async () => {
    const store = stores[name]!();
    const between = vi.fn<Between>();
    const other = createProcessor(handlersWith(), store);
    const process = createProcessor(handlersWith(between), store);
    await other({ ...order, event: "mount" });
    between.mockImplementationOnce(() => other({ ...price, event: "mount" }));
    expect(await process({ ...order, event: "add" })).toMatchObject([{ value: 5 }]);
    between.mockImplementationOnce(() => other({ ...price, event: "set", payload: 20 }));
    expect(await process({ ...order, event: "add" })).toMatchObject([{ value: 25 }]);
    expect(between).toHaveBeenCalledTimes(4);
  });

  test("an event reads what it has changed itself", async () => {
    const process = createProcessor(handlersWith(), stores[name]!());
    expect(await process({ ...order, event: "both" }))
      .toContainEqual(expect.objectContaining({ prop: "total", value: 7 }));
  });
});

test("an event that reads much and changes nothing writes nothing", async () => {
  const store = new MemoryStore();
  const process = createProcessor({
    ...handlersWith(),
    Order: {
      async look(_, state, context) {
        await context.read("Price", "p");
        return state;
      },
    },
  }, store);
  await process({ ...order, event: "mount" });
  const commit = vi.spyOn(store, "commit");
  await process({ ...order, event: "look", eventId: "x" });
  expect(commit).not.toHaveBeenCalled();
});

test("applyEvent reads its own state, and others where it has a store, and deletes nothing", async () => {
  const store: Adapter = new MemoryStore();
  await store.persist("Price", "p", {}, { amount: 3 });
  const step = {
    event: "read",
    current: { n: 1 },
    type: "Order",
    id: "o",
    dryRun: true,
    handler: {
      read: async (
        { type, id }: { type: string; id: string },
        _: object,
        context: HandlerContext,
      ) => {
        return { found: await context.read(type, id) };
      },
      remove: (_: unknown, __: object, context: HandlerContext) => context.delete(),
    },
  };
  const read = async (type: string, id: string, more = {}) =>
    (await applyEvent({ ...step, payload: { type, id }, ...more })).newState;
  expect(await read("Order", "o")).toEqual({ found: { n: 1 } });
  expect(await read("Price", "p", { store })).toEqual({ found: { amount: 3 } });
  expect(await read("Price", "q", { store })).toEqual({ found: undefined });
  await expect(read("Price", "p")).rejects.toThrow("there is no store; pass one");
  await expect(applyEvent({ ...step, event: "remove" })).rejects.toThrow("use createProcessor");
});
