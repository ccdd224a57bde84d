import fc from "fast-check";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  type Adapter,
  createProcessor,
  type Entry,
  type Handlers,
  MemoryStore,
  type Message,
} from "../../mod.ts";
import { findFar, spill } from "../../src/processor/far-receipts.ts";
import { lineOf } from "../../src/processor/near-receipts.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { counterHandlers, counterMessage, countOf, errorCode } from "../support/counter.ts";
import { counting, eventIds, keepReceipts, samples } from "../support/far-receipts.ts";
import { testFarReceipts } from "./far-receipts-suite.ts";

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
  expect(get.mock.calls.filter(([type]) => type === segments).length).toBeGreaterThan(100);
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
  const everlasting = limited(store, { expiry: false });
  const process = await applied(everlasting, 300, { clock, receiptTtl: 1_000 });
  const count = async () => (await storedSegments(store)).length;
  await keepReceipts(everlasting, eventIds(2_000), { time: now, ttl: 1_000 });
  expect(await count()).toBeGreaterThan(5);
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
  const [head] = await storedSegments(store);
  const write = { type: segments, key: head!.key };
  const texts = ["", "\n", "no receipts", "\ne1", `\ne1 ann ${"x ".repeat(1_000)}`];
  const values = texts.flatMap((lines) => [
    lines,
    { lines },
    { tree: "t", lines },
    { tree: "t", lines, parent: true, newest: "now", deep: -1, next: "../9", swept: 5 },
  ]);
  for (const value of values) {
    await store.commit([{ ...write, value }]);
    const patches = await process(counterMessage({ eventId: "e90" }), { user: "ann" });
    expect(countOf(patches)).toBe(100);
  }
});

testFarReceipts("MemoryStore", () => {
  const store = new MemoryStore();
  return { type: "Counter", open: () => store };
});

testFarReceipts("a SQLite file, opened twice", () => {
  const folder = mkdtempSync(join(tmpdir(), "rian-"));
  const opened: SqliteStore[] = [];
  onTestFinished(async () => {
    for (const store of opened) await store.close();
    rmSync(folder, { recursive: true });
  });
  return {
    type: "Counter",
    open() {
      const store = new SqliteStore(join(folder, "far.sqlite"));
      opened.push(store);
      return store;
    },
  };
});

describe.for([[2_000], [20_000], [200_000]] as const)("after %i events in a day", ([count]) => {
  const memory = new MemoryStore();
  const known = eventIds(count);
  let process: ReturnType<typeof createProcessor>;
  const { store, reads } = counting(memory);

  beforeAll(async () => {
    process = await applied(store, 60);
    await keepReceipts(memory, known);
  }, 120_000);

  /** Returns how many entries an event reads. */
  async function readsOf(parts: Partial<Message>): Promise<number> {
    Object.assign(reads, { gets: 0, lists: 0 });
    await process(counterMessage(parts));
    return reads.gets + reads.lists;
  }

  test("an event without a revision reads no more than eight entries, twice if it was applied before", async () => {
    const { count } = await memory.load("Counter", "visits");
    for (const eventId of samples(known, 200)) {
      expect(await readsOf({ eventId })).toBeLessThanOrEqual(16);
    }
    expect(await memory.load("Counter", "visits")).toEqual({ count });
    expect(await readsOf({ eventId: "new" })).toBeLessThanOrEqual(8);
    expect(await memory.load("Counter", "visits")).toEqual({ count: count + 1 });
  });

  test("a page that names another creation with each event makes the server read no more than that twice", async () => {
    for (const [index, eventId] of eventIds(50).entries()) {
      const page = { protocol: 2, epoch: `forged${index}`, rev: index } as const;
      expect(await readsOf({ eventId, ...page })).toBeLessThanOrEqual(16);
    }
  });

  test("no entry is larger than Deno KV takes", async () => {
    const largest = Math.max(
      ...(await storedSegments(memory)).map(({ value }) => JSON.stringify(value).length),
    );
    expect(largest).toBeLessThan(65_536);
  });
});

test("an id that is forged again and again takes no more room than others, and stays its user's", async () => {
  const store = new MemoryStore();
  const process = await applied(store, 60);
  const epoch = await epochOf(store);
  const address = { type: "Counter", id: "visits" };
  const time = Date.now();
  const since = time - 1_000;
  for (let round = 0; round < 3_000; round++) {
    // Each forged event comes once the receipts before have gone far.
    const claim = { userKey: "eve", fingerprint: `f${round}` };
    const lines = lineOf({ eventId: "e1", claim, rev: 2 ** 40, time }) +
      lineOf({ eventId: `other${round}`, claim, rev: 2 ** 40, time });
    const spilled = { lines, since, ttl: 1_000_000, floor: 0, report: () => {} };
    await store.commit(await spill(store, address, spilled));
  }
  const lengths = (await storedSegments(store)).map(({ value }) => JSON.stringify(value).length);
  expect(Math.max(...lengths)).toBeLessThan(80_000);
  const page = { protocol: 2, epoch, rev: 1 } as const;
  const patches = await process(counterMessage({ eventId: "e1", ...page }), { user: "ann" });
  expect(countOf(patches)).toBe(60);
});

test("where entries do not expire, what is past its time goes while others are kept", async () => {
  const store = limited(new MemoryStore(), { expiry: false });
  const ttl = 1_000;
  await keepReceipts(store, eventIds(10_000), { time: 0, ttl });
  const most = (await storedSegments(store)).length;
  // Slower from now on: a tenth of that in the time in which all of it has become old.
  const living: string[] = [];
  for (let time = 100; time <= 20_000; time += 100) {
    const ids = eventIds(96);
    living.push(...ids);
    await keepReceipts(store, ids, { time, ttl });
  }
  expect((await storedSegments(store)).length).toBeLessThan(most / 2);
  const address = { type: "Counter", id: "visits" };
  for (const eventId of living.slice(-1_000)) {
    const sought = { eventId, claim: undefined, from: 0, since: 19_000 };
    expect(await findFar(store, address, sought)).toMatchObject({ rev: 1 });
  }
});

test("a node that is damaged ends the events whose receipt it may hold, and no others; lines for it wait above", async () => {
  const store = new MemoryStore();
  const onError = vi.fn();
  const process = await applied(store, 60, { onError });
  const known = eventIds(3_000);
  await keepReceipts(store, known);
  const nodes = (await storedSegments(store)).filter(({ key }) => /,"1.*"\]$/.test(String(key)));
  expect(nodes.length).toBe(8);
  await store.commit([{ type: segments, key: nodes[3]!.key, value: 5 }]);
  const more = eventIds(3_000);
  await keepReceipts(store, more);
  const codes = new Map<string | undefined, number>();
  for (const eventId of samples([...known, ...more], 400)) {
    const code = errorCode(await process(counterMessage({ eventId })));
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  expect(await store.load("Counter", "visits")).toEqual({ count: 60 });
  expect([...codes.keys()].sort()).toEqual(["internal", undefined]);
  expect(codes.get("internal")).toBeLessThan(100);
  const [error] = onError.mock.calls[0]!;
  expect((error as Error).message).toContain(`_nasc_receipts/${nodes[3]!.key}`);
});

describe("a head that is damaged is reported once and begun anew", () => {
  const head = '["Counter","visits",""]';
  const day = 86_400_000;

  /** Applies 100 events to a counter whose head is damaged after the 60th. */
  async function damaged(value: unknown) {
    let now = 1_000_000_000;
    const clock = { ...systemClock, now: () => now };
    const store = new MemoryStore({ clock: { now: () => now } });
    const onError = vi.fn();
    const process = await applied(store, 60, { onError, clock });
    const epoch = await epochOf(store);
    await store.commit([{ type: segments, key: head, value }]);
    const send = async (eventId: string, rev?: number) => {
      const made = rev === undefined ? {} : { protocol: 2, epoch, rev } as const;
      const patches = await process(counterMessage({ eventId, ...made }), { user: "ann" });
      return errorCode(patches) ?? "ok";
    };
    const codes: string[] = [];
    for (let n = 61; n <= 100; n++) codes.push(await send(`e${n}`, n));
    expect(new Set(codes)).toEqual(new Set(["ok"]));
    expect(onError.mock.calls.map(([error, context]) => [error.name, context])).toEqual([
      ["UnreadableEntryError", { eventId: "receipts", type: "Counter", id: "visits" }],
    ]);
    return { store, send, pass: (milliseconds: number) => now += milliseconds };
  }

  test.for([["a number", 5], ["no lines", { tree: "x" }], ["nothing", null]] as const)(
    "%s in its place loses no event of a page that shows what is so now",
    async ([, value]) => {
      const { store } = await damaged(value);
      expect(await store.load("Counter", "visits")).toEqual({ count: 100 });
    },
  );

  test("an event whose receipt may be lost is refused, and one whose receipt is not is answered", async () => {
    const { store, send } = await damaged(5);
    const answers = new Map<number, string>();
    for (let n = 1; n <= 100; n++) answers.set(n, await send(`e${n}`, n));
    const lost = [...answers].filter(([, code]) => code !== "ok").map(([n]) => n);
    expect(lost.length).toBeGreaterThan(20);
    expect(Math.max(...lost)).toBeLessThanOrEqual(60);
    expect(lost).toEqual(Array.from(lost, (_, index) => index + 1));
    // Nobody knows when these were made.
    expect(await send("e1")).toBe("internal");
    expect(await send("new")).toBe("internal");
    expect(await send("e100")).toBe("ok");
    expect(await store.load("Counter", "visits")).toEqual({ count: 100 });
  });

  test("all events run once what was lost is past its time, or its entry is deleted", async () => {
    for (const isDeleted of [false, true]) {
      const { store, send, pass } = await damaged(5);
      if (isDeleted) await store.commit([{ type: segments, key: head, delete: true }]);
      else pass(day + 1);
      expect(await send("new")).toBe("ok");
      expect(await send("new")).toBe("ok");
      expect(await store.load("Counter", "visits")).toEqual({ count: 101 });
    }
  });
});

test(
  "two processes apply each event once within its time, whatever is sent and however time passes",
  async () => {
    const ttl = 1_000;
    const step = fc.record({
      which: fc.nat(1),
      number: fc.nat(30),
      // An event of the many before, or one that comes now.
      isOld: fc.boolean(),
      page: fc.constantFrom("none", "own", "other"),
      passes: fc.constantFrom(0, 0, 0, 1, 40, 400, 999, 1_001),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(300, 420, 2_000),
        fc.boolean(),
        fc.constantFrom(0, 200, 1_500, 4_000),
        fc.array(step, { maxLength: 60 }),
        async (maxMetadataBytes, expiry, many, steps) => {
          let now = 1_000_000;
          const clock = { ...systemClock, now: () => now };
          const store = limited(new MemoryStore({ clock: { now: () => now } }), {
            maxMetadataBytes,
            expiry,
          });
          const processors = [1, 2].map(() => {
            return createProcessor(counterHandlers, store, { clock, receiptTtl: ttl });
          });
          /** When each event was applied. */
          const times = new Map<string, number>();
          let count = 0;
          // So many that some have gone far.
          for (let index = 0; index < 45; index++) {
            const eventId = `the-very-first-events-of-all-${index}`;
            await processors[index % 2]!(counterMessage({ eventId }));
            times.set(eventId, now);
            count++;
          }
          const old = eventIds(many);
          await keepReceipts(store, old, { time: now, ttl });
          for (const eventId of old) times.set(eventId, now);
          const epoch = await epochOf(store);
          const revs = new Map<string, number>();
          for (const { which, number, isOld, page, passes } of steps) {
            now += passes;
            const eventId = isOld && many > 0 ? old[number * 131 % many]! : `event-${number}`;
            const isKnown = now - (times.get(eventId) ?? -Infinity) <= ttl;
            const rev = revs.get(eventId) ?? (isKnown ? 1 : count + 1);
            revs.set(eventId, rev);
            const made = page === "none"
              ? {}
              : { protocol: 2, epoch: page === "own" ? epoch : "other", rev } as const;
            const said = await processors[which]!(counterMessage({ eventId, ...made }));
            if (!isKnown && page === "other") {
              expect(errorCode(said)).toBe("gone");
              continue;
            }
            if (!isKnown) {
              count++;
              times.set(eventId, now);
            }
            expect([eventId, countOf(said)]).toEqual([eventId, count]);
          }
        },
      ),
      { numRuns: 60 },
    );
  },
  120_000,
);
