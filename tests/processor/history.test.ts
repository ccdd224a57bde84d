import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  type Adapter,
  applyEvent,
  createProcessor,
  type Handlers,
  MemoryStore,
} from "../../mod.ts";
import { undone } from "../../src/processor/history.ts";
import { type StoredInstance, storedInstance } from "../../src/processor/stored-instance.ts";

const type = "Board";
const id = "b";

/** An instance that events set to any state. */
const handlers: Handlers = {
  Board: { mount: () => ({}), set: (state) => state },
};

async function read(store: Adapter): Promise<StoredInstance> {
  return storedInstance({ type, id }, (await store.get(type, id))!);
}

function setter(store: Adapter, options: object = {}) {
  const process = createProcessor(handlers, store, {
    onError: (error) => errors.push(error),
    ...options,
  });
  return async (state: object) => {
    const patches = await process({ type, instance: id, event: "set", payload: state });
    expect(patches).not.toMatchObject([{ action: "error" }]);
  };
}

const errors: unknown[] = [];

/** Sets one state after the other, and returns those that were stored, by revision. */
async function history(store: Adapter, states: readonly object[]): Promise<Map<number, object>> {
  const set = setter(store);
  const stored = new Map<number, object>();
  for (const state of states) {
    await set(state);
    const instance = await read(store);
    stored.set(instance.rev, instance.state);
  }
  return stored;
}

/** Returns whether a message may hold a value. */
function isHarmless(value: unknown): boolean {
  return !/__proto__|constructor/.test(JSON.stringify(value));
}

const word = fc.stringMatching(/^[a-z'"\\/~é☘]{0,6}$/);
const item = fc.record({ id: fc.nat(9), text: word, done: fc.boolean() });
const small = fc.record({
  n: fc.nat(3),
  text: word,
  items: fc.uniqueArray(item, { selector: ({ id }) => id, maxLength: 8 }),
  any: fc.jsonValue({ maxDepth: 2 }).filter(isHarmless),
}, { requiredKeys: ["items"] });
const rich = fc.record({
  at: fc.date({ noInvalidDate: true }),
  n: fc.oneof(fc.constantFrom(-0, 0, NaN, 1n, undefined), fc.nat(3)),
  tags: fc.array(fc.oneof(word, fc.constant(undefined), fc.constant(null)), { maxLength: 3 }),
}, { requiredKeys: [] });

describe.for<[string, () => Adapter]>([
  ["memory", () => new MemoryStore()],
  ["SQLite", () => new SqliteStore(new DatabaseSync(":memory:"))],
])("on %s", ([, open]) => {
  test("each state that the log leads back to is exactly the one that was", async () => {
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(small, small, rich), { maxLength: 12 }),
        async (states) => {
          const store = open();
          // Beside a large state, there is room for a long log.
          const rest = "x".repeat(2_000);
          const stored = await history(store, states.map((state) => ({ ...state, rest })));
          if (stored.size === 0) return;
          const now = await read(store);
          const before = structuredClone(now.state);
          let isKept = true;
          for (let rev = now.rev; rev > 0; rev--) {
            const earlier = undone(now, rev);
            // Once a step is missing, no older one is there.
            if (earlier === undefined) isKept = false;
            else {
              expect(isKept).toBe(true);
              expect(earlier).toStrictEqual(stored.get(rev));
              if (rev < now.rev) steps++;
            }
          }
          expect(now.state).toStrictEqual(before);
        },
      ),
      { numRuns: 200 },
    );
    expect(steps).toBeGreaterThan(100);
  });

  test("some thirty small changes of a long list have a way back, and metadata keep to their limit", async () => {
    const store = open();
    const items = Array.from(
      { length: 1_000 },
      (_, id) => ({ id, text: `to-do ${id}`, done: false }),
    );
    const states = Array.from({ length: 60 }, (_, index) => {
      const flags = items.map((item, place) => ({ ...item, done: place < index }));
      return { items: flags };
    });
    const stored = await history(store, states);
    const now = await read(store);
    const oldest = Math.min(...[...stored.keys()].filter((rev) => undone(now, rev)));
    expect(now.rev - oldest).toBeGreaterThan(25);
    expect(undone(now, oldest)).toEqual(stored.get(oldest));
    expect(JSON.stringify((await store.get(type, id))!.metadata).length).toBeLessThan(2_256);
  });
});

test("a change that goes whole has a way back where the state before is short", async () => {
  const store = new MemoryStore();
  const stored = await history(store, [{ n: 1 }, { n: 2 }, { m: 3 }, { a: { b: "c" } }]);
  const now = await read(store);
  for (const [rev, state] of stored) expect(undone(now, rev)).toEqual(state);
});

test.for<[string, object, object]>([
  ["a date", { at: new Date(0) }, { at: new Date(1) }],
  ["a bigint", { n: 1n, rest: "r".repeat(100) }, { n: 2n, rest: "r".repeat(100) }],
  ["NaN", { n: NaN, rest: "r".repeat(100) }, { n: 1, rest: "r".repeat(100) }],
  ["minus zero", { n: -0, rest: "r".repeat(100) }, { n: 0, rest: "r".repeat(100) }],
  ["a property that is undefined", { n: undefined, m: 1 }, { m: 1 }],
  ["more than there is room for", { text: "x".repeat(3_000) }, { text: "" }],
])("a change from %s has no way back, and those after it have one again", async ([, from, to]) => {
  const store = new MemoryStore();
  const stored = await history(store, [{ n: 0 }, from, to, { ...to, m: 5 }]);
  const now = await read(store);
  expect([now.rev, undone(now, 3)]).toEqual([4, stored.get(3)]);
  expect([undone(now, 2), undone(now, 1)]).toEqual([undefined, undefined]);
});

test("a change beside a date has a way back, on which the date stays", async () => {
  const store = new MemoryStore();
  const at = new Date(5);
  const stored = await history(store, [{ at, n: 1, m: 1 }, { at, n: 2, m: 1 }]);
  const now = await read(store);
  expect(undone(now, 1)).toStrictEqual(stored.get(1));
});

test("`history: false` keeps nothing of what was removed, and drops what was kept before", async () => {
  const store = new MemoryStore();
  await history(store, [{ secret: "tell nobody", n: 1 }, { n: 1 }]);
  expect(JSON.stringify(await store.get(type, id))).toContain("tell nobody");
  const set = setter(store, { history: false });
  await set({ n: 2 });
  await set({ n: 3 });
  const entry = await store.get(type, id);
  expect(entry!.metadata).toEqual({ rev: 4, epoch: expect.any(String) });
  expect(undone(await read(store), 3)).toBeUndefined();
});

test("applyEvent goes on with the log of what is stored, and begins none", async () => {
  const store = new MemoryStore();
  const handler = handlers[type]!;
  const step = { handler, event: "set", current: {}, store, type, id };
  await applyEvent({ ...step, payload: { n: 1 } });
  await applyEvent({ ...step, payload: { n: 2 } });
  expect(undone(await read(store), 1)).toBeUndefined();
  const { epoch } = await read(store);
  await setter(store)({ n: 3 });
  await applyEvent({ ...step, payload: { n: 4 } });
  const now = await read(store);
  expect([now.rev, now.epoch]).toEqual([4, epoch]);
  expect([2, 3, 4].map((rev) => undone(now, rev))).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }]);
});

test("what another program wrote keeps its epoch through the first event, and has a way back", async () => {
  const store = new MemoryStore();
  await store.persist(type, id, {}, { n: 1 });
  const found = await read(store);
  expect(found.rev).toBe(0);
  await setter(store)({ n: 2 });
  const now = await read(store);
  expect([now.rev, now.epoch]).toEqual([1, found.epoch]);
  expect(undone(now, 0)).toEqual({ n: 1 });
  await store.persist(type, id, {}, { n: 3 });
  expect((await read(store)).epoch).not.toBe(found.epoch);
});

/** Returns the log of one step back, as it would be stored. */
function logOf(...steps: unknown[]): string {
  return steps.map((step) => JSON.stringify(step).replaceAll('"', "'")).join("\n");
}

const doubling = Array.from({ length: 60 }, (_, index) => {
  return { op: "copy", from: "", path: `/${index}` };
});

test.for<[string, unknown]>([
  ["no text", 5],
  ["a list", [[{ op: "replace", path: "/n", value: 1 }]]],
  ["no JSON", "[{"],
  ["an object", "{}"],
  ["null", "null"],
  ["a list of null", "[null]"],
  ["without a path", logOf([{ op: "remove" }])],
  ["that fits no state", logOf([{ op: "remove", path: "/nowhere" }])],
  ["that leads to no state", logOf([{ op: "replace", path: "", value: [1] }])],
  ["that leads to a prototype", logOf([{ op: "add", path: "/__proto__/polluted", value: 1 }])],
  [
    "that holds a prototype",
    `[{'op':'add','path':'/x','value':{'__proto__':{'polluted':1}}}]`,
  ],
  [
    "that leads through a constructor",
    logOf([
      { op: "add", path: "/constructor", value: {} },
      { op: "add", path: "/constructor/prototype", value: { polluted: 1 } },
    ]),
  ],
  ["that doubles the state again and again", logOf(doubling.slice(0, 40))],
  [
    "that is deeper than any state",
    `[{'op':'add','path':'/x','value':${"[".repeat(900)}${"]".repeat(900)}}]`,
  ],
  ["that is longer than any", "[]\n".repeat(1_000_000)],
  ["of nothing but ends of lines", "\n".repeat(1_900)],
])("a log %s changes nothing, and gives no earlier state", async ([, log]) => {
  const store = new MemoryStore();
  const metadata = { rev: 50, epoch: "e", log };
  await store.commit([{ type, key: id, value: { n: 2 }, metadata }]);
  const found = await read(store);
  const began = performance.now();
  for (let rev = 0; rev < 50; rev++) expect(undone(found, rev)).toBeUndefined();
  for (const rev of [-1, 51, 1.5, NaN, Infinity]) expect(undone(found, rev)).toBeUndefined();
  const set = setter(store);
  await set({ n: 3, m: 1 });
  const now = await read(store);
  expect(performance.now() - began).toBeLessThan(1_000);
  expect([now.rev, now.epoch, now.state, undone(now, 50)]).toEqual([51, "e", { n: 3, m: 1 }, {
    n: 2,
  }]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
