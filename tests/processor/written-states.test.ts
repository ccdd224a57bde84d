import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { SqliteMappedStore } from "../../adapters/sqlite-mapped.ts";
import {
  type Adapter,
  ConstraintError,
  createProcessor,
  type Handlers,
  MemoryStore,
  NascError,
} from "../../mod.ts";
import { WrittenStates } from "../../src/processor/written-states.ts";
import { instantClock } from "../support/clock.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

/** What an account of the model holds. */
type Accounts = Record<string, number | undefined>;

/** The handlers under test, and the same without any storage. */
interface Bank {
  readonly handlers: Handlers;
  /** How often work was done after an event. */
  readonly afterwards: () => number;
}

function bank(): Bank {
  let afterwards = 0;
  const handlers: Handlers = {
    Account: {
      mount: () => ({ amount: 0 }),
      add: (by: number, state, context) => {
        context.waitUntil(() => void afterwards++);
        if (state.amount + by < 0) throw new NascError("poor", "There is not enough");
        return { ...state, amount: state.amount + by };
      },
      look: (_, state, context) => {
        context.waitUntil(() => void afterwards++);
        return state;
      },
      fail: (_, state) => {
        if (state.amount % 2 === 0) throw new Error("even");
        return { ...state, amount: state.amount + 1 };
      },
      async give(to: string, state, context) {
        await context.update("Account", to, (other) => ({ ...other, amount: other.amount + 1 }));
        if (state.amount === 0) throw new NascError("poor", "There is not enough");
        return state;
      },
      async copy(from: string, state, context) {
        const other = await context.read("Account", from);
        return { ...state, amount: other?.amount ?? state.amount };
      },
      close: (_, __, context) => context.delete(),
    },
  };
  return { handlers, afterwards: () => afterwards };
}

interface Sent {
  readonly by: 0 | 1;
  readonly id: "a" | "b";
  readonly event: string;
  readonly payload: unknown;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  by: fc.constantFrom(0, 1),
  id: fc.constantFrom("a", "b"),
}).chain((parts) =>
  fc.oneof(
    fc.integer({ min: -3, max: 5 }).map((payload) => ({ ...parts, event: "add", payload })),
    fc.constantFrom("look", "fail", "close").map((event) => ({ ...parts, event, payload: 0 })),
    fc.constantFrom("give", "copy").map((event) => {
      return { ...parts, event, payload: parts.id === "a" ? "b" : "a" };
    }),
  )
);

/** Applies an event to the model, and returns the code of its error, and whether work is done afterwards. */
function applyToModel(
  accounts: Accounts,
  { id, event, payload }: Sent,
): { readonly code: string | undefined; readonly works: boolean } {
  const amount = accounts[id] ?? 0;
  const other = payload as string;
  const done = (next: number | undefined, works = false) => {
    accounts[id] = next;
    return { code: undefined, works };
  };
  switch (event) {
    case "add":
      if (amount + (payload as number) < 0) return { code: "poor", works: false };
      return done(amount + (payload as number), true);
    case "look":
      return done(amount, true);
    case "fail":
      return amount % 2 === 0 ? { code: "internal", works: false } : done(amount + 1);
    case "give":
      if (amount === 0) return { code: "poor", works: false };
      accounts[other] = (accounts[other] ?? 0) + 1;
      return done(amount);
    case "copy":
      return done(accounts[other] ?? amount);
    default:
      accounts[id] = undefined;
      return { code: undefined, works: false };
  }
}

async function stored(store: Adapter): Promise<Accounts> {
  const [a, b] = await Promise.all(["a", "b"].map((id) => store.load("Account", id)));
  return { a: a?.amount, b: b?.amount };
}

test("two processes on one file lead to what events without any memory lead to", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rian-written-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let files = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { minLength: 5, maxLength: 40 }), async (events) => {
      const path = join(folder, `${files++}.db`);
      const stores = [new SqliteStore(path), new SqliteStore(path)] as const;
      const { handlers, afterwards } = bank();
      const processes = stores.map((store) => {
        return createProcessor(handlers, store, { onError: () => {}, clock: instantClock });
      });
      const model: Accounts = { a: undefined, b: undefined };
      let works = 0;
      for (const [index, event] of events.entries()) {
        const expected = applyToModel(model, event);
        const { by, id, event: name, payload } = event;
        const message = { type: "Account", instance: id, event: name, payload };
        const patches = await processes[by]!(
          index % 3 === 0 ? message : { ...message, eventId: `e${index}` },
        );
        const code = errorCode(patches);
        expect(code === "gone" ? undefined : code).toBe(expected.code);
        expect(await stored(stores[0])).toEqual(model);
        works += expected.works ? 1 : 0;
      }
      await Promise.resolve();
      expect(afterwards()).toBe(works);
      await Promise.all(stores.map((store) => store.close()));
    }),
    { numRuns: 60 },
  );
});

type Fate = "works" | "fails" | "works, and then fails";

test("two processes count each event once, whichever call of the storage fails", async () => {
  const fate = fc.constantFrom<Fate>("works", "works", "fails", "works, and then fails");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { maxLength: 40 }),
      fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 12 }),
      async (fates, senders) => {
        const store = new MemoryStore();
        const next = fates.values();
        async function call<T>(work: () => Promise<T>): Promise<T> {
          const { value = "works" } = next.next();
          if (value === "fails") throw new Error("it did nothing");
          const result = await work();
          if (value !== "works") throw new Error("the answer was lost");
          return result;
        }
        const source = Object.assign(Object.create(store) as Adapter, {
          capabilities: store.capabilities,
          get: (type: string, key: string) => call(() => store.get(type, key)),
          commit: (writes: Parameters<Adapter["commit"]>[0]) => call(() => store.commit(writes)),
        });
        const options = { onError: () => {}, clock: instantClock };
        const processes = [0, 1].map(() => createProcessor(counterHandlers, source, options));
        for (const [index, sender] of senders.entries()) {
          for (let attempt = 0;; attempt++) {
            const process = processes[(sender + attempt) % 2]!;
            const patches = await process(counterMessage({ eventId: `e${index}` }));
            if (errorCode(patches) === "unavailable") continue;
            expect(errorCode(patches)).toBeUndefined();
            break;
          }
          expect(await store.load("Counter", "visits")).toEqual({ count: index + 1 });
        }
      },
    ),
    { numRuns: 200 },
  );
});

describe("an event on a state that this process has written last", () => {
  test("needs no read", async () => {
    const store = new MemoryStore();
    const process = createProcessor(counterHandlers, store);
    await process(counterMessage({ event: "mount" }));
    const get = vi.spyOn(store, "get");
    for (let index = 0; index < 3; index++) await process(counterMessage({ eventId: `e${index}` }));
    expect(get).not.toHaveBeenCalled();
    expect(await store.load("Counter", "visits")).toEqual({ count: 3 });
  });

  test("is run on what another process has stored since, even with a single attempt", async () => {
    const store = new MemoryStore();
    const reports: unknown[] = [];
    const [one, other] = [0, 1].map(() => {
      return createProcessor(counterHandlers, store, {
        attempts: 1,
        onEvent: ({ event, attempts, conflicts }) => reports.push([event, attempts, conflicts]),
      });
    });
    await one!(counterMessage({ event: "mount" }));
    await other!(counterMessage({ payload: 10 }));
    expect(await one!(counterMessage())).toMatchObject([{ value: 11, rev: 3 }]);
    expect(reports.at(-1)).toEqual(["add", 2, 1]);
  });

  test("reads where the storage is written by last write wins", async () => {
    const store = new MemoryStore();
    const source = Object.assign(Object.create(store) as Adapter, {
      capabilities: { ...store.capabilities, conditional: "none" },
      get: store.get.bind(store),
      commit: store.commit.bind(store),
    });
    const process = createProcessor(counterHandlers, source, { lastWriteWins: true });
    await process(counterMessage({ event: "mount" }));
    await store.persist("Counter", "visits", {}, { count: 5 });
    expect(await process(counterMessage())).toMatchObject([{ value: 6 }]);
  });

  test("reads rows that other tools change without a new version", async () => {
    const Database = (await import("better-sqlite3")).default;
    const database = new Database(":memory:");
    onTestFinished(() => void database.close());
    const store = new SqliteMappedStore(database, {
      mapping: { Counter: { "x-na:store": { entity: "counters", pk: "id" } } },
      schema: {
        $defs: { Counter: { properties: { id: { type: "string" }, count: { type: "integer" } } } },
      },
    });
    const process = createProcessor({
      Counter: {
        mount: ({ id }) => ({ id, count: 0 }),
        add: (amount: number, state) => ({ ...state, count: state.count + amount }),
      },
    }, store);
    await process(counterMessage({ event: "mount" }));
    database.exec("update counters set count = 41");
    await process(counterMessage());
    expect(await store.load("Counter", "visits")).toMatchObject({ count: 42 });
  });

  test("that a constraint refuses is refused for good, after one run", async () => {
    const store = new MemoryStore();
    const add = vi.fn(counterHandlers.Counter!.add!);
    const process = createProcessor({ Counter: { ...counterHandlers.Counter, add } }, store);
    await process(counterMessage({ event: "mount" }));
    vi.spyOn(store, "commit").mockRejectedValueOnce(
      new ConstraintError("taken", { type: "Counter", constraint: "unique" }),
    );
    expect(errorCode(await process(counterMessage()))).toBe("constraint");
    expect(add).toHaveBeenCalledTimes(1);
    const get = vi.spyOn(store, "get");
    expect(await process(counterMessage())).toMatchObject([{ value: 1 }]);
    expect(get).toHaveBeenCalledTimes(1);
  });

  test("is not led astray by a caller that changes what it was answered", async () => {
    const process = createProcessor({
      List: {
        mount: () => ({ items: [{ id: 1, tags: ["a"] }] }),
        add: (id: number, { items }) => ({ items: [...items, { id, tags: [] }] }),
      },
    }, new MemoryStore());
    const message = { type: "List", instance: "a", event: "add" };
    const answers = [await process({ ...message, event: "mount" })];
    for (const payload of [2, 3]) {
      for (const [patch] of answers) {
        const { value } = patch as { readonly value: { id: number; tags: string[] }[] };
        for (const item of value) item.tags.push("spoilt");
        value.length = 0;
      }
      answers.push(await process({ ...message, payload }));
    }
    expect(answers.at(-1)).toMatchObject([
      { value: [{ id: 1, tags: ["a"] }, { id: 2, tags: [] }, { id: 3, tags: [] }] },
    ]);
  });

  test("is refused by what is stored, not by what was written", async () => {
    const store = new MemoryStore();
    const { handlers } = bank();
    const [one, other] = [createProcessor(handlers, store), createProcessor(handlers, store)];
    const message = { type: "Account", instance: "a", event: "add" };
    await one({ ...message, payload: 1 });
    await other({ ...message, payload: 10 });
    expect(await one({ ...message, payload: -5 })).toMatchObject([{ value: 6 }]);
  });
});

describe("the memory of written states", () => {
  const instance = (text: string) => {
    return { rev: 1, epoch: "e", version: "v", state: { text }, isPlain: true };
  };
  const fresh = { before: undefined, operations: undefined };

  test("keeps some megabytes, and those that were used last", () => {
    const written = new WrittenStates();
    const text = "x".repeat(100_000);
    for (let index = 0; index < 200; index++) {
      written.set(`k${index}`, instance(text), fresh);
      written.get("k0");
    }
    const kept = Array.from({ length: 200 }, (_, index) => index)
      .filter((index) => written.get(`k${index}`));
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.length).toBeLessThanOrEqual(80);
    expect(kept.slice(0, 2)).toEqual([0, 200 - kept.length + 1]);
  });

  test("keeps no state that is very large, has grown so, or is no plain JSON", () => {
    const written = new WrittenStates();
    written.set("k", instance("x".repeat(2_000_000)), fresh);
    expect(written.get("k")).toBeUndefined();
    let before = instance("");
    written.set("k", before, fresh);
    for (let size = 0; size <= 12; size++) {
      const next = instance("x".repeat(size * 100_000));
      const operations = [{ op: "replace", path: "/text", value: next.state.text }] as const;
      written.set("k", next, { before, operations });
      before = next;
    }
    expect(written.get("k")).toBeUndefined();
    written.set("k", { ...instance(""), isPlain: false }, fresh);
    expect(written.get("k")).toBeUndefined();
  });

  test("does not take a state for larger and larger as it is changed", () => {
    const written = new WrittenStates();
    let before = instance("x".repeat(1_000));
    written.set("k", before, fresh);
    for (let change = 0; change < 20_000; change++) {
      const next = instance("x".repeat(1_000));
      const operations = [{ op: "replace", path: "/text", value: next.state.text }] as const;
      written.set("k", next, { before, operations });
      before = next;
    }
    expect(written.get("k")).toBe(before);
  });
});
