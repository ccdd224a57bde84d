import { describe, expect, test } from "vitest";
import {
  type Adapter,
  createProcessor,
  defineHandler,
  type HandlerContext,
  type Handlers,
  MemoryHub,
  MemoryStore,
  NascError,
  type News,
  type ProcessorOptions,
} from "../../../mod.ts";
import { createNasc } from "../../../src/router/mod.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { SteppedClock } from "../../support/clock.ts";
import { errorCode } from "../../support/counter.ts";
import { kindsOfStore } from "../../support/kinds-of-store.ts";
import { mortal } from "./mailbox.ts";

interface Notes {
  readonly notes: readonly unknown[];
}

/** What `context.send` takes. */
type Sent = Parameters<HandlerContext["send"]>;

/** Handlers of which one sends whatever a test asks for, and another keeps what it gets. */
function sending(others: Handlers = {}): Handlers {
  return {
    Account: {
      mount: ({ id }: { id: string }) => ({ id }),
      send(all: readonly Sent[], state: object, context: HandlerContext) {
        for (const parameters of all) context.send(...parameters);
        return state;
      },
    },
    Book: {
      mount: (): Notes => ({ notes: [] }),
      note: (what: unknown, { notes }: Notes): Notes => ({ notes: [...notes, what] }),
    },
    ...others,
  };
}

/** Returns a processor, what it has reported, and how its account `a` sends. */
function start(
  { store = new MemoryStore(), handlers = sending(), ...options }: ProcessorOptions & {
    readonly store?: Parameters<typeof createProcessor>[1];
    readonly handlers?: Handlers;
  } = {},
) {
  const reported: string[] = [];
  const process = createProcessor(handlers, store, {
    onError: (error) => void reported.push(String(error)),
    ...options,
  });
  const send = (...payload: readonly Sent[]) =>
    process({ type: "Account", instance: "a", event: "send", payload });
  const notes = async (id: string) =>
    (await (store as Adapter).load("Book", id) as Notes | null)?.notes;
  return { process, send, notes, reported, store };
}

describe("a store that cannot commit a message with an event refuses to send, and names one that can", () => {
  test.for(kindsOfStore.filter(([name]) => name !== "an adapter"))("%s", async ([, open]) => {
    const store = open();
    const { send, process, reported } = start({ store, lastWriteWins: true });
    expect(errorCode(await send(["Book", "b", "note"]))).toBe("internal");
    expect(reported).toEqual([
      expect.stringMatching(
        /^Error: Cannot send Book.note to Book\/b: .*(D1 or a Durable|SqliteStore)/,
      ),
    ]);
    await process.drain();
    await expect(process.deadMessages()).rejects.toThrow("Cannot look for dead messages: ");
  });
});

describe("what no message can be fails the event that sends it", () => {
  test.for<[string, unknown[], string]>([
    ["an empty event", ["Book", "b", ""], "invalid-message"],
    ["no type", [undefined, "b", "note"], "invalid-message"],
    ["an id that is a number", ["Book", 5, "note"], "invalid-message"],
    ["a payload that leads to a prototype", [
      "Book",
      "b",
      "note",
      JSON.parse('{"__proto__":{"admin":true}}'),
    ], "invalid-payload"],
    ["a payload of 65,537 bytes", ["Book", "b", "note", "x".repeat(65_535)], "too-large"],
    ["a delay that is no number", ["Book", "b", "note", 1, { delay: "1" }], "internal"],
    ["a delay that never ends", ["Book", "b", "note", 1, { delay: Infinity }], "internal"],
    ["a misspelt option", ["Book", "b", "note", 1, { dealy: 1 }], "internal"],
  ])("%s", async ([, parameters, code]) => {
    const handlers = sending();
    // A message of a page could not hold such a payload.
    const { process, notes, store } = start({
      handlers: {
        ...handlers,
        Account: {
          ...handlers["Account"]!,
          misuse(_: unknown, state: object, context: HandlerContext) {
            context.send(...parameters as Sent);
            return { ...state, changed: true };
          },
        },
      },
    });
    const patches = await process({ type: "Account", instance: "a", event: "misuse" });
    expect(errorCode(patches)).toBe(code);
    await process.drain();
    expect(await notes("b")).toBeUndefined();
    expect(await (store as Adapter).load("Account", "a")).toBeNull();
  });

  test("a payload of 65,536 bytes is sent", async () => {
    const { process, send, notes } = start();
    await send(["Book", "b", "note", "x".repeat(65_534)]);
    await process.drain();
    expect(await notes("b")).toEqual(["x".repeat(65_534)]);
  });
});

test("a payload keeps its types, and what the handler does to it later makes no difference", async () => {
  const payload = { at: new Date(5), ids: new Set([1]), list: [1] };
  const { process, notes } = start({
    handlers: sending({
      Account: {
        send(_: unknown, state: object, context: HandlerContext) {
          context.send("Book", "b", "note", payload);
          payload.list.push(2);
          return state;
        },
      },
    }),
  });
  await process({ type: "Account", instance: "a", event: "send" });
  await process.drain();
  expect(await notes("b")).toEqual([{ at: new Date(5), ids: new Set([1]), list: [1] }]);
});

test("an event that has ended sends nothing more", async () => {
  const { process, notes, reported } = start({
    handlers: sending({
      Account: {
        send(_: unknown, state: object, context: HandlerContext) {
          context.waitUntil(() => context.send("Book", "b", "note"));
          return { ...state, sent: true };
        },
      },
    }),
  });
  await process({ type: "Account", instance: "a", event: "send" });
  await process.drain();
  expect(reported).toEqual([
    "Error: Cannot send Book.note to Book/b: the event has ended; send before the handler returns",
  ]);
  expect(await notes("b")).toBeUndefined();
});

test("of messages that follow from each other, the 17th is refused, and one that waits a second follows from none", async () => {
  const clock = new SteppedClock();
  const Chain = {
    mount: () => ({ count: 0 }),
    go({ delay }: { delay?: number }, { count }: { count: number }, context: HandlerContext) {
      if (count < 40) context.send("Chain", "c", "go", { delay }, { ...delay && { delay } });
      return { count: count + 1 };
    },
  };
  for (const [delay, count, codes] of [[undefined, 16, ["too-many-hops"]], [1_000, 41, []]]) {
    const { process, store } = start({ handlers: { Chain }, clock });
    await process({ type: "Chain", instance: "c", event: "go", payload: { delay } });
    for (let second = 0; second <= 50; second++) {
      await process.drain();
      await clock.advance(1_000);
    }
    expect(await (store as Adapter).load("Chain", "c")).toEqual({ count });
    expect((await process.deadMessages()).map(({ code }) => code)).toEqual(codes);
  }
});

test("a sender of whom 1,000 messages wait sends no more until some have arrived", async () => {
  let isStuck = true;
  const note = sending()["Book"]!["note"]!;
  const handlers = sending({
    Book: {
      mount: () => ({ notes: [] }),
      note(...parameters: Parameters<typeof note>) {
        if (isStuck) throw new Error("the book is lost");
        return note(...parameters);
      },
    },
  });
  const clock = { ...systemClock };
  const { process, send, notes, store } = start({ handlers, clock });
  const thousand = Array.from(
    { length: 1_000 },
    (_, index): Sent => ["Book", "b", "note", index],
  );
  expect(errorCode(await send(...thousand))).toBeUndefined();
  expect(errorCode(await send(["Book", "c", "note"]))).toBe("queue-full");
  // What another process knows of the sender is what is stored.
  const other = start({ handlers, store, clock });
  expect(errorCode(await other.send(["Book", "c", "note"]))).toBe("queue-full");
  await process.drain();
  isStuck = false;
  clock.now = () => Date.now() + 60_000;
  await process.drain();
  expect(await notes("b")).toEqual(thousand.map((_, index) => index));
  expect(errorCode(await send(["Book", "c", "note"]))).toBeUndefined();
  expect(errorCode(await other.send(["Book", "c", "note"]))).toBeUndefined();
});

test("two senders whose queues are full and who answer each other's messages both get on", async () => {
  const Player: Handlers[string] = {
    mount: () => ({ pings: 0, pongs: 0 }),
    serve(to: string, state: object, context: HandlerContext) {
      for (let count = 0; count < 1_000; count++) context.send("Player", to, "ping", to);
      return state;
    },
    ping(_: unknown, state: { pings: number }, context: HandlerContext) {
      context.send("Player", context.sender!.id, "pong", {});
      return { ...state, pings: state.pings + 1 };
    },
    pong: (_: unknown, state: { pongs: number }) => ({ ...state, pongs: state.pongs + 1 }),
  };
  const store = new MemoryStore();
  for (const [id, to] of [["a", "b"], ["b", "a"]]) {
    const { store: doomed, killed } = mortal(store, (types) => types.includes("_nasc_outbox"));
    void createProcessor({ Player }, doomed)({
      type: "Player",
      instance: id!,
      event: "serve",
      payload: to,
    });
    await killed;
  }
  await createProcessor({ Player }, store).drain();
  for (const id of ["a", "b"]) {
    expect(await store.load("Player", id)).toEqual({ pings: 1_000, pongs: 1_000 });
  }
});

test("a receiver that fails is tried again ever later, the 10th failure ends it, and the next message comes then", async () => {
  const clock = new SteppedClock();
  const tries: number[] = [];
  const { process, send, notes, reported } = start({
    clock,
    random: () => 0.999,
    handlers: sending({
      Book: {
        ...sending()["Book"]!,
        fail(): never {
          tries.push(clock.now());
          throw new Error("it never works");
        },
      },
    }),
  });
  await send(["Book", "b", "fail", "x"], ["Book", "b", "note", "y"], ["Book", "c", "note", "z"]);
  await clock.advance(500);
  expect([await notes("b"), await notes("c")]).toEqual([undefined, ["z"]]);
  await clock.advance(2_000_000);
  await process.drain();
  const waits = tries.map((time, index) => (time - (tries[index - 1] ?? 0)) / 1_000);
  expect(waits.map(Math.round)).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256]);
  expect(await notes("b")).toEqual(["y"]);
  expect(await process.deadMessages()).toMatchObject([{
    event: "fail",
    code: "internal",
    attempts: 10,
  }]);
  expect(reported.filter((error) => error.includes("it never works"))).toHaveLength(10);
  expect(reported.at(-1)).toMatch(
    /^Error: Cannot deliver Book.fail to Book\/b from Account\/a: it was tried 10 times/,
  );
});

test("an event that only a newer process has is left to that, and holds up no other receiver", async () => {
  const clock = new SteppedClock();
  const old = start({ clock, random: () => 0.999 });
  await old.send(["Book", "b", "sign", "x"], ["Book", "b", "note", "y"], ["Book", "c", "note", 1]);
  await old.send(["Shelf", "s", "put", "z"]);
  await old.process.drain();
  for (let minute = 0; minute < 15; minute++) {
    await clock.advance(60_000);
    await old.process.drain();
  }
  expect([await old.notes("b"), await old.notes("c")]).toEqual([undefined, [1]]);
  expect(await old.process.deadMessages()).toEqual([]);
  // One line for each says what may be a misspelt name.
  expect(old.reported).toEqual([
    expect.stringMatching(
      /^Error: Cannot deliver Book.sign to Book\/b from Account\/a yet: this process has no/,
    ),
    expect.stringMatching(/^Error: Cannot deliver Shelf.put to Shelf\/s from Account\/a yet: /),
  ]);
  const { Book } = sending();
  const later = new SteppedClock();
  await later.advance(clock.now() + 300_000);
  const { process, notes } = start({
    clock: later,
    store: old.store,
    handlers: sending({ Book: { ...Book, sign: Book!["note"] }, Shelf: { put: Book!["note"] } }),
  });
  await process.drain();
  expect(await notes("b")).toEqual(["x", "y"]);
});

test("an event that no process has is dead in the end, and the next message comes then", async () => {
  const clock = new SteppedClock();
  const { process, send, notes, reported } = start({ clock });
  await send(["Book", "b", "sign", "x"], ["Book", "b", "note", "y"]);
  await clock.advance(5_000_000);
  expect(await notes("b")).toEqual(["y"]);
  expect(await process.deadMessages()).toMatchObject([{ code: "unknown-event", attempts: 16 }]);
  expect(reported).toHaveLength(2);
});

test("an event that sends more than may ever wait is refused for good, be it a page's or was it sent itself", async () => {
  const { process, send, notes } = start({
    handlers: sending({
      Flood: {
        mount: () => ({}),
        begin(count: number, state: object, context: HandlerContext) {
          for (let n = 0; n < count; n++) context.send("Book", "b", "note", n);
          return { ...state, count };
        },
      },
    }),
  });
  const begin = { type: "Flood", instance: "f", event: "begin" };
  expect(errorCode(await process({ ...begin, payload: 1_001 }))).toBe("too-large");
  await send(["Flood", "f", "begin", 1_001], ["Flood", "f", "begin", 1_000]);
  await process.drain();
  expect(await process.deadMessages()).toMatchObject([{ code: "too-large", payload: 1_001 }]);
  expect(await notes("b")).toHaveLength(1_000);
});

test("a message that was put off by a clock that was ahead does not wait until the others are", async () => {
  const clock = new SteppedClock();
  let isStuck = true;
  const { process, send, notes } = start({
    clock,
    handlers: sending({
      Book: {
        mount: () => ({ notes: [] }),
        note(what: unknown, { notes }: Notes) {
          if (isStuck) throw new Error("the book is lost");
          return { notes: [...notes, what] };
        },
      },
    }),
  });
  const now = clock.now.bind(clock);
  clock.now = () => now() + 365 * 86_400_000;
  await send(["Book", "b", "note", 1]);
  await process.drain();
  clock.now = now;
  isStuck = false;
  await process.drain();
  expect(await notes("b")).toEqual([1]);
});

test("once its store is closed, a lane that sleeps wakes no more, and reports nothing", async () => {
  const clock = new SteppedClock();
  const store = new MemoryStore();
  const { process, send, reported } = start({
    clock,
    store,
    handlers: sending({
      Book: {
        mount: () => ({ notes: [] }),
        note() {
          throw new Error("the book is lost");
        },
      },
    }),
  });
  await send(["Book", "b", "note", 1]);
  await send(["Book", "b", "note", 2, { delay: 50_000 }]);
  await process.drain();
  await store.close();
  expect(reported).toEqual(["Error: the book is lost"]);
  await clock.advance(1_000_000);
  expect(clock.waiting).toBe(0);
  expect(reported).toHaveLength(1);
});

test("a storage that does not answer is asked until it does, and no message dies of that", async () => {
  const clock = new SteppedClock();
  const memory = new MemoryStore();
  let failures = 0;
  const store: Adapter = Object.assign(Object.create(memory) as Adapter, {
    capabilities: memory.capabilities,
    get: memory.get.bind(memory),
    list: memory.list.bind(memory),
    commit(...[writes]: Parameters<Adapter["commit"]>) {
      if (failures < 200 && writes.some(({ type }) => type === "Book")) {
        failures++;
        return Promise.reject(new Error("the disk is full"));
      }
      return memory.commit(writes);
    },
  });
  const { process, send } = start({ store, clock });
  await send(["Book", "b", "note", 1], ["Book", "b", "note", 2]);
  await clock.advance(100_000_000);
  expect(failures).toBe(200);
  expect(await memory.load("Book", "b")).toEqual({ notes: [1, 2] });
  expect(await process.deadMessages()).toEqual([]);
});

test("a message that its receiver has no room for is reported at the tenth time, and arrives once it has", async () => {
  const clock = new SteppedClock();
  let isFull = true;
  const { send, notes, reported } = start({
    clock,
    handlers: sending({
      Book: {
        mount: (): Notes => ({ notes: [] }),
        note(what: unknown, { notes }: Notes): Notes {
          if (isFull) throw new NascError("queue-full", "There is no room");
          return { notes: [...notes, what] };
        },
      },
    }),
  });
  await send(["Book", "b", "note", 1]);
  await clock.advance(3_000_000);
  expect(reported).toEqual([
    "Error: Cannot deliver Book.note to Book/b from Account/a yet: it was tried 10 times, and is " +
    "queue-full, There is no room; it is tried until that is over",
  ]);
  isFull = false;
  await clock.advance(400_000);
  expect(await notes("b")).toEqual([1]);
});

test("events of one sender that run in two processes send once each, however often they are tried", async () => {
  const store = new MemoryStore();
  let runs = 0;
  const handlers = sending({
    Account: {
      mount: () => ({ sent: 0 }),
      async send(name: string, { sent }: { sent: number }, context: HandlerContext) {
        runs++;
        context.send("Book", "b", "note", `${name} as number ${sent}`);
        await undefined;
        return { sent: sent + 1 };
      },
    },
  });
  // Two sources, so neither waits for the turns of the other.
  const processes = [0, 1].map(() => {
    const own: Adapter = Object.assign(Object.create(store) as Adapter, {
      capabilities: store.capabilities,
      get: store.get.bind(store),
      list: store.list.bind(store),
      commit: store.commit.bind(store),
    });
    return createProcessor(handlers, own);
  });
  const names = Array.from({ length: 20 }, (_, index) => `m${index}`);
  await Promise.all(
    names.map((payload, index) =>
      processes[index % 2]!({ type: "Account", instance: "a", event: "send", payload })
    ),
  );
  for (const process of processes) await process.drain();
  for (const process of processes) await process.drain();
  const { notes } = await store.load("Book", "b") as { notes: string[] };
  expect(notes.map((note) => note.split(" ").at(-1))).toEqual(
    names.map((_, index) => String(index)),
  );
  expect(notes.map((note) => note.split(" ")[0]).sort()).toEqual([...names].sort());
  expect(runs).toBeGreaterThan(20);
});

test("mount sends when it creates an instance, and not when it only shows one", async () => {
  const handlers = sending({
    Guest: {
      mount({ id }: { id: string }, context: HandlerContext) {
        context.send("Book", "guests", "note", id);
        return {};
      },
    },
  });
  const { process, notes } = start({ handlers });
  const mount = (instance: string, mayCreate: true | NascError = true) =>
    process({ type: "Guest", instance, event: "mount" }, { mayCreate: () => mayCreate });
  await mount("ada");
  await mount("ada");
  await mount("bob", new NascError("forbidden", "Not here"));
  await process.drain();
  expect(await notes("guests")).toEqual(["ada"]);
});

test("the receiver's event has its own sender, the bindings, no user, and leave to create its instance", async () => {
  const seen: unknown[] = [];
  const { process } = start({
    handlers: sending({
      Book: {
        note(_: unknown, state: object, { user, env, sender }: HandlerContext) {
          seen.push({ user, env, sender });
          return { ...state, noted: true };
        },
      },
    }),
  });
  const outlasting: Promise<unknown>[] = [];
  const asked: unknown[] = [];
  await process(
    { type: "Account", instance: "a", event: "send", payload: [["Book", "b", "note"]] },
    {
      user: "ada",
      env: { DB: 1 },
      waitUntil: (work) => void outlasting.push(work),
      mayCreate: ({ type }) => (asked.push(type), true),
    },
  );
  await Promise.all(outlasting);
  expect(seen).toEqual([{ user: undefined, env: { DB: 1 }, sender: { type: "Account", id: "a" } }]);
  expect(asked).toEqual(["Account"]);
});

test("viewers of the receiver are told, and onEvent sees its event", async () => {
  const hub = new MemoryHub();
  const store = new MemoryStore();
  const news: News[] = [];
  hub.subscribe(store, { type: "Book", id: "b" }, (one) => void news.push(one));
  const events: unknown[] = [];
  const { process, send } = start({
    store,
    hub,
    onEvent: ({ type, event, outcome, code }) => void events.push([type, event, outcome, code]),
  });
  await send(["Book", "b", "note", 1], ["Book", "b", "missing"]);
  await process.drain();
  expect(news).toMatchObject([{ kind: "change", rev: 1, state: { notes: [1] } }]);
  expect(events).toEqual([
    ["Account", "send", "applied", undefined],
    ["Book", "note", "applied", undefined],
    ["Book", "missing", "refused", "unknown-event"],
  ]);
});

test("an entry that is damaged is passed over and reported, and what follows it arrives", async () => {
  const { process, send, notes, store, reported } = start();
  const key = '["Account","a","Book","b","0000000000000001","0000000000000001"]';
  await (store as Adapter).commit([{ type: "_nasc_outbox", key, value: { type: "Book" } }]);
  await send(["Book", "b", "note", 1]);
  await process.drain();
  expect(await notes("b")).toEqual([1]);
  expect(reported[0]).toMatch(/Cannot read _nasc_outbox\/.*: it holds no message; delete it/);
  expect(await (store as Adapter).get("_nasc_outbox", key)).toBeDefined();
});

test("however many entries of a lane hold no message, those behind them arrive", async () => {
  const { process, send, notes, store } = start();
  const adapter = store as Adapter;
  for (const n of Array.from({ length: 100 }, (_, at) => `${at}`.padStart(16, "0"))) {
    const key = `["Account","a","Book","b","${n}","${n}"]`;
    await adapter.commit([{ type: "_nasc_outbox", key, value: { n } }]);
  }
  await send(["Book", "b", "note", 1]);
  await process.drain();
  expect(await notes("b")).toEqual([1]);
});

test("a page reaches no event that only instances may send, and is nobody's sender", async () => {
  const Safe = defineHandler()({
    mount: () => ({ coins: 0, from: "nobody" }),
    internal: ["put"],
    put: (coins: number, safe, { sender }) => ({ coins: safe.coins + coins, from: sender!.id }),
    ask: (_: unknown, safe, { sender }) => ({ ...safe, from: String(sender) }),
  });
  const store = new MemoryStore();
  const nasc = createNasc({
    handlers: { ...sending(), Safe },
    store,
    authorize: "everyone",
    hosts: "any",
  });
  const post = async (event: string, instance: string, more: object = {}) => {
    const type = instance === "a" ? "Account" : "Safe";
    const response = await nasc.app.request("/event", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type, instance, event, ...more }),
    });
    return response.status;
  };
  expect(await post("put", "s", { payload: 5, sender: { type: "Account", id: "a" } })).toBe(404);
  expect(await store.load("Safe", "s")).toBeNull();
  expect(await post("send", "a", { payload: [["Safe", "s", "put", 5]] })).toBe(200);
  await nasc.drain();
  expect(await store.load("Safe", "s")).toEqual({ coins: 5, from: "a" });
  expect(await post("ask", "s", { sender: { type: "Account", id: "a" } })).toBe(200);
  expect(await store.load("Safe", "s")).toEqual({ coins: 5, from: "undefined" });
});
