import { DatabaseSync } from "node:sqlite";
import { describe, expect, test, vi } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  createProcessor,
  type InstanceStore,
  MemoryStore,
  type Processor,
  type Store,
} from "../../mod.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

/** A way to put anything under the counter's address, and to see what is there. */
interface Storage {
  readonly store: InstanceStore;
  put(value: unknown): Promise<void>;
  get(): Promise<unknown>;
}

const storages: Readonly<Record<string, () => Storage>> = {
  "an adapter"() {
    const store = new MemoryStore();
    return {
      store,
      put: async (value) => {
        await store.commit([{ type: "Counter", key: "visits", value, metadata: { rev: 7 } }]);
      },
      get: async () => (await store.get("Counter", "visits"))?.value,
    };
  },
  "a plain store"() {
    let stored: unknown = null;
    const store: Store = {
      load: () => Promise.resolve(stored),
      persist: (_type, _id, _diff, full) => {
        stored = full;
        return Promise.resolve();
      },
    };
    return {
      store,
      put: (value) => Promise.resolve(void (stored = value)),
      get: () => Promise.resolve(stored),
    };
  },
  "a Map"() {
    const map = new Map<string, unknown>();
    const key = '["Counter","visits"]';
    return {
      store: map,
      put: (value) => Promise.resolve(void map.set(key, value)),
      get: () => Promise.resolve(map.get(key)),
    };
  },
};

const noStates: readonly unknown[] = [
  5,
  true,
  "a string",
  [1],
  [],
  new Date(0),
  new Map([["count", 1]]),
  new Set([1]),
  new Uint8Array(2),
];

describe.for(Object.entries(storages))("%s", ([name, open]) => {
  test.for([
    ...noStates,
    // In a plain store, null means that there is nothing.
    ...(name === "a plain store" ? [] : [null]),
    // An adapter lets nobody store this.
    ...(name === "an adapter" ? [] : [JSON.parse('{"a":{"__proto__":{"admin":true}}}')]),
  ])("that holds %j reports it with address and cure, and keeps it", async (value) => {
    const { store, put, get } = open();
    await put(value);
    const onError = vi.fn();
    const add = vi.fn(counterHandlers["Counter"]!["add"]);
    const process = createProcessor(
      { Counter: { mount: () => ({ count: 0 }), add } },
      store,
      { onError },
    );
    for (const event of ["mount", "add"]) {
      const [patch, ...others] = await process(counterMessage({ event, eventId: `${event}-1` }));
      expect([patch, ...others]).toMatchObject([{
        code: "internal",
        message: "Something went wrong; nothing was changed",
      }]);
    }
    expect(add).not.toHaveBeenCalled();
    expect(await get()).toEqual(value);
    expect(onError.mock.calls.map(([error]) => (error as Error).message)).toEqual(
      Array(2).fill(
        expect.stringMatching(/^Cannot read Counter\/visits: .*; restore it or delete it$/),
      ),
    );
  });
});

test("an update of an instance that is damaged fails the event that wants it, and changes neither", async () => {
  const { store, put, get } = storages["an adapter"]!();
  await put([1]);
  const process = createProcessor(
    {
      ...counterHandlers,
      Other: {
        async push(_payload: unknown, state: object, context) {
          await context.update("Counter", "visits", () => ({ count: 1 }));
          return { ...state, pushed: true };
        },
      },
    },
    store,
    { onError: () => {} },
  );
  await process({ type: "Other", instance: "1", event: "mount" });
  expect(errorCode(await process({ type: "Other", instance: "1", event: "push" }))).toBe(
    "internal",
  );
  expect([await get(), await (store as MemoryStore).load("Other", "1")]).toEqual([[1], {}]);
});

async function withMetadata(metadata: unknown): Promise<[Processor, MemoryStore]> {
  const store = new MemoryStore();
  await store.commit([{ type: "Counter", key: "visits", value: { count: 4 }, metadata }]);
  // Past the checks of `commit`, as another program would write it.
  const get = store.get.bind(store);
  store.get = async (type, key) => {
    const entry = await get(type, key);
    return entry && type === "Counter" && entry.metadata === "damaged"
      ? { ...entry, metadata: damage }
      : entry;
  };
  return [createProcessor(counterHandlers, store), store];
}

let damage: unknown;

test.for([
  { rev: "7" },
  { rev: NaN },
  { rev: -1 },
  { rev: 1.5 },
  { rev: Infinity },
  { rev: 2 ** 53 },
  { rev: 1e300 },
  { rev: null },
  { rev: [7] },
  { rev: 7n },
  [7],
  "7",
  7,
  null,
  JSON.parse('{"__proto__":{"rev":7}}'),
  Object.create({ rev: 7 }),
])(
  "an instance whose metadata are %o counts its revisions anew, and keeps its state",
  async (value) => {
    damage = value;
    const [process, store] = await withMetadata("damaged");
    expect(await process(counterMessage({ event: "mount" }))).toMatchObject([{ value: 4, rev: 0 }]);
    expect(await process(counterMessage({ eventId: "e1" }))).toMatchObject([{ value: 5, rev: 1 }]);
    expect(await process(counterMessage({ eventId: "e2" }))).toMatchObject([{ value: 6, rev: 2 }]);
    expect((await store.get("Counter", "visits"))?.metadata).toEqual({ rev: 2 });
  },
);

const update = { action: "bindUpdate", type: "Counter", instance: "visits", prop: "count" };

test.for([
  null,
  5,
  "applied",
  [],
  {},
  { rev: 2 },
  { rev: "2", props: ["count"] },
  { rev: -2, props: ["count"] },
  { rev: 2, props: "count" },
  { rev: 2, props: [1] },
  { rev: 2, patches: {} },
  { rev: 2, patches: [null] },
  { rev: 2, patches: [{ ...update, action: "error", value: 1, rev: 2 }] },
  { rev: 2, patches: [{ ...update, instance: "another", value: 1, rev: 2 }] },
  { rev: 2, patches: [{ ...update, prop: 1, value: 1, rev: 2 }] },
  { rev: 2, patches: [{ ...update, value: 1, rev: "2" }] },
  { rev: 2, props: ["__proto__"] },
  { rev: 2, patches: [{ ...update, prop: "__proto__", value: {}, rev: 2 }] },
])(
  "an event whose receipt is %j was applied, is not applied again, and is answered with the state",
  async (receipt) => {
    const store = new MemoryStore();
    const onError = vi.fn();
    const process = createProcessor(counterHandlers, store, { onError });
    await process(counterMessage({ event: "mount" }));
    await process(counterMessage({ eventId: "e1" }));
    const key = JSON.stringify(["Counter", "visits", "e1"]);
    expect(await store.get("_nasc_receipt", key)).toBeDefined();
    await store.commit([{ type: "_nasc_receipt", key, value: receipt }]);
    expect(await process(counterMessage({ eventId: "e1" }))).toMatchObject([{ value: 1, rev: 2 }]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
    expect(onError.mock.calls.map(([error]) => (error as Error).message)).toEqual([
      "Cannot read the receipt of e1 for Counter/visits: it is damaged; the event was applied, " +
      "and is answered with the whole state",
    ]);
  },
);

test("an event whose receipt cannot even be read was applied, is not applied again, and is answered with the state", async () => {
  const database = new DatabaseSync(":memory:");
  const onError = vi.fn();
  const process = createProcessor(counterHandlers, new SqliteStore(database), { onError });
  await process(counterMessage({ event: "mount" }));
  await process(counterMessage({ eventId: "e1" }));
  for (const damage of ["data = '{'", "metadata = '{'", "format = 99"]) {
    const { changes } = database.prepare(`update "_nasc_receipt" set ${damage}`).run();
    expect(changes).toBe(1);
    expect(await process(counterMessage({ eventId: "e1" }))).toMatchObject([{ value: 1, rev: 2 }]);
  }
  expect(onError).toHaveBeenCalledTimes(3);
  expect(onError.mock.lastCall![0].message).toContain("Cannot read the receipt of e1");
});
