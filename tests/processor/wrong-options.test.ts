import { describe, expect, test } from "vitest";
import {
  applyEvent,
  createProcessor,
  diff,
  MemoryHub,
  MemoryStore,
  NascError,
  Ramify,
} from "../../mod.ts";

/** A function as plain JavaScript sees it, without types that refuse anything. */
type Untyped = (...values: readonly unknown[]) => unknown;

const Counter = {
  mount: () => ({ count: 0 }),
  add: (n: number, state: { count: number }) => ({ count: state.count + n }),
};
const handlers = { Counter };

const aStore = "pass an adapter, such as new MemoryStore(), " +
  "a store with load and persist, a Ramify db or a Map";
const aHandler = "pass an object with a function of its own for each event";
const above0 = "pass milliseconds, a number above 0";

describe("createProcessor refuses by name", () => {
  const create = createProcessor as unknown as Untyped;

  test.for<[wrong: string, values: readonly unknown[], problem: string]>([
    ["no handlers", [], "handlers is undefined; pass an object with a handler for each type"],
    [
      "a list of handlers",
      [[Counter], new MemoryStore()],
      "handlers is a value of type Array; pass an object with a handler for each type",
    ],
    [
      "a handler that is undefined, as after an import that went wrong",
      [{ Counter: undefined }, new MemoryStore()],
      `handlers.Counter is undefined; ${aHandler}`,
    ],
    [
      "a handler that is a function",
      [{ Counter: () => Counter }, new MemoryStore()],
      `handlers.Counter is a value of type Function; ${aHandler}`,
    ],
    ["no store", [handlers], `store is undefined; ${aStore}`],
    ["an object that is no store", [handlers, {}], `store is a value of type Object; ${aStore}`],
    [
      "a store without persist",
      [handlers, { load() {} }],
      `store is a value of type Object; ${aStore}`,
    ],
    [
      "a store that was not awaited",
      [handlers, Promise.resolve(new MemoryStore())],
      `store is a promise that was not awaited; ${aStore}`,
    ],
    [
      "options that are null",
      [handlers, new MemoryStore(), null],
      "options is null; pass an object",
    ],
  ])("%s", ([, values, problem]) => {
    expect(() => create(...values)).toThrow(new TypeError(`Cannot create a processor: ${problem}`));
  });

  test.for<[options: object, problem: string]>([
    [
      { onEror() {} },
      "onEror is not an option; use schemaProvider, identify, hub, lastWriteWins, receiptTtl, history, storageTimeout, " +
      "handlerTimeout, checkState, onError, onEvent, clock, random, attempts",
    ],
    [{ attempts: 0 }, "attempts is 0; pass a whole number from 1 up"],
    [{ attempts: "5" }, 'attempts is "5", a string; pass a whole number from 1 up'],
    [{ receiptTtl: 0 }, `receiptTtl is 0; ${above0}`],
    [{ receiptTtl: Infinity }, `receiptTtl is Infinity; ${above0}`],
    [{ onError: 5 }, "onError is 5; pass a function"],
    [{ hub: {} }, "hub is a value of type Object; pass a hub, such as new MemoryHub()"],
    [
      { schemaProvider: "schemas.json" },
      'schemaProvider is "schemas.json", a string; ' +
      "pass an object with a schema for each type, or a function",
    ],
    [{ lastWriteWins: "yes" }, 'lastWriteWins is "yes", a string; pass true or false'],
    [
      { clock: { now: () => 0 } },
      "clock is a value of type Object; pass an object with now, setTimeout and clearTimeout",
    ],
    [{ handlerTimeout: 0 }, `handlerTimeout is 0; ${above0}, or Infinity`],
    [{ handlerTimeout: "10s" }, `handlerTimeout is "10s", a string; ${above0}, or Infinity`],
    [{ random: 0.5 }, "random is 0.5; pass a function"],
  ])("%o", ([options, problem]) => {
    expect(() => create(handlers, new MemoryStore(), options))
      .toThrow(new TypeError(`Cannot create a processor: ${problem}`));
  });

  test("nothing that may hold instances", () => {
    const store = { load: () => Promise.resolve(null), persist: () => Promise.resolve() };
    const db = new Ramify().createStore({ Counter: { primaryKey: "id" } });
    for (const each of [new MemoryStore(), new Map(), store, db]) {
      expect(create(handlers, each)).toBeTypeOf("function");
    }
  });
});

describe("applyEvent refuses by name", () => {
  const apply = applyEvent as unknown as (options?: unknown) => Promise<unknown>;
  const options = { handler: Counter, event: "add", current: {}, type: "Counter", id: "visits" };

  test("no options", async () => {
    await expect(apply()).rejects
      .toThrow(new TypeError("Cannot apply an event: options is undefined; pass an object"));
  });

  test("its parts one by one, as the first Nasc took them", async () => {
    const positional = applyEvent as unknown as Untyped;
    const store = new MemoryStore();
    for (const more of [[], [true]]) {
      await expect(positional(Counter, "add", 1, { count: 0 }, store, "Counter", "visits", ...more))
        .rejects.toThrow(
          new TypeError(
            "Cannot apply an event: it takes one object, and these are several arguments; write " +
              "applyEvent({ handler, event, payload, current, store, type, id })",
          ),
        );
    }
    expect(await store.load("Counter", "visits")).toBeNull();
  });

  test.for<[wrong: object, problem: string]>([
    [{ handler: undefined }, `handler is undefined; ${aHandler}`],
    [{ event: undefined }, "event is undefined; pass a string"],
    [{ current: undefined }, "current is undefined; pass the state before the event, an object"],
    [{ type: 5 }, "type is 5; pass a string"],
    [{ id: 5 }, "id is 5; pass a string"],
    [
      { store: { load() {} } },
      "store is a value of type Object; pass an adapter, or a store with load and persist",
    ],
    [
      { dryrun: true, store: new MemoryStore() },
      "dryrun is not an option; use handler, event, payload, current, version, store, type, id, dryRun, " +
      "context",
    ],
    [{ dryRun: 1 }, "dryRun is 1; pass true or false"],
    [{ version: 0 }, "version is 0; pass a whole number from 1 up"],
    [{ version: "1" }, 'version is "1", a string; pass a whole number from 1 up'],
    [{ context: "me" }, 'context is "me", a string; pass an object'],
  ])("%o", async ([wrong, problem]) => {
    await expect(apply({ ...options, ...wrong }))
      .rejects.toThrow(new TypeError(`Cannot apply an event: ${problem}`));
  });
});

test.for<[values: readonly unknown[], problem: string]>([
  [[], "after is undefined"],
  [[{}, null], "after is null"],
  [["a", "b"], 'before is "a"'],
])("diff refuses by name what is no state: %o", ([values, problem]) => {
  expect(() => (diff as Untyped)(...values))
    .toThrow(new TypeError(`Cannot diff: ${problem}; pass a state, an object`));
});

describe("NascError refuses by name", () => {
  const create = (...values: readonly unknown[]) =>
    Reflect.construct(NascError, values) as NascError;

  test.for<[wrong: string, values: readonly unknown[], problem: string]>([
    ["no code", [], "code is undefined; pass a string"],
    ["a code that is a number", [409, "Taken"], "code is 409; pass a string"],
    ["no message", ["taken"], "message is undefined; pass a string"],
    ["options that are null", ["taken", "Taken", null], "options is null; pass an object"],
    [
      "misspelt fields, which no page would show",
      ["taken", "Taken", { field: { email: "Taken" } }],
      "field is not an option; use fields, cause",
    ],
    [
      "a list of fields",
      ["taken", "Taken", { fields: ["email"] }],
      "fields is a value of type Array; pass an object with a text for each field",
    ],
    [
      "a field without a text",
      ["taken", "Taken", { fields: { email: true } }],
      "fields.email is true; pass a string",
    ],
  ])("%s", ([, values, problem]) => {
    expect(() => create(...values)).toThrow(new TypeError(`Cannot make a NascError: ${problem}`));
  });

  test("nothing of a code, a message, fields and a cause", () => {
    const error = create("taken", "Taken", { fields: { email: "Taken" }, cause: 5 });
    expect(error).toMatchObject({ code: "taken", fields: { email: "Taken" }, cause: 5 });
  });
});

test("a processor reports a misspelt context by name, and runs nothing", async () => {
  const errors: unknown[] = [];
  const store = new MemoryStore();
  const process = createProcessor(handlers, store, { onError: (error) => errors.push(error) });
  const message = { type: "Counter", instance: "a", event: "mount" };
  for (const context of [{ usr: "ada" }, null, 5, { waitUntil: true }]) {
    const [patch] = await process(message, context as object);
    expect(patch).toMatchObject({ action: "error", code: "internal" });
  }
  expect(errors.map(String)).toEqual([
    "TypeError: Cannot process a message: context.usr is not an option; use user, env, signal, waitUntil, mayCreate, maySeeSchema",
    "TypeError: Cannot process a message: context is null; pass an object",
    "TypeError: Cannot process a message: context is 5; pass an object",
    "TypeError: Cannot process a message: context.waitUntil is true; pass a function",
  ]);
  expect(await store.load("Counter", "a")).toBeNull();
});

test("a hub refuses a subscription without an address or a listener, which nothing would reach", () => {
  const hub = new MemoryHub();
  const subscribe = hub.subscribe.bind(hub) as unknown as Untyped;
  const address = { type: "Counter", id: "a" };
  for (
    const [values, problem] of [
      [["here"], "address is undefined; pass an object with type and id"],
      [["here", "Counter"], 'address is "Counter", a string; pass an object with type and id'],
      [["here", address], "listener is undefined; pass a function"],
      [["here", address, {}], "listener is a value of type Object; pass a function"],
    ] as const
  ) {
    expect(() => subscribe(...values)).toThrow(
      new TypeError(`Cannot subscribe to a hub: ${problem}`),
    );
  }
});
