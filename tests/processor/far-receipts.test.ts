import fc from "fast-check";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  type Adapter,
  createProcessor,
  type Entry,
  type Handlers,
  MemoryStore,
} from "../../mod.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { counterHandlers, counterMessage, countOf, errorCode } from "../support/counter.ts";

const segments = "_nasc_receipts";
const counter = { type: "Counter", key: "visits" } as const;

/** Returns a store with other capabilities. */
function limited(store: MemoryStore, capabilities: Partial<Adapter["capabilities"]>): Adapter {
  return Object.assign(Object.create(store) as Adapter, {
    capabilities: { ...store.capabilities, ...capabilities },
    get: store.get.bind(store),
    list: store.list.bind(store),
    commit: store.commit.bind(store),
  });
}

async function storedSegments(store: Adapter): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const entry of store.list(segments)) found.push(entry);
  return found;
}

async function epochOf(store: Adapter): Promise<string> {
  const { metadata } = (await store.get(counter.type, counter.key))!;
  return (metadata as { readonly epoch: string }).epoch;
}

async function applied(store: Adapter, count: number, options = {}) {
  const process = createProcessor(counterHandlers, store, options);
  await process(counterMessage({ event: "mount" }));
  for (let index = 1; index <= count; index++) {
    await process(counterMessage({ eventId: `e${index}` }), { user: "ann" });
  }
  return process;
}

test("a message whose page has seen enough needs one read at most, and all others find their receipt all the same", async () => {
  const store = new MemoryStore();
  const process = await applied(store, 200);
  const epoch = await epochOf(store);
  const list = vi.spyOn(store, "list");
  const get = vi.spyOn(store, "get");
  const user = { user: "ann" };
  const page = { protocol: 2, epoch, rev: 201 } as const;
  await process(counterMessage({ eventId: "new", ...page }), user);
  await process(counterMessage({ eventId: "new", ...page }), user);
  expect([get.mock.calls.length, list.mock.calls.length]).toEqual([1, 0]);
  for (let index = 1; index <= 200; index++) {
    const parts = index % 2 ? {} : { ...page, rev: index };
    const patches = await process(counterMessage({ eventId: `e${index}`, ...parts }), user);
    expect(countOf(patches)).toBe(201);
  }
  expect(list.mock.calls.length).toBeGreaterThan(100);
});

test("an id whose receipt is far is refused to another user and to another payload", async () => {
  const process = await applied(new MemoryStore(), 200);
  for (const eventId of ["e1", "e100"]) {
    const other = await process(counterMessage({ eventId }), { user: "bob" });
    expect(errorCode(other)).toBe("event-id-reused");
    const more = await process(counterMessage({ eventId, payload: 2 }), { user: "ann" });
    expect(errorCode(more)).toBe("event-id-reused");
  }
});

test("a page that lies about its revision takes no id from the user whose event has it", async () => {
  const store = new MemoryStore();
  const process = await applied(store, 200);
  const lie = { protocol: 2, epoch: await epochOf(store), rev: 2 ** 40 } as const;
  for (const user of ["bob", "eve"]) {
    await process(counterMessage({ eventId: "e1", ...lie }), { user });
    const count = countOf(await process(counterMessage({ event: "mount" })));
    for (const parts of [{}, { ...lie, rev: 1 }]) {
      const repeated = await process(counterMessage({ eventId: "e1", ...parts }), { user: "ann" });
      expect(countOf(repeated)).toBe(count);
    }
    // Until theirs are far away, too.
    for (let index = 0; index < 60; index++) {
      await process(counterMessage({ eventId: `${user}${index}` }), { user });
    }
  }
  const count = countOf(await process(counterMessage({ event: "mount" })));
  for (const user of ["ann", "bob", "eve"]) {
    const repeated = await process(counterMessage({ eventId: "e1" }), { user });
    expect(countOf(repeated)).toBe(count);
  }
  const other = await process(counterMessage({ eventId: "e1" }), { user: "dan" });
  expect(errorCode(other)).toBe("event-id-reused");
});

test("an event that changes only other instances leaves a receipt of its own, at the same revision", async () => {
  const store = new MemoryStore();
  const handlers: Handlers = {
    ...counterHandlers,
    Hand: {
      mount: () => ({ strong: true }),
      async push(_, state, context) {
        await context.update("Counter", "visits", ({ count }) => ({ count: count + 1 }));
        return state;
      },
    },
  };
  const process = createProcessor(handlers, store);
  const push = { type: "Hand", instance: "h", event: "push" };
  await process({ ...push, event: "mount" });
  const { metadata: before } = (await store.get("Hand", "h"))!;
  for (let times = 0; times < 2; times++) {
    for (let index = 0; index < 150; index++) {
      expect(errorCode(await process({ ...push, eventId: `e${index}` }))).toBeUndefined();
    }
  }
  expect(await store.load("Counter", "visits")).toEqual({ count: 150 });
  const { value, metadata } = (await store.get("Hand", "h"))!;
  expect([value, metadata]).toMatchObject([{ strong: true }, before!]);
  // Nobody's page is to hear that it has changed.
  expect(await process({ ...push, event: "mount" })).toMatchObject([{ rev: 1 }]);
});

test("a receipt is forgotten after `receiptTtl` wherever it is, and no earlier", async () => {
  let now = 1_000_000;
  const clock = { ...systemClock, now: () => now };
  const store = new MemoryStore({ clock: { now: () => 0 } });
  const process = await applied(store, 100, { clock, receiptTtl: 1_000 });
  now += 1_000;
  const send = (eventId: string) => process(counterMessage({ eventId }), { user: "ann" });
  for (const eventId of ["e1", "e50", "e100"]) {
    expect(countOf(await send(eventId))).toBe(100);
  }
  now += 1;
  expect(countOf(await send("e1"))).toBe(101);
  expect(countOf(await send("e100"))).toBe(102);
  expect(countOf(await send("e1"))).toBe(102);
});

test("what is past its time is removed where entries do not expire by themselves", async () => {
  let now = 1_000_000;
  const clock = { ...systemClock, now: () => now };
  const store = new MemoryStore();
  const process = await applied(limited(store, { expiry: false }), 300, {
    clock,
    receiptTtl: 1_000,
  });
  const count = async () => (await storedSegments(store)).length;
  const most = await count();
  expect(most).toBeGreaterThan(5);
  now += 1_001;
  for (let index = 0; index < 60; index++) {
    await process(counterMessage({ eventId: `late${index}` }));
  }
  expect(await count()).toBeLessThan(4);
  for (let index = 0; index < 60; index++) {
    expect(countOf(await process(counterMessage({ eventId: `late${index}` })))).toBe(360);
  }
});

test("an event made on another creation is answered if it was applied, and else refused for good, without running", async () => {
  const store = new MemoryStore();
  const process = await applied(store, 60);
  const epoch = await epochOf(store);
  await store.commit([{ ...counter, delete: true }]);
  const old = { protocol: 2, epoch, rev: 30 } as const;
  const send = (parts: object) => process(counterMessage(parts), { user: "ann" });
  // Nothing is there at all.
  expect(errorCode(await send({ ...old, eventId: "late" }))).toBe("gone");
  expect(errorCode(await send(old))).toBe("gone");
  expect(errorCode(await send({ ...old, eventId: "e1" }))).toBe("gone");
  expect(await store.get(counter.type, counter.key)).toBeUndefined();
  // Something else is there.
  await send({ event: "mount" });
  expect(errorCode(await send({ ...old, eventId: "late" }))).toBe("gone");
  expect(countOf(await send({ ...old, eventId: "e1" }))).toBe(0);
  const now = { protocol: 2, epoch: await epochOf(store), rev: 1 } as const;
  expect(countOf(await send({ ...now, eventId: "late" }))).toBe(1);
});

test("what follows the ~ of an epoch refuses no event", async () => {
  const store = limited(new MemoryStore(), { conditional: "none" });
  const process = createProcessor(counterHandlers, store, { lastWriteWins: true });
  await process(counterMessage({ event: "mount" }));
  const epoch = await epochOf(store);
  expect(epoch).toMatch(/^\w+~\w+$/);
  for (let count = 1; count < 4; count++) {
    const page = { protocol: 2, epoch, rev: 1 } as const;
    expect(countOf(await process(counterMessage({ eventId: `e${count}`, ...page })))).toBe(count);
  }
});

test("an event made on a first state that was only shown brings the instance into being", async () => {
  const store = new MemoryStore();
  const process = createProcessor(counterHandlers, store);
  const page = { protocol: 2, epoch: "0", rev: 0 } as const;
  expect(countOf(await process(counterMessage({ eventId: "a", ...page })))).toBe(1);
  expect(countOf(await process(counterMessage({ eventId: "a", ...page })))).toBe(1);
  expect(countOf(await process(counterMessage({ eventId: "b", ...page })))).toBe(2);
});

test("one instance's receipts are not another's, however alike their names are", async () => {
  const store = limited(new MemoryStore(), { maxMetadataBytes: 300 });
  const ids = ["a", 'a","0', "a\\", 'a"', "a b", "b", "é", "☘"];
  const process = createProcessor(counterHandlers, store);
  for (const eventId of ["x", "y", "z"]) {
    for (const instance of ids) {
      const patches = await process(counterMessage({ instance, eventId }));
      expect(errorCode(patches)).toBeUndefined();
    }
  }
  for (const instance of ids) {
    expect(countOf(await process(counterMessage({ instance, eventId: "x" })))).toBe(3);
  }
});

test("pages of every kind that repeat anything at any time apply each event once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(300, 420, 700, 2_000, Infinity),
      fc.array(fc.tuple(fc.nat(1), fc.nat(19), fc.nat(3), fc.boolean()), { maxLength: 120 }),
      async (maxMetadataBytes, steps) => {
        const store = limited(new MemoryStore(), { maxMetadataBytes });
        const processors = [1, 2].map(() => createProcessor(counterHandlers, store));
        await processors[0]!(counterMessage({ event: "mount" }));
        const epoch = await epochOf(store);
        /** At which revision each event was made. */
        const made = new Map<string, number>();
        let count = 0;
        for (const [which, number, behind, isTwo] of steps) {
          const eventId = `event-${number}`;
          if (!made.has(eventId)) {
            // The page may not have seen the latest yet.
            made.set(eventId, Math.max(1, count + 1 - behind));
            count++;
          }
          const page = isTwo ? { protocol: 2, epoch, rev: made.get(eventId)! } as const : {};
          const patches = await processors[which]!(counterMessage({ eventId, ...page }));
          expect(countOf(patches)).toBe(count);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test(
  "400 ids that two processes send to one SQLite file at once make 400, and are answered alike",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "rian-"));
    const file = join(folder, "counter.sqlite");
    const store = new SqliteStore(file);
    onTestFinished(async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    });
    await createProcessor(counterHandlers, store)(counterMessage({ event: "mount" }));
    const program = new URL("send-ids.ts", import.meta.url).pathname;
    const run = async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [program, file, "400"]);
      return JSON.parse(stdout) as { failed: unknown[]; values: number[] };
    };
    const answers = await Promise.all([run(), run()]);
    for (const { failed, values } of answers) {
      expect(failed).toEqual([]);
      expect(values).toEqual(values.toSorted((one, other) => one - other));
    }
    expect(await store.load("Counter", "visits")).toEqual({ count: 400 });
    // By now, nothing is new to either.
    const again = await Promise.all([run(), run()]);
    expect(again).toEqual(Array(2).fill({ failed: [], values: Array(400).fill(400) }));
  },
);

test("a far receipt is read as what comes from a stranger", async () => {
  const store = new MemoryStore();
  const process = await applied(store, 100);
  const [first] = await storedSegments(store);
  const write = { type: segments, key: first!.key };
  for (const value of ["", "\n", "no receipts", "\ne1", `\ne1 ann ${"x ".repeat(1_000)}`]) {
    await store.commit([{ ...write, value }]);
    const patches = await process(counterMessage({ eventId: "e90" }), { user: "ann" });
    expect(countOf(patches)).toBe(100);
  }
});
