import { describe, expect, test, vi } from "vitest";
import {
  createProcessor,
  type Handlers,
  MemoryHub,
  MemoryStore,
  NascError,
  type Patch,
} from "../../mod.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

const silent = { onError: () => {} };

describe("mount", () => {
  test("creates the instance and answers with schemas and the whole state", async () => {
    const schemas = {
      List: { properties: { items: { items: { $ref: "#/$defs/Item" } } } },
      Item: { properties: { title: { type: "string" } } },
    };
    const handlers = { List: { mount: () => ({ items: [], open: true }) } };
    const process = createProcessor(handlers, new MemoryStore(), { schemaProvider: schemas });
    expect(await process({ type: "List", instance: "a", event: "mount" })).toEqual([
      { action: "schema", type: "List", instance: "a", schema: schemas.List },
      { action: "schema", type: "Item", instance: "a", schema: schemas.Item },
      { action: "bindUpdate", type: "List", instance: "a", prop: "items", value: [], rev: 1 },
      { action: "bindUpdate", type: "List", instance: "a", prop: "open", value: true, rev: 1 },
    ]);
  });

  test("answers the schemas that are referred to, also from within and in circles, each once", async () => {
    const schemas = {
      Tree: {
        properties: {
          root: { $ref: "#/$defs/Node" },
          owner: { anyOf: [{ $ref: "#/$defs/Person" }, { type: "null" }] },
        },
        $defs: { Person: { title: "Person" } },
      },
      Node: {
        properties: {
          children: { items: { $ref: "#/$defs/Node" } },
          tree: { $ref: "#/$defs/Tree" },
        },
      },
    };
    const process = createProcessor({ Tree: {} }, new MemoryStore(), {
      schemaProvider: (type) => (schemas as never)[type],
    });
    const patches = await process({ type: "Tree", instance: "a", event: "mount" });
    expect(patches).toEqual([
      { action: "schema", type: "Tree", instance: "a", schema: schemas.Tree },
      { action: "schema", type: "Node", instance: "a", schema: schemas.Node },
      { action: "schema", type: "Person", instance: "a", schema: { title: "Person" } },
    ]);
  });

  test("of an instance that is there answers its state and runs no handler", async () => {
    const mount = vi.fn(() => ({ count: 0 }));
    const process = createProcessor(
      { Counter: { ...counterHandlers.Counter, mount } },
      new MemoryStore(),
    );
    await process(counterMessage({ event: "mount" }));
    await process(counterMessage({ payload: 5 }));
    const patches = await process(counterMessage({ event: "mount" }));
    expect(patches).toMatchObject([{ prop: "count", value: 5, rev: 2 }]);
    expect(mount).toHaveBeenCalledTimes(1);
  });

  test("at the same time from three pages creates once", async () => {
    const store = new MemoryStore();
    const processes = [1, 2, 3].map(() => createProcessor(counterHandlers, store));
    const answers = await Promise.all(
      processes.map((process) => process(counterMessage({ event: "mount" }))),
    );
    await processes[0]!(counterMessage({ payload: 7 }));
    expect(answers.flat().map((patch) => "rev" in patch && patch.rev)).toEqual([1, 1, 1]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 7 });
  });

  test("takes the id from the instance, whatever the payload names", async () => {
    const mount = vi.fn(({ id }: { id: string }) => ({ owner: id }));
    const process = createProcessor({ User: { mount } }, new MemoryStore());
    const payload = { id: "victim", userId: "victim", userid: "victim" };
    await process({ type: "User", instance: "mallory", event: "mount", payload });
    expect(mount.mock.calls[0]![0]).toEqual({ id: "mallory", userId: "mallory" });
  });
});

describe("an event", () => {
  test("is answered with what changed, and the store has it", async () => {
    const store = new MemoryStore();
    const process = createProcessor(counterHandlers, store);
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage({ payload: 2 }))).toEqual([
      {
        action: "bindUpdate",
        type: "Counter",
        instance: "visits",
        prop: "count",
        value: 2,
        rev: 2,
      },
    ]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 2 });
  });

  test("that removes a property says so", async () => {
    const handlers = {
      Note: { mount: () => ({ title: "x", draft: true }), publish: () => ({ title: "x" }) },
    };
    const process = createProcessor(handlers, new MemoryStore());
    await process({ type: "Note", instance: "1", event: "mount" });
    expect(await process({ type: "Note", instance: "1", event: "publish" })).toEqual([
      {
        action: "bindUpdate",
        type: "Note",
        instance: "1",
        prop: "draft",
        value: null,
        removed: true,
        rev: 2,
      },
    ]);
  });

  test("that changes nothing writes nothing and tells nobody", async () => {
    const store = new MemoryStore();
    const hub = new MemoryHub();
    const process = createProcessor(counterHandlers, store, { hub });
    await process(counterMessage({ event: "mount" }));
    const before = await store.get("Counter", "visits");
    const heard = vi.fn();
    hub.subscribe("Counter", "visits", heard);
    expect(await process(counterMessage({ payload: 0 }))).toEqual([]);
    expect(await store.get("Counter", "visits")).toEqual(before);
    expect(heard).not.toHaveBeenCalled();
  });

  test("on an instance that was never mounted is refused", async () => {
    const process = createProcessor(counterHandlers, new MemoryStore());
    expect(errorCode(await process(counterMessage()))).toBe("not-mounted");
  });

  test("may keep and change the state that it is handed", async () => {
    const kept: { count: number }[] = [];
    const handlers: Handlers = {
      Counter: {
        mount: () => ({ count: 1 }),
        mutate(_payload, state) {
          kept.push(state);
          state.count++;
          return state;
        },
      },
    };
    const store = new MemoryStore();
    const process = createProcessor(handlers, store);
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage({ event: "mutate" }))).toMatchObject([{ value: 2 }]);
    kept[0]!.count = 99;
    expect(await process(counterMessage({ event: "mutate" }))).toMatchObject([{ value: 3 }]);
  });

  test("is addressed as Type:id by Nasc's first client", async () => {
    const process = createProcessor(counterHandlers, new MemoryStore());
    const first = { instance: "Counter:visits" } as { instance: string; type: string };
    await process({ ...first, event: "mount" });
    expect(await process({ ...first, event: "add", payload: 3 })).toMatchObject([{ value: 3 }]);
  });

  test("with an eventId that was applied answers the first result and runs no handler again", async () => {
    const add = vi.fn(counterHandlers.Counter!.add!);
    const store = new MemoryStore();
    const process = createProcessor({ Counter: { ...counterHandlers.Counter, add } }, store);
    await process(counterMessage({ event: "mount" }));
    const first = await process(counterMessage({ eventId: "once" }));
    await process(counterMessage({ eventId: "other" }));
    expect(await process(counterMessage({ eventId: "once" }))).toEqual(first);
    expect(add).toHaveBeenCalledTimes(2);
    expect(await store.load("Counter", "visits")).toEqual({ count: 2 });
  });

  test("sent twice at once with one eventId is applied once, in two processes too", async () => {
    const store = new MemoryStore();
    const [one, two] = [1, 2].map(() => createProcessor(counterHandlers, store));
    await one!(counterMessage({ event: "mount" }));
    const message = counterMessage({ eventId: "double-click" });
    const answers = await Promise.all([one!(message), two!(message)]);
    expect(answers[0]).toEqual(answers[1]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  });
});

describe("a failure", () => {
  test("that is meant for people is answered as it is, with its fields", async () => {
    const fields = { email: "not an address" };
    const handlers = {
      User: {
        save() {
          throw new NascError("invalid-email", "Please enter a valid address", { fields });
        },
      },
    };
    const process = createProcessor(handlers, new MemoryStore());
    await process({ type: "User", instance: "me", event: "mount" });
    expect(await process({ type: "User", instance: "me", event: "save", eventId: "e1" })).toEqual([{
      action: "error",
      code: "invalid-email",
      message: "Please enter a valid address",
      fields,
      eventId: "e1",
      type: "User",
      instance: "me",
    }]);
  });

  test("of any other kind is logged whole and answered without a word of it", async () => {
    const secret = new Error("connect ECONNREFUSED db-7.internal:5432 password=hunter2");
    const handlers = {
      Counter: {
        fail() {
          throw secret;
        },
      },
    };
    const onError = vi.fn();
    const process = createProcessor(handlers, new MemoryStore(), { onError });
    await process(counterMessage({ event: "mount" }));
    const patches = await process(counterMessage({ event: "fail", eventId: "e1" }));
    expect(errorCode(patches)).toBe("internal");
    expect(JSON.stringify(patches)).toContain("e1");
    expect(JSON.stringify(patches)).not.toMatch(/hunter2|internal:5432|at /);
    expect(onError).toHaveBeenCalledWith(secret, {
      eventId: "e1",
      type: "Counter",
      id: "visits",
      event: "fail",
    });
  });

  test.for<[string, unknown]>([
    ["an array", [1]],
    ["undefined", undefined],
    ["null", null],
    ["a string", "done"],
    ["a function inside", { run: () => 1 }],
    [
      "a cycle",
      (() => {
        const state: Record<string, unknown> = {};
        return state["self"] = state;
      })(),
    ],
    ["an own __proto__", JSON.parse('{ "__proto__": { "admin": true } }')],
  ])("of a handler that returns %s leaves the state as it was", async ([, result]) => {
    const store = new MemoryStore();
    const handlers = { Counter: { mount: () => ({ count: 1 }), break: () => result } };
    const process = createProcessor(handlers, store, silent);
    await process(counterMessage({ event: "mount" }));
    expect(errorCode(await process(counterMessage({ event: "break" })))).toBe("internal");
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  });
});

describe("the kinds of store", () => {
  test("a plain load and persist runs the events of one instance one by one", async () => {
    const data = new Map<string, unknown>();
    const persisted: unknown[] = [];
    const store = {
      load: async (type: string, id: string) => structuredClone(data.get(`${type}/${id}`) ?? null),
      persist: async (type: string, id: string, diff: Record<string, unknown>, full: unknown) => {
        persisted.push(diff);
        data.set(`${type}/${id}`, structuredClone(full));
      },
    };
    const process = createProcessor(counterHandlers, store);
    await process(counterMessage({ event: "mount" }));
    const answers = await Promise.all(Array.from({ length: 100 }, () => process(counterMessage())));
    expect(await store.load("Counter", "visits")).toEqual({ count: 100 });
    expect(persisted.at(-1)).toEqual({ count: 100 });
    expect(answers.at(-1)).toMatchObject([{ rev: 101 }]);
  });

  test("a plain load and persist refuses to change two instances together", async () => {
    const handlers: Handlers = {
      Counter: {
        mount: () => ({ count: 0 }),
        both: async (_payload, state, context) => {
          await context.update("Counter", "other", () => ({ count: 1 }));
          return { count: state.count + 1 };
        },
      },
    };
    const data = new Map<string, unknown>();
    const process = createProcessor(handlers, data, silent);
    await process(counterMessage({ event: "mount" }));
    expect(errorCode(await process(counterMessage({ event: "both" })))).toBe("internal");
    expect([...data.values()]).toEqual([{ count: 0 }]);
  });

  test("a map keeps instances apart that a joined name would not", async () => {
    const handlers = { "User:a": counterHandlers.Counter!, "User": counterHandlers.Counter! };
    const process = createProcessor(handlers, new Map());
    await process({ type: "User:a", instance: "b", event: "mount" });
    await process({ type: "User:a", instance: "b", event: "add", payload: 5 });
    const other = await process({ type: "User", instance: "a:b", event: "mount" });
    expect(other).toMatchObject([{ value: 0 }]);
  });

  test("a store without compare-and-set is refused, unless last-write-wins is asked for by name", async () => {
    const memory = new MemoryStore();
    const kv = Object.create(memory, {
      name: { value: "Workers KV" },
      capabilities: { value: { ...memory.capabilities, conditional: "none" } },
      get: { value: memory.get.bind(memory) },
      commit: { value: memory.commit.bind(memory) },
    }) as MemoryStore;
    expect(() => createProcessor(counterHandlers, kv)).toThrow(
      /Workers KV.*D1 or a Durable Object/,
    );
    const process = createProcessor(counterHandlers, kv, { lastWriteWins: true });
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage())).toMatchObject([{ value: 1 }]);
  });
});

describe("many at once", () => {
  test("1,000 increments make 1,000", async () => {
    const store = new MemoryStore();
    const process = createProcessor(counterHandlers, store);
    await process(counterMessage({ event: "mount" }));
    await Promise.all(Array.from({ length: 1000 }, () => process(counterMessage())));
    expect(await store.load("Counter", "visits")).toEqual({ count: 1000 });
  });

  test("1,000 increments by ten processors on one store make 1,000", async () => {
    const store = new MemoryStore();
    const processes = Array.from({ length: 10 }, () => createProcessor(counterHandlers, store));
    await processes[0]!(counterMessage({ event: "mount" }));
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => processes[index % 10]!(counterMessage())),
    );
    expect(answers.map(errorCode).filter(Boolean)).toEqual([]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 1000 });
  });

  test("two events that set different properties are both kept", async () => {
    const handlers: Handlers = {
      User: {
        mount: () => ({ name: "", email: "" }),
        name: async (name, state) => ({ ...state, name }),
        email: async (email, state) => ({ ...state, email }),
      },
    };
    const store = new MemoryStore();
    const [one, two] = [1, 2].map(() => createProcessor(handlers, store));
    const user = { type: "User", instance: "me" };
    await one!({ ...user, event: "mount" });
    await Promise.all([
      one!({ ...user, event: "name", payload: "Ada" }),
      two!({ ...user, event: "email", payload: "ada@example.com" }),
    ]);
    expect(await store.load("User", "me")).toEqual({ name: "Ada", email: "ada@example.com" });
  });

  test("an instance that others keep changing ends in a conflict, and nothing of the event is kept", async () => {
    const store = new MemoryStore();
    const handlers: Handlers = {
      Counter: {
        ...counterHandlers.Counter,
        async slow(_payload, state) {
          const { count } = await store.load("Counter", "visits");
          await store.persist("Counter", "visits", {}, { count: count + 1 });
          return { ...state, slow: true };
        },
      },
    };
    const process = createProcessor(handlers, store, {
      attempts: 5,
      delay: () => Promise.resolve(),
    });
    await process(counterMessage({ event: "mount" }));
    const patches: Patch[] = await process(counterMessage({ event: "slow" }));
    expect(errorCode(patches)).toBe("conflict");
    expect(await store.load("Counter", "visits")).toEqual({ count: 5 });
  });
});
