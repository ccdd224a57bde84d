import { describe, expect, test } from "vitest";
import {
  applyEvent,
  ConflictError,
  createProcessor,
  type HandlerContext,
  type Handlers,
  MemoryHub,
  MemoryStore,
  NascError,
  type News,
  type ProcessorOptions,
} from "../../mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { errorCode } from "../support/counter.ts";
import { kindsOfStore } from "../support/kinds-of-store.ts";

interface Room {
  readonly id: string;
  readonly lines: number;
}

let runs = 0;
/** What a handler has kept of its context. */
let kept: HandlerContext | undefined;

const handlers: Handlers = {
  Account: {
    mount: ({ id }: { id: string }): Room => ({ id, lines: 0 }),
    say(payloads: readonly unknown[], room: Room, context: HandlerContext) {
      runs++;
      for (const payload of payloads) context.broadcast(payload);
      return room;
    },
    write(payload: unknown, room: Room, context: HandlerContext) {
      runs++;
      context.broadcast(payload);
      return { ...room, lines: room.lines + 1 };
    },
    tell({ to, payload }: { to: string; payload: unknown }, room: Room, context: HandlerContext) {
      context.send("Account", to, "write", payload);
      return room;
    },
    keep(_: unknown, room: Room, context: HandlerContext) {
      kept = context;
      return room;
    },
    fail(payload: unknown, _room: Room, context: HandlerContext) {
      context.broadcast(payload);
      throw new NascError("no", "No");
    },
    who: (_: unknown, room: Room, context: HandlerContext) => ({
      ...room,
      lines: context.viewers().length,
    }),
  },
};

/** Returns a processor, what its hub has carried of some rooms, and how events are sent to one. */
function rooms(
  { store = new MemoryStore(), ...options }: ProcessorOptions & {
    readonly store?: Parameters<typeof createProcessor>[1];
  } = {},
) {
  runs = 0;
  const hub = new MemoryHub();
  const news: News[] = [];
  const errors: string[] = [];
  const process = createProcessor(handlers, store, {
    hub,
    onError: (error) => void errors.push(String(error)),
    ...options,
  });
  for (const id of ["a", "b"]) {
    const source = (store as { readonly source?: object }).source ?? store;
    hub.subscribe(source, { type: "Account", id }, (one) => news.push(one));
  }
  const send = (event: string, payload?: unknown, more: object = {}) =>
    process({ type: "Account", instance: "a", event, payload, protocol: 2, ...more });
  const heard = () =>
    news.flatMap((one) => one.kind === "broadcast" ? [`${one.id}: ${String(one.payload)}`] : []);
  return { store, process, send, news, heard, errors };
}

describe("a broadcast", () => {
  test.for(kindsOfStore)("is heard after the event was applied, over %s", async ([, open]) => {
    const options = { lastWriteWins: true };
    const { send, news } = rooms({ store: open(), ...options });
    await send("mount");
    news.length = 0;
    await send("write", { typing: true });
    expect(news).toMatchObject([
      { kind: "change", rev: 2 },
      { kind: "broadcast", type: "Account", id: "a", payload: { typing: true } },
    ]);
    await send("say", ["one", "two"]);
    expect(news.slice(2)).toEqual([
      { kind: "broadcast", type: "Account", id: "a", payload: "one" },
      { kind: "broadcast", type: "Account", id: "a", payload: "two" },
    ]);
  });

  test("names the stream that has sent the event, so its page is spared the echo", async () => {
    const { send, news } = rooms();
    await send("mount");
    await send("say", ["x"], { stream: "s1" });
    expect(news.at(-1)).toMatchObject({ kind: "broadcast", origin: { stream: "s1" } });
  });

  test("alone writes nothing", async () => {
    const store = new MemoryStore();
    const { send, heard } = rooms({ store });
    await send("mount");
    await send("write", "first");
    const commits: unknown[] = [];
    const commit = store.commit.bind(store);
    store.commit = (writes) => (commits.push(writes), commit(writes));
    for (let count = 0; count < 3; count++) await send("say", [count], { eventId: `e${count}` });
    expect(commits).toEqual([]);
    expect(heard().slice(1)).toEqual(["a: 0", "a: 1", "a: 2"]);
  });

  test("is heard once, however often the handler had to run", async () => {
    const store = new MemoryStore();
    const { send, heard } = rooms({ store });
    await send("mount");
    const commit = store.commit.bind(store);
    let conflicts = 3;
    store.commit = (writes) => {
      if (conflicts-- > 0) {
        return Promise.reject(new ConflictError("memory", "Account", "a"));
      }
      return commit(writes);
    };
    await send("write", "x");
    expect([runs, heard()]).toEqual([4, ["a: x"]]);
    // What begins with the state that was written last runs again on what is stored.
    await send("say", ["y"]);
    expect(heard()).toEqual(["a: x", "a: y"]);
  });

  test("is not heard of an event that is refused, is a repeat, or runs dry", async () => {
    const { send, heard } = rooms();
    await send("mount");
    expect(errorCode(await send("fail", "x"))).toBe("no");
    expect(heard()).toEqual([]);
    await send("write", "x", { eventId: "once" });
    await send("write", "x", { eventId: "once" });
    expect(heard()).toEqual(["a: x"]);
    const store = new MemoryStore();
    const applied = await applyEvent({
      handler: handlers["Account"]!,
      event: "write",
      payload: "dry",
      current: { id: "a", lines: 1 },
      store,
      type: "Account",
      id: "a",
      dryRun: true,
    });
    expect(applied.diff).toEqual({ lines: 2 });
  });

  test("of an event that an instance has sent, or the server, is heard as well", async () => {
    const { process, send, heard } = rooms();
    await send("tell", { to: "b", payload: "by a" });
    await process.drain();
    await process({ type: "Account", instance: "b", event: "say", payload: ["by the server"] });
    expect(heard()).toEqual(["b: by a", "b: by the server"]);
  });

  test("holds a copy of what it was given", async () => {
    const { send, news } = rooms();
    const payload = { x: 1 };
    await send("write", payload);
    payload.x = 2;
    expect(news.at(-1)).toMatchObject({ payload: { x: 1 } });
  });

  test.for<[string, unknown]>([
    ["a Date", new Date(0)],
    ["undefined", undefined],
    ["NaN", NaN],
    ["a hole", { a: [, 1] }],
    ["a Map", [new Map()]],
  ])("of %s fails the event, which changes nothing", async ([, payload]) => {
    const hub = new MemoryHub();
    const store = new MemoryStore();
    const news: News[] = [];
    hub.subscribe(store, { type: "Account", id: "a" }, (one) => news.push(one));
    const errors: string[] = [];
    const process = createProcessor(
      {
        Account: {
          mount: () => ({ lines: 0 }),
          bad(_: unknown, room: { lines: number }, context: HandlerContext) {
            context.broadcast(payload);
            return { lines: room.lines + 1 };
          },
        },
      },
      store,
      { hub, onError: (error) => void errors.push(String(error)) },
    );
    const answer = await process({ type: "Account", instance: "a", event: "bad" });
    expect(errorCode(answer)).toBe("internal");
    expect(errors.join()).toMatch(
      /^TypeError: Cannot broadcast to those who look at Account\/a: .* is not plain JSON, at most 100 levels/,
    );
    expect([await store.load("Account", "a"), news]).toEqual([null, []]);
  });

  test("has 4,096 bytes at most, and an event makes 16 of them", async () => {
    const { send, heard, errors } = rooms();
    const large = "x".repeat(4_094);
    await send("say", [large]);
    expect(heard()).toEqual([`a: ${large}`]);
    expect(errorCode(await send("say", [`${large}x`]))).toBe("too-large");
    expect(errorCode(await send("say", ["é".repeat(2_048)]))).toBe("too-large");
    await send("say", Array(16).fill("y"));
    expect(heard()).toHaveLength(17);
    expect(errorCode(await send("say", Array(17).fill("z")))).toBe("internal");
    expect(errors.join()).toContain("this event has broadcast 16 times, the most that one may");
    expect(heard()).toHaveLength(17);
  });

  test("comes too late once the event has ended", async () => {
    const { send, heard } = rooms();
    await send("keep");
    expect(() => kept!.broadcast("late")).toThrow(
      "Cannot broadcast to those who look at Account/a: the event has ended; broadcast before the handler returns",
    );
    expect(heard()).toEqual([]);
  });

  test("is dropped where an instance has made 100 at once, and 50 in each second since", async () => {
    const clock = new SteppedClock();
    const { process, send, heard } = rooms({ clock });
    const flood = async (times: number) => {
      for (let time = 0; time < times; time++) await send("say", Array(16).fill("x"));
    };
    await flood(20);
    expect(heard()).toHaveLength(100);
    clock.pass(1_000);
    await flood(20);
    expect(heard()).toHaveLength(150);
    // Other instances have buckets of their own.
    await process({ type: "Account", instance: "b", event: "say", payload: ["y"] });
    expect(heard().at(-1)).toBe("b: y");
    clock.pass(60_000);
    await flood(20);
    expect(heard()).toHaveLength(251);
  });
});

test("a hub that fails to carry a broadcast is reported, and the event was applied", async () => {
  const errors: string[] = [];
  const hub = new MemoryHub();
  const process = createProcessor(handlers, new MemoryStore(), {
    hub: {
      publish(source, news) {
        if (news.kind === "broadcast") throw new Error(`no channel for ${news.id}`);
        hub.publish(source, news);
      },
      subscribe: hub.subscribe.bind(hub),
    },
    onError: (error, { eventId, id }) => void errors.push(`${eventId} ${id}: ${String(error)}`),
  });
  const message = { type: "Account", instance: "a", event: "write", payload: "x" } as const;
  expect(errorCode(await process(message))).toBeUndefined();
  expect(errors).toEqual(["hub a: Error: no channel for a"]);
});

test("without a router, nobody looks on", async () => {
  const { send } = rooms();
  await send("write", "x");
  expect(await send("who")).toMatchObject([{ state: { lines: 0 } }]);
});
