import { describe, expect, test } from "vitest";
import { applyEvent, createProcessor, type Handlers, MemoryStore } from "../../mod.ts";
import { createNasc } from "../../src/router/mod.ts";
import { errorCode } from "../support/counter.ts";

/** Returns the error that handlers cause when they are given. */
function refusal(handlers: unknown): string | undefined {
  try {
    createProcessor(handlers as Handlers, new MemoryStore());
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message;
  }
}

const add = (_: unknown, state: object) => state;

class Methods {
  mount(): object {
    return { ready: true };
  }
  add(_: unknown, state: object): object {
    return state;
  }
}

class Deeper extends Methods {
  remove = add;
}

class Fields {
  readonly #first = { count: 0 };
  mount = () => ({ ...this.#first });
  add = (n: number, state: { count: number }) => ({ count: this._sum(state.count, n) });
  _sum(a: number, b: number): number {
    return a + b;
  }
  static build(): Fields {
    return new Fields();
  }
}

const aHandler = "pass an object with a function of its own for each event";

describe("handlers are refused by name when they are given:", () => {
  test.for<[what: string, handler: unknown, problem: string]>([
    [
      "an instance of a class, whose methods are inherited",
      new Methods(),
      " inherits mount, and only a function of its own is an event; pass a plain object, " +
      "or make it a field of the class: mount = (…) => …",
    ],
    ["one with a function of its own beside", new Deeper(), " inherits mount, "],
    ["an object that inherits from another", Object.create({ add }), " inherits add, "],
    [
      "one that inherits from an object without a prototype",
      Object.create(Object.assign(Object.create(null), { mount: add })),
      " inherits mount, ",
    ],
    ["a class", Methods, ` is a value of type Function; ${aHandler}`],
    ["a function", () => ({}), ` is a value of type Function; ${aHandler}`],
    ["a promise", Promise.resolve({}), ` is a promise that was not awaited; ${aHandler}`],
    ["a list", [add], ` is a value of type Array; ${aHandler}`],
    ["a map", new Map([["add", add]]), ` is a value of type Map; ${aHandler}`],
    ["a date", new Date(), " is "],
    ["null", null, ` is null; ${aHandler}`],
    [
      "a mount that is a state",
      { mount: { count: 0 } },
      ".mount is a value of type Object; pass a",
    ],
    ["a mount that is null", { mount: null }, ".mount is null; pass a function, or begin the name"],
    ["a string as an event", { add: "add" }, '.add is "add", a string; pass a function, or begin'],
    ["events in an object of their own", { events: { add } }, ".events is a value of type Object"],
    [
      "a promise as an event",
      { add: Promise.resolve(add) },
      ".add is a promise that was not awaite",
    ],
    [
      "a class as an event",
      { add: Methods },
      ".add is a class; pass a function that returns the state",
    ],
    [
      "a module of which the default export was meant",
      { default: { add } },
      ".default is a value of type Object; pass what the module exports by default: " +
      "import Name from, not import * as Name from",
    ],
    ["a value that is not enumerable", Object.defineProperty({}, "add", { value: 5 }), ".add is 5"],
    ...["view", "viewKey", "schemas", "version", "migrate", "refused", "internal"].map((
      name,
    ): [string, unknown, string] => [
      `an event called ${name}`,
      { [name]: add },
      `.${name} cannot be an event: the name is reserved for what describes a handler; rename it`,
    ]),
    [
      "an event with a line break in its name",
      { "add\n": add },
      ': no message can name the event "add\\n"; use 1 to 512 characters, and none that controls',
    ],
    ["an event of 513 letters", { ["a".repeat(513)]: add }, ': no message can name the event "aaa'],
    ["an event without a name", { "": add }, ': no message can name the event ""; use 1 to 512'],
    ["an event that is half a character", { "\ud800": add }, ": no message can name the event"],
  ])("%s", ([, handler, problem]) => {
    const message = refusal({ Fine: { add }, Todo: handler });
    expect(message).toContain(`Cannot create a processor: handlers.Todo${problem}`);
  });

  test.for<[what: string, handlers: unknown, problem: string]>([
    ["a type with a colon", { "a:b": { add } }, ': no stream can name the type "a:b", since an in'],
    [
      "a type with a line break",
      { "a\n": { add } },
      ': no message can name the type "a\\n"; use 1',
    ],
    ["a type without a name", { "": { add } }, ': no message can name the type ""; use 1 to 512'],
    ["a type of 513 letters", { ["A".repeat(513)]: { add } }, ": no message can name the type"],
    [
      "handlers that were not awaited, as after import()",
      Promise.resolve({ Todo: { add } }),
      " is a promise that was not awaited; pass an object with a handler for each type",
    ],
    ["a map of handlers", new Map([["Todo", { add }]]), " is a value of type Map; pass an object"],
    [
      "handlers that are inherited",
      Object.create({ Todo: { add } }),
      " inherits Todo, and only a handler of its own is a type; pass a plain object",
    ],
    [
      "one handler in place of handlers",
      { add },
      ".add is a value of type Function; pass an objec",
    ],
  ])("%s", ([, handlers, problem]) => {
    expect(refusal(handlers)).toContain(`Cannot create a processor: handlers${problem}`);
  });

  test("by the router and by applyEvent too", async () => {
    const handlers = { Todo: new Methods() } as unknown as Handlers;
    expect(() => createNasc({ handlers, store: new MemoryStore() }))
      .toThrow("Cannot create Nasc: handlers.Todo inherits mount, ");
    const event = { event: "add", current: {}, type: "Todo", id: "a", dryRun: true } as const;
    await expect(applyEvent({ ...event, handler: handlers["Todo"]! })).rejects
      .toThrow("Cannot apply an event: handler inherits mount, ");
  });
});

describe("handlers may be", () => {
  test("an instance of a class whose events are fields, with helpers and private members", async () => {
    const handlers = { Counter: Fields.build() as unknown as Handlers[string] };
    const run = createProcessor(handlers, new MemoryStore());
    const counter = { type: "Counter", instance: "a" };
    await run({ ...counter, event: "mount" });
    expect(await run({ ...counter, event: "add", payload: 2 })).toMatchObject([{ value: 2 }]);
    expect(errorCode(await run({ ...counter, event: "_sum" }))).toBe("unknown-event");
  });

  test.for<[what: string, handler: unknown]>([
    ["without an event, for what only others update", {}],
    ["with a mount alone", { mount: () => ({}) }],
    ["with a part that is undefined", { add, remove: undefined, mount: undefined }],
    ["with helpers and constants whose names begin with _", {
      _max: 5,
      _check: add,
      _Rule: Methods,
    }],
    ["without a prototype", Object.assign(Object.create(null), { add })],
    ["a module", { [Symbol.toStringTag]: "Module", add }],
    ["with the words of a description in other letters", {
      View: add,
      created: add,
      migrates: add,
    }],
  ])("%s", ([, handler]) => {
    expect(refusal({ Todo: handler, _Shared: { add } })).toBeUndefined();
  });

  test("a module whose exports are getters, as bundlers write it, and none is called", () => {
    const module = Object.defineProperty({}, "add", {
      enumerable: true,
      get() {
        throw new ReferenceError("Cannot access 'add' before initialization");
      },
    });
    expect(refusal({ Todo: module })).toBeUndefined();
  });

  test("given where a library has added functions to every object", () => {
    Object.assign(Object.prototype, { leaked: add });
    try {
      expect(refusal({ Todo: { add } })).toBeUndefined();
    } finally {
      delete (Object.prototype as { leaked?: unknown }).leaked;
    }
  });
});
