import { describe, expect, test } from "vitest";
import {
  createProcessor,
  defineHandler,
  type ErrorPatch,
  MemoryStore,
  NascError,
  type Patch,
  type ProcessorOptions,
  type StandardSchema,
} from "../../mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { errorCode } from "../support/counter.ts";
import { libraries } from "../support/schema-libraries.ts";

const note = { type: "Note", instance: "a" } as const;

/** Returns a schema that this function makes. */
function schemaOf<Output>(
  validate: StandardSchema<unknown, Output>["~standard"]["validate"],
): StandardSchema<unknown, Output> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

/** A note that keeps the payloads that its handler got. */
function noteWith(schema: StandardSchema<unknown, unknown>) {
  return defineHandler()({
    mount: () => ({ seen: [] as unknown[] }),
    schemas: { add: schema },
    add: (payload, state) => ({ seen: [...state.seen, payload] }),
  });
}

/** Sends one payload to a note, and returns what came of it. */
async function send(
  schema: StandardSchema<unknown, unknown>,
  message: { payload?: unknown },
  options: ProcessorOptions = {},
) {
  const errors: unknown[] = [];
  const store = new MemoryStore();
  const process = createProcessor({ Note: noteWith(schema) }, store, {
    onError: (error) => void errors.push(error),
    ...options,
  });
  const patches = await process({ ...note, event: "add", ...message });
  const stored = await store.load("Note", "a") as { seen: unknown[] } | null;
  return { patches, error: errorOf(patches), errors, seen: stored?.seen };
}

function errorOf(patches: readonly Patch[]): ErrorPatch | undefined {
  return patches.find((patch) => patch.action === "error");
}

describe.for(libraries)("with %s,", ([, schemas]) => {
  const handlers = {
    Order: defineHandler()({
      mount: ({ id }: { id: string }) => ({ id, titles: [] as string[], total: 0 }),
      schemas: { add: schemas.order, set: schemas.digits, mount: schemas.params },
      add: ({ lines }, state) => ({
        ...state,
        titles: [...state.titles, ...lines.map(({ title }) => title)],
        total: lines.reduce((sum, { amount }) => sum + amount, state.total),
      }),
      set: ({ n }, state) => ({ ...state, total: n }),
    }),
  };
  const order = { type: "Order", instance: "a" } as const;

  test("defaults and coercions reach the handler", async () => {
    const store = new MemoryStore();
    const process = createProcessor(handlers, store);
    await process({ ...order, event: "set", payload: { n: "40" } });
    const lines = [{ title: "Tea" }, { title: "Cup", amount: 2 }];
    await process({ ...order, event: "add", payload: { lines } });
    expect(await store.load("Order", "a")).toEqual({ id: "a", titles: ["Tea", "Cup"], total: 43 });
  });

  test("what is wrong is named by path, and nothing runs or is stored", async () => {
    const store = new MemoryStore();
    const process = createProcessor(handlers, store);
    const lines = [{ title: "" }, { title: "Cup", amount: "2" }];
    const patches = await process({ ...order, event: "add", payload: { lines } } as never);
    expect(patches).toEqual([{
      action: "error",
      code: "invalid",
      message: expect.any(String),
      eventId: expect.any(String),
      type: "Order",
      instance: "a",
      fields: { "lines.0.title": expect.any(String), "lines.1.amount": expect.any(String) },
    }]);
    expect(await store.load("Order", "a")).toBeNull();
  });

  test("a payload that is no object at all is refused as a whole or by its fields", async () => {
    const process = createProcessor(handlers, new MemoryStore());
    for (const payload of [null, 5, "text", [], {}]) {
      const patches = await process({ ...order, event: "add", payload } as never);
      expect(errorOf(patches)).toMatchObject({
        code: "invalid",
        message: expect.stringMatching(/./),
      });
    }
  });

  test("mount refuses an instance whose id is not of the schema, also for an event", async () => {
    const store = new MemoryStore();
    const process = createProcessor(handlers, store);
    for (const event of ["mount", "set"] as const) {
      const payload = { n: "1" };
      const patches = await process({ ...order, instance: "b", event, payload } as never);
      expect(errorOf(patches)).toMatchObject({
        code: "invalid",
        fields: { id: expect.any(String) },
      });
    }
    expect(await store.load("Order", "b")).toBeNull();
    expect(errorCode(await process({ ...order, event: "mount" }))).toBeUndefined();
  });
});

describe("a payload is checked once for each message:", () => {
  test("attempts after a conflict get the output of the first", async () => {
    let checked = 0;
    const store = new MemoryStore();
    let run = 0;
    const Note = defineHandler()({
      mount: () => ({ seen: [] as object[] }),
      schemas: {
        add: schemaOf<{ by: number }>((value) => ({ value: { by: Number(value) + checked++ } })),
      },
      async add(payload, state) {
        if (run++ < 2) {
          // Another process commits first.
          const other = await store.get("Note", "a");
          await store.commit([{
            type: "Note",
            key: "a",
            value: { seen: [{ other: run }] },
            metadata: other?.metadata,
          }]);
        }
        const seen = [...state.seen, { ...payload }];
        // The next attempt is to get it whole.
        payload.by = -1;
        return { seen };
      },
    });
    const process = createProcessor({ Note }, store);
    await process({ ...note, event: "mount" });
    await process({ ...note, event: "add", payload: 5 });
    expect([checked, run]).toEqual([1, 3]);
    expect(await store.load("Note", "a")).toEqual({ seen: [{ other: 2 }, { by: 5 }] });
  });

  test("the parameters of mount too", async () => {
    let checked = 0;
    let mounted = 0;
    const store = new MemoryStore();
    const params = schemaOf<{ id: string }>((value) => {
      checked++;
      return { value: { ...value as { id: string } } };
    });
    const Note = defineHandler()({
      schemas: { mount: params },
      async mount(params, context) {
        await context.update("Tally", "all", ({ n }) => ({ n: n + 1 }));
        // Another process commits first.
        if (mounted++ < 2) await store.commit([{ type: "Tally", key: "all", value: { n: 10 } }]);
        const { id } = params;
        // The next attempt is to get them whole.
        params.id = "spoilt";
        return { id };
      },
    });
    const process = createProcessor({ Note, Tally: { mount: () => ({ n: 0 }) } }, store);
    expect(errorCode(await process({ ...note, event: "mount" }))).toBeUndefined();
    expect([checked, mounted]).toEqual([1, 3]);
    expect(await store.load("Note", "a")).toEqual({ id: "a" });
    expect(await store.load("Tally", "all")).toEqual({ n: 11 });
  });

  test("not at all where its receipt shows that it was applied", async () => {
    let checked = 0;
    const process = createProcessor(
      { Note: noteWith(schemaOf((value) => ++checked > 1 ? { issues: [] } : { value })) },
      new MemoryStore(),
    );
    const message = { ...note, event: "add", payload: 1, eventId: "once" } as const;
    const first = await process(message);
    expect(errorCode(first)).toBeUndefined();
    expect(await process(message)).toEqual(first);
    expect(checked).toBe(1);
  });

  test("after whoever may not create the instance was refused", async () => {
    let checked = 0;
    const Note = noteWith(schemaOf((value) => (checked++, { value })));
    const process = createProcessor({ Note }, new MemoryStore());
    const mayCreate = () => new NascError("closed", "No more notes");
    expect(errorCode(await process({ ...note, event: "add", payload: 1 }, { mayCreate }))).toBe(
      "closed",
    );
    expect(checked).toBe(0);
  });

  test("before mount runs", async () => {
    let mounted = 0;
    const Note = defineHandler()({
      mount: () => ({ n: ++mounted }),
      schemas: { add: schemaOf(() => ({ issues: [{ message: "No" }] })) },
      add: (_payload, state) => state,
    });
    const process = createProcessor({ Note }, new MemoryStore());
    expect(errorOf(await process({ ...note, event: "add" }))).toMatchObject({
      code: "invalid",
      message: "No",
    });
    expect(mounted).toBe(0);
  });
});

describe("a message without a payload", () => {
  test.for<[what: string, accepts: (value: unknown) => boolean, seen: unknown]>([
    ["is checked as undefined", (value) => value === undefined, undefined],
    ["is checked as {} where undefined is refused", (value) => value !== undefined, {}],
  ])("%s", async ([, accepts, expected]) => {
    const schema = schemaOf((value) =>
      accepts(value) ? { value } : { issues: [{ message: "No" }] }
    );
    expect(await send(schema, {})).toMatchObject({ error: undefined, seen: [expected] });
  });

  test("is refused by what is wrong with {}, and null stays null", async () => {
    const schema = schemaOf((value) => ({
      issues: [{ message: JSON.stringify(value) ?? "none" }],
    }));
    expect((await send(schema, {})).error).toMatchObject({ code: "invalid", message: "{}" });
    expect((await send(schema, { payload: null })).error).toMatchObject({ message: "null" });
  });
});

describe("what is wrong with a payload is told", () => {
  test.for<[what: string, issues: readonly unknown[], error: Partial<ErrorPatch>]>([
    ["by keys and objects with a key", [{ message: "a", path: ["x", { key: 0 }, "y"] }], {
      message: "This is not valid",
      fields: { "x.0.y": "a" },
    }],
    ["once for each field", [{ message: "first", path: ["x"] }, { message: "then", path: ["x"] }], {
      fields: { x: "first" },
    }],
    ["as a whole beside its fields", [{ message: "f", path: ["x"] }, { message: "whole" }], {
      message: "whole",
      fields: { x: "f" },
    }],
    ["where a library says nothing", [], { message: "This is not valid" }],
    ["where a message is no text", [{ message: 5, path: ["x"] }], {
      fields: { x: "This is not valid" },
    }],
    ["for names of the prototype", [{ message: "a", path: ["__proto__", "x"] }], {
      fields: { "__proto__.x": "a" },
    }],
  ])("%s", async ([, issues, error]) => {
    const sent = await send(schemaOf(() => ({ issues }) as never), { payload: 1 });
    expect(sent.error).toMatchObject({ code: "invalid", ...error });
    expect(sent.errors).toEqual([]);
  });

  test("for a hundred fields at most, and shortly", async () => {
    const issues = Array.from({ length: 5_000 }, (_, index) => ({
      message: "m".repeat(5_000),
      path: ["p".repeat(300), "q".repeat(300), index],
    }));
    const many = issues.map(({ message }, index) => ({ message, path: [index] }));
    const { error } = await send(schemaOf(() => ({ issues: many })), { payload: 1 });
    expect(Object.keys(error!.fields!)).toHaveLength(100);
    expect(error!.fields!["99"]).toHaveLength(500);
    const long = await send(schemaOf(() => ({ issues })), { payload: 1 });
    expect(Object.keys(long.error!.fields!).map(({ length }) => length)).toEqual([500]);
  });
});

describe("a schema that", () => {
  test.for<[what: string, validate: () => unknown]>([
    ["throws", () => {
      throw new Error("secret 10.0.0.7");
    }],
    ["rejects", () => Promise.reject(new Error("secret 10.0.0.7"))],
    ["throws what a constraint of the storage throws", () => {
      throw Object.assign(new Error("secret"), { name: "ConstraintError", constraint: "unique" });
    }],
    ["returns nothing", () => undefined],
    ["returns a text", () => "secret"],
    ["returns issues that are no list", () => ({ issues: 5 })],
  ])("%s is an error of the server, which nobody else learns", async ([, validate]) => {
    const { error, patches, errors, seen } = await send(schemaOf(validate as never), {
      payload: 1,
    });
    expect(error?.code).toBe("internal");
    expect(JSON.stringify(patches)).not.toContain("secret");
    expect(errors).toMatchObject([{
      message: "Cannot check the payload of Note.add: its schema failed",
      cause: expect.any(Error),
    }]);
    expect(seen).toBeUndefined();
  });

  test("throws a NascError refuses for people", async () => {
    const schema = schemaOf(() => {
      throw new NascError("no-tea", "There is no tea");
    });
    expect((await send(schema, { payload: 1 })).error).toMatchObject({ code: "no-tea" });
  });

  test("is async is awaited", async () => {
    const schema = schemaOf(async (value) => ({ value: { was: value } }));
    expect((await send(schema, { payload: 1 })).seen).toEqual([{ was: 1 }]);
  });

  test("never ends is given up with the handlers of its event", async () => {
    const clock = new SteppedClock();
    const sent = send(schemaOf(() => new Promise(() => {})), { payload: 1 }, {
      clock,
      handlerTimeout: 1_000,
    });
    await clock.advance(1_000);
    const { error, errors } = await sent;
    expect(error?.code).toBe("timeout");
    expect(String(errors[0])).toContain("Cannot finish the check of the payload of Note.add");
  });

  test.for<[what: string, value: unknown]>([
    ["an instance of a class", { at: new URL("https://rian.test") }],
    ["a function", { run: () => {} }],
    ["a path to a prototype", JSON.parse('{ "__proto__": { "x": 1 } }')],
    ["a name that leads to a prototype", { "constructor.prototype.x": 1 }],
  ])("makes %s of a payload is refused and reported", async ([, value]) => {
    const { error, errors, seen } = await send(schemaOf(() => ({ value })), { payload: 1 });
    expect(error?.code).toBe("invalid-payload");
    expect(errors).toHaveLength(1);
    expect(seen).toBeUndefined();
  });
});

describe("checkState", () => {
  const state = schemaOf<{ n: number }>((value) => {
    const { n } = value as { n: unknown };
    return typeof n === "number"
      ? { value: { n: n + 1 } }
      : { issues: [{ message: "no number", path: ["n"] }] };
  });
  const handlers = {
    Sum: defineHandler()({
      schemas: { state },
      mount: ({ id }) => ({ n: id === "bad" ? "zero" as never : 0 }),
      add: (n: number, sum) => ({ n: sum.n + n }),
      spoil: () => ({ n: "much" as never }),
      spoilOther: async (_: unknown, sum, context) => {
        await context.update("Sum", "other", () => ({ n: "much" }));
        return { n: sum.n + 1 };
      },
    }),
    Plain: { mount: () => ({}), spoil: () => ({ n: "much" }) },
  };
  const sum = { type: "Sum", instance: "a" } as const;

  function open(options: ProcessorOptions) {
    const errors: unknown[] = [];
    const store = new MemoryStore();
    const process = createProcessor(handlers, store, {
      onError: (error) => errors.push(error),
      ...options,
    });
    return { process, store, errors };
  }

  test("stores a state as the handler returned it", async () => {
    const { process, store } = open({ checkState: true });
    await process({ ...sum, event: "add", payload: 5 });
    expect(await store.load("Sum", "a")).toEqual({ n: 5 });
  });

  test.for(
    [
      ["of an event", { ...sum, event: "spoil" }, "Sum/a"],
      ["of an update", { ...sum, event: "spoilOther" }, "Sum/other"],
      ["of a mount", { ...sum, instance: "bad", event: "mount" }, "Sum/bad"],
    ] as const,
  )(
    "refuses the state %s that its schema refuses, as an error of the server",
    async ([, message, name]) => {
      const { process, store, errors } = open({ checkState: true });
      await process({ ...sum, event: "mount" });
      expect(errorCode(await process(message))).toBe("internal");
      expect(errors.map(String)).toEqual([
        `TypeError: Cannot store the state of ${name}: it does not fit schemas.state (n: no number); ` +
        "correct what the handler returns, or the schema",
      ]);
      expect(await store.load("Sum", "a")).toEqual({ n: 0 });
      expect(await store.load(...name.split("/") as [string, string])).toEqual(
        name === "Sum/a" ? { n: 0 } : null,
      );
    },
  );

  test("checks nothing unless it is on, nor what has no schema", async () => {
    const { process, store } = open({});
    await process({ ...sum, event: "spoil" });
    expect(await store.load("Sum", "a")).toEqual({ n: "much" });
    const checking = open({ checkState: true });
    await checking.process({ type: "Plain", instance: "a", event: "spoil" });
    expect(await checking.store.load("Plain", "a")).toEqual({ n: "much" });
  });
});

test("a schema that writes into what it is given changes neither that nor what the event is known by", async () => {
  const count = schemaOf((given) => {
    const payload = given as { n: number; checked?: true };
    payload.n = Number(payload.n);
    payload.checked = true;
    return { value: payload };
  });
  const store = new MemoryStore();
  let isFirst = true;
  const Note = defineHandler()({
    mount: () => ({ n: 0 }),
    schemas: { add: count },
    async add({ n }, state: { n: number }): Promise<{ n: number }> {
      if (isFirst) {
        isFirst = false;
        // Somebody else is faster, so the event runs again.
        await createProcessor({ Note }, store)({ ...note, event: "add", payload: { n: "1" } });
      }
      return { n: state.n + n };
    },
  });
  const process = createProcessor({ Note }, store);
  const payload = { n: "5" };
  for (let times = 0; times < 2; times++) {
    expect(errorCode(await process({ ...note, event: "add", eventId: "a", payload })))
      .toBeUndefined();
    expect(payload).toEqual({ n: "5" });
  }
  expect(await store.load("Note", "a")).toEqual({ n: 6 });
});
