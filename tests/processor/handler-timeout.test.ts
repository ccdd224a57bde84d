import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type Adapter,
  createProcessor,
  type Handlers,
  type InstanceStore,
  MemoryStore,
  type Patch,
  type ProcessContext,
  type ProcessorOptions,
  Ramify,
} from "../../mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

const never = () => new Promise<never>(() => {});

const unhandled = vi.fn();
const inNode = typeof process === "object" && "on" in process;
beforeEach(() => void (inNode && process.on("unhandledRejection", unhandled)));
afterEach(() => {
  if (inNode) process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

interface Running {
  readonly clock: SteppedClock;
  readonly store: InstanceStore;
  /** What `onError` received: the messages, and the ids of the events. */
  readonly errors: [message: string, eventId: string][];
  /** Sends an event to the counter. */
  send(event: string, eventId?: string, context?: ProcessContext): Promise<Patch[]>;
}

/** Starts a processor on a counter that has further events. */
async function start(
  events: Handlers[string],
  options: ProcessorOptions & { readonly store?: InstanceStore } = {},
): Promise<Running> {
  const { store = new MemoryStore(), ...rest } = options;
  const clock = new SteppedClock();
  const errors: Running["errors"] = [];
  const run = createProcessor({ Counter: { ...counterHandlers.Counter, ...events } }, store, {
    clock,
    onError: (error, { eventId }) => void errors.push([(error as Error).message, eventId]),
    ...rest,
  });
  await run(counterMessage({ event: "mount" }));
  return {
    clock,
    store,
    errors,
    send: (event, eventId, context) => {
      return run(counterMessage({ event, ...(eventId && { eventId }) }), context);
    },
  };
}

const stores: readonly (readonly [string, () => InstanceStore, ProcessorOptions])[] = [
  ["an adapter", () => new MemoryStore(), {}],
  ["a Map", () => new Map(), {}],
  [
    "an adapter where the last write wins",
    () => {
      const store = new MemoryStore();
      return Object.assign(Object.create(store) as Adapter, {
        name: "the store",
        capabilities: { ...store.capabilities, conditional: "none" },
        get: (...address: Parameters<Adapter["get"]>) => store.get(...address),
        commit: (...writes: Parameters<Adapter["commit"]>) => store.commit(...writes),
      });
    },
    { lastWriteWins: true },
  ],
];

describe.for(stores)("on %s", ([, open, options]) => {
  test("a handler that never ends is given up after 10 seconds, and the next event runs", async () => {
    const { clock, send, errors } = await start({ hang: never }, { ...options, store: open() });
    const hanging = send("hang", "e1");
    const next = send("add", "e2");
    await clock.advance(9_999);
    expect(errors).toEqual([]);
    await clock.advance(1);
    expect(await hanging).toEqual([{
      action: "error",
      code: "timeout",
      message: "This took too long, and nothing was changed; it is safe to send this again",
      eventId: "e1",
      type: "Counter",
      instance: "visits",
    }]);
    expect(await next).toMatchObject([{ prop: "count", value: 1, rev: 2 }]);
    expect(errors).toEqual([[
      "Cannot finish Counter.hang: it took longer than 10000 ms; pass context.signal to what it " +
      "waits for, or raise handlerTimeout if it is that slow",
      "e1",
    ]]);
    expect(clock.waiting).toBe(0);
  });

  test("what a handler returns after it was given up is dropped", async () => {
    let end: (state: object) => void = () => {};
    const { clock, send, errors } = await start({
      slow: () => new Promise((resolve) => end = resolve),
    }, { ...options, store: open() });
    const slow = send("slow", "e1");
    await clock.advance(10_000);
    expect(errorCode(await slow)).toBe("timeout");
    await send("add", "e2");
    end({ count: 1_000 });
    await clock.advance(0);
    expect(await send("add", "e3")).toMatchObject([{ value: 2, rev: 3 }]);
    expect(errors).toHaveLength(1);
  });

  test("four events of 1.5 seconds that are sent at once make four runs", async () => {
    let runs = 0;
    const { clock, send } = await start({
      async slow(_payload, state) {
        runs++;
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 1_500));
        return { count: state.count + 1 };
      },
    }, { ...options, store: open() });
    const answers = Promise.all(["a", "b", "c", "d"].map((eventId) => send("slow", eventId)));
    await clock.advance(6_000);
    expect(runs).toBe(4);
    expect(await answers).toMatchObject([1, 2, 3, 4].map((value) => [{ value, rev: value + 1 }]));
  });

  test("an event that was given up runs again when it is repeated", async () => {
    let isSlow = true;
    const { clock, send } = await start({
      flaky: (_, state) => isSlow ? never() : { count: state.count + 1 },
    }, { ...options, store: open() });
    const first = send("flaky", "e1");
    await clock.advance(10_000);
    expect(errorCode(await first)).toBe("timeout");
    isSlow = false;
    expect(await send("flaky", "e1")).toMatchObject([{ value: 1, rev: 2 }]);
    expect(await send("flaky", "e1")).toMatchObject([{ value: 1, rev: 2 }]);
  });
});

describe("the time is up for", () => {
  test("a mount", async () => {
    const clock = new SteppedClock();
    let isSlow = true;
    const handlers = { Slow: { mount: () => isSlow ? never() : { ready: true } } };
    const onError = vi.fn();
    const run = createProcessor(handlers, new MemoryStore(), { clock, onError });
    const message = { type: "Slow", instance: "a", event: "mount" };
    const mount = run(message);
    await clock.advance(10_000);
    expect(errorCode(await mount)).toBe("timeout");
    expect(onError.mock.calls[0]![0].message).toContain("Cannot finish Slow.mount");
    isSlow = false;
    expect(await run(message)).toMatchObject([{ prop: "ready", value: true }]);
  });

  test("a source of schemas", async () => {
    const clock = new SteppedClock();
    const onError = vi.fn();
    const run = createProcessor(counterHandlers, new MemoryStore(), {
      clock,
      onError,
      schemaProvider: never,
    });
    const mount = run(counterMessage({ event: "mount" }));
    const add = run(counterMessage());
    await clock.advance(10_000);
    expect(errorCode(await mount)).toBe("timeout");
    expect(await add).toMatchObject([{ value: 1 }]);
    expect(onError.mock.calls[0]![0].message).toContain("Cannot finish the schemas of Counter");
  });

  test.for<[how: string, isAwaited: boolean]>([["awaited", true], ["not awaited", false]])(
    "a change of another instance, %s",
    async ([, isAwaited]) => {
      const store = new MemoryStore();
      const { clock, send } = await start({
        async spread(_payload, state, { update }) {
          const updated = update("Counter", "other", never);
          if (isAwaited) await updated;
          return { count: state.count + 1 };
        },
      }, { store });
      const spread = send("spread");
      await clock.advance(10_000);
      expect(errorCode(await spread)).toBe("timeout");
      expect(await store.load("Counter", "visits")).toEqual({ count: 0 });
      expect(await store.load("Counter", "other")).toBeNull();
    },
  );

  test("all attempts of an event together, if others keep changing its instance", async () => {
    const store = new MemoryStore();
    let runs = 0;
    const { clock, send, errors } = await start({
      async slow(_payload, state) {
        runs++;
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 3_000));
        const { count } = await store.load("Counter", "visits");
        await store.persist("Counter", "visits", {}, { count: count + 1 });
        return { ...state, slow: true };
      },
    }, { store, random: () => 0 });
    const slow = send("slow", "e1");
    await clock.advance(9_999);
    expect(runs).toBe(4);
    await clock.advance(1);
    expect(errorCode(await slow)).toBe("timeout");
    await clock.advance(60_000);
    expect(runs).toBe(4);
    expect(errors).toHaveLength(1);
  });

  test("no event whose storage is slow before its handler runs", async () => {
    const store = new MemoryStore();
    const { clock, send } = await start({}, { store, storageTimeout: 60_000 });
    const get = store.get.bind(store);
    store.get = async (...address) => {
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 30_000));
      return await get(...address);
    };
    const add = send("add");
    await clock.advance(30_000);
    expect(await add).toMatchObject([{ value: 1 }]);
  });
});

test("an event whose commit may have landed is answered as unavailable when its time is up", async () => {
  const store = new MemoryStore();
  const { clock, send, errors } = await start({}, { store, handlerTimeout: 4_000 });
  const commit = store.commit.bind(store);
  store.commit = never;
  const add = send("add", "e1");
  await clock.advance(6_000);
  expect(errorCode(await add)).toBe("unavailable");
  expect(errors.map(([message]) => message)).toEqual([
    expect.stringContaining("raise storageTimeout"),
    expect.stringContaining("Cannot finish Counter.add"),
    "This took too long, and nothing was changed; it is safe to send this again",
  ]);
  store.commit = commit;
  expect(await send("add", "e1")).toMatchObject([{ value: 1 }]);
});

test("handlerTimeout sets how long handlers may take, and Infinity is forever", async () => {
  const slow = await start({ hang: never }, { handlerTimeout: 250 });
  const given = slow.send("hang");
  await slow.clock.advance(250);
  expect(errorCode(await given)).toBe("timeout");

  for (const store of [new MemoryStore(), new Map()]) {
    let end: (state: object) => void = () => {};
    const { clock, send } = await start({
      slow: () => new Promise((resolve) => end = resolve),
    }, { handlerTimeout: Infinity, store });
    const events = [send("slow"), send("add")];
    await clock.advance(3_600_000);
    end({ count: 5 });
    expect(await Promise.all(events)).toMatchObject([[{ value: 5 }], [{ value: 6 }]]);
  }
});

test("a handler that fails after it was given up is reported once, with its event", async () => {
  let fail: (error: Error) => void = () => {};
  const { clock, send, errors } = await start({
    slow: () => new Promise((_resolve, reject) => fail = reject),
  });
  const slow = send("slow", "e1");
  await clock.advance(10_000);
  await slow;
  fail(new Error("the mail server is down"));
  await clock.advance(0);
  expect(errors.slice(1)).toEqual([["the mail server is down", "e1"]]);
});

test("a handler that awaits an event of its own instance is given up, and that event runs", async () => {
  const clock = new SteppedClock();
  const answers: Promise<Patch[]>[] = [];
  const run = createProcessor(
    {
      Counter: {
        ...counterHandlers.Counter,
        async twice(_payload, state) {
          answers.push(run(counterMessage()));
          await answers[0];
          return { count: state.count + 1 };
        },
      },
    },
    new MemoryStore(),
    { clock, onError: () => {} },
  );
  await run(counterMessage({ event: "mount" }));
  const twice = run(counterMessage({ event: "twice" }));
  await clock.advance(10_000);
  expect(errorCode(await twice)).toBe("timeout");
  expect(await answers[0]).toMatchObject([{ value: 1, rev: 2 }]);
});

test("a handler that was given up can update nothing any more", async () => {
  const store = new MemoryStore();
  const late = vi.fn();
  const { clock, send } = await start({
    async slow(_payload, state, { update, waitUntil }) {
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 11_000));
      waitUntil(late);
      await update("Counter", "other", () => ({ count: 1 })).catch(late);
      return state;
    },
  }, { store });
  const slow = send("slow");
  await clock.advance(12_000);
  expect(errorCode(await slow)).toBe("timeout");
  expect(late.mock.calls).toEqual([[
    new Error("Cannot update Counter/other: the event has failed, or was given up"),
  ]]);
  expect(await store.load("Counter", "other")).toBeNull();
});

test("an event whose turn another has taken commits nothing", async () => {
  const store = new Map();
  let end: () => void = () => {};
  const { clock, send, errors } = await start({
    slow(_payload, state) {
      return new Promise((resolve) => end = () => resolve({ count: state.count + 1 }));
    },
  }, { store });
  // Its own timers do not fire, as those of a request that was cancelled, or not yet.
  const stop = vi.spyOn(clock, "setTimeout");
  stop.mockImplementationOnce(() => ({}));
  const slow = send("slow", "e1");
  await clock.advance(0);
  const next = send("add", "e2");
  await clock.advance(15_200);
  expect(await next).toMatchObject([{ value: 1, rev: 2 }]);
  end();
  expect(errorCode(await slow)).toBe("timeout");
  expect(await send("add", "e3")).toMatchObject([{ value: 2, rev: 3 }]);
  expect(errors).toEqual([]);
});

describe("context.signal", () => {
  test("aborts when the time of the event is up, with a reason", async () => {
    const signals: AbortSignal[] = [];
    const { clock, send, errors } = await start({
      hang(_payload, _state, { signal }) {
        signals.push(signal);
        // As fetch does, with the signal of its options.
        return new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      },
    });
    const hanging = send("hang", "e1");
    await clock.advance(9_999);
    expect(signals[0]!.aborted).toBe(false);
    await clock.advance(1);
    await hanging;
    expect(signals[0]!.aborted).toBe(true);
    expect(signals[0]!.reason).toMatchObject({ name: "TimeoutError" });
    expect(errors).toHaveLength(1);
  });

  test("is one signal for all attempts, and does not abort after a good answer", async () => {
    const store = new MemoryStore();
    const signals: AbortSignal[] = [];
    const { clock, send } = await start({
      async twice(_payload, state, { signal, update, waitUntil }) {
        waitUntil(() => void signals.push(signal));
        await update("Counter", "other", (other) => (signals.push(signal), other));
        if (signals.length === 1) await store.persist("Counter", "visits", {}, { count: 7 });
        return { count: state.count + 1 };
      },
    }, { store, random: () => 0 });
    const twice = send("twice");
    await clock.advance(0);
    expect(await twice).toMatchObject([{ value: 8 }]);
    await clock.advance(60_000);
    expect(new Set(signals).size).toBe(1);
    expect(signals).toHaveLength(3);
    expect(signals[0]!.aborted).toBe(false);
  });

  test("aborts with the caller's own signal too, and the event goes on", async () => {
    const caller = new AbortController();
    const reasons: unknown[] = [];
    const { send } = await start({
      add(_payload, state, { signal }) {
        caller.abort("stop");
        reasons.push(signal.reason);
        return { count: state.count + 1 };
      },
    });
    const answer = await send("add", "e1", { signal: caller.signal });
    expect(answer).toMatchObject([{ value: 1 }]);
    expect(reasons).toEqual(["stop"]);
  });

  test("is there in a mount too, and where it is first read after the time is up", async () => {
    const db = new Ramify().createStore({ Slow: { primaryKey: "id" } });
    const clock = new SteppedClock();
    const signals: AbortSignal[] = [];
    const run = createProcessor(
      {
        Slow: {
          async mount({ id }, context) {
            await new Promise<void>((resolve) => void clock.setTimeout(resolve, 20_000));
            signals.push(context.signal);
            return { id };
          },
        },
      },
      db,
      { clock, onError: () => {} },
    );
    const mount = run({ type: "Slow", instance: "a", event: "mount" });
    await clock.advance(20_000);
    expect(errorCode(await mount)).toBe("timeout");
    expect(signals[0]!.reason).toMatchObject({ name: "TimeoutError" });
  });
});
