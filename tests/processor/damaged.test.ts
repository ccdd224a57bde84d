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
    expect((await store.get("Counter", "visits"))?.metadata).toEqual({
      rev: 2,
      epoch: expect.stringMatching(/^\w+$/),
      receipts: expect.stringMatching(/^\ne1 .* 1 \w+\ne2 .* 2 \w+$/),
      log: expect.stringMatching(/^.+\n.+$/),
    });
  },
);

test.for<[string, Record<string, unknown>]>([
  ["receipts are a number", { receipts: 5 }],
  ["receipts are a list", { receipts: ["\ne1 - abc 1 abc"] }],
  ["receipts are some text", { receipts: "applied" }],
  ["receipts are ends of lines", { receipts: "\n".repeat(9_000) }],
  ["receipts are a megabyte", { receipts: "\nx - abc 1 zzzzzzzz".repeat(60_000) }],
  ["receipts hold what JSON escapes", { receipts: `\n${'"\\☘\0'.repeat(900)}` }],
  ["receipts are of later revisions", { receipts: "\nx - abc 999999 zzzzzzzz".repeat(90) }],
  ["floor is a text", { floor: "5" }],
  ["floor is negative", { floor: -1 }],
  ["floor is beyond all revisions", { floor: 2 ** 52 }],
  ["floor and receipts are both there", { floor: 3, receipts: "\nx - abc 3 zzzzzzzz" }],
  ["epoch is a list", { epoch: ["e"] }],
  ["epoch is a path", { epoch: "../e" }],
])("an instance whose %s keeps its state, and applies each event once", async ([, metadata]) => {
  const store = new MemoryStore();
  const process = createProcessor(counterHandlers, store);
  const write = { type: "Counter", key: "visits", value: { count: 4 } };
  await store.commit([{ ...write, metadata: { rev: 7, epoch: "e", ...metadata } }]);
  expect(await process(counterMessage({ event: "mount" }))).toMatchObject([{ value: 4, rev: 7 }]);
  for (let count = 5; count < 85; count++) {
    for (let times = 0; times < 2; times++) {
      expect(await process(counterMessage({ eventId: `e${count}` })))
        .toMatchObject([{ value: count, rev: count + 3 }]);
    }
  }
  for (let count = 5; count < 85; count++) {
    expect(await process(counterMessage({ eventId: `e${count}` }))).toMatchObject([{ value: 84 }]);
  }
});

test("a part of the receipts that cannot be read ends the events that ask for it, and no others", async () => {
  const database = new DatabaseSync(":memory:");
  const onError = vi.fn();
  const store = new SqliteStore(database);
  const process = createProcessor(counterHandlers, store, { onError });
  await process(counterMessage({ event: "mount" }));
  for (let index = 0; index < 80; index++) await process(counterMessage({ eventId: `e${index}` }));
  const { epoch } = (await store.get("Counter", "visits"))!.metadata as { readonly epoch: string };
  for (const damage of ["data = '{'", "data = '5'", "format = 99"]) {
    const { changes } = database.prepare(`update "_nasc_receipts" set ${damage}`).run();
    expect(changes).toBeGreaterThan(0);
    expect(errorCode(await process(counterMessage({ eventId: "e0" })))).toBe("internal");
    const now = { protocol: 2, epoch, rev: 81 } as const;
    expect(errorCode(await process(counterMessage({ eventId: "e79", ...now })))).toBeUndefined();
    expect(errorCode(await process(counterMessage({ event: "mount" })))).toBeUndefined();
  }
  expect(await store.load("Counter", "visits")).toEqual({ count: 80 });
  expect(onError.mock.calls.map(([error]) => (error as Error).message)).toEqual(
    Array(3).fill(expect.stringMatching(/_nasc_receipts\/\["Counter","visits",""\]/)),
  );
});
