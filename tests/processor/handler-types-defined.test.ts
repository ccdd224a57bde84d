import { type } from "arktype";
import { Hono } from "hono";
import * as v from "valibot";
import { describe, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  createProcessor,
  type DefinedHandler,
  defineHandler,
  type HandlerContext,
  type Handlers,
  MemoryStore,
  NascError,
  type Processor,
} from "../../mod.ts";
import type { connect } from "../../src/client/mod.ts";
import { attachNasc, createNasc, nasc } from "../../src/router/mod.ts";

interface Env {
  readonly LOG: { write(line: string): void };
}

interface User {
  readonly id: string;
  readonly name: string;
}

interface Card {
  readonly id: string;
  readonly title: string;
  readonly points: number;
}

const boardSchema = z.object({
  title: z.string(),
  cards: z.array(z.object({ id: z.string(), title: z.string(), points: z.number() })),
});
const addSchema = z.object({ title: z.string(), points: z.number().default(1) });

/** As the docs have it. That this file compiles is the test. */
const Board = defineHandler<{ env: Env; user: User | undefined }>()({
  mount: (params, context) => ({ title: params.id + context.type, cards: [] as Card[] }),
  schemas: { state: boardSchema, add: addSchema },
  view: (board, { user }) => user ? board : undefined,
  add: (payload, board, context) => ({
    ...board,
    cards: [...board.cards, { id: context.eventId, ...payload }],
  }),
});

// The compiler checks these when the project is type-checked; functions that a test returns are not called.

describe("in a definition, the compiler infers", () => {
  test("the state from mount, the payload from a schema, user and env from the type argument", () => {
    defineHandler<{ env: Env; user: User | undefined }>()({
      mount(params, context) {
        expectTypeOf(params.id).toEqualTypeOf<string>();
        expectTypeOf(context).toEqualTypeOf<HandlerContext<User | undefined, Env>>();
        return { title: params.id, cards: [] as Card[] };
      },
      schemas: { add: addSchema },
      view(board, viewer) {
        expectTypeOf(board).toEqualTypeOf<{ title: string; cards: Card[] }>();
        expectTypeOf(viewer.user).toEqualTypeOf<User | undefined>();
        return board;
      },
      viewKey: (board, { user }) => user?.id ?? board.title,
      version: 2,
      migrate: (state, from) => ({ title: `${from}`, cards: state.cards }),
      refused(error, { user }) {
        expectTypeOf(error.constraint).toEqualTypeOf<string>();
        expectTypeOf(user).toEqualTypeOf<User | undefined>();
        return new NascError("taken", "Taken");
      },
      add(payload, board, { user, env }) {
        expectTypeOf(payload).toEqualTypeOf<{ title: string; points: number }>();
        expectTypeOf(board).toEqualTypeOf<{ title: string; cards: Card[] }>();
        expectTypeOf(user).toEqualTypeOf<User | undefined>();
        expectTypeOf(env).toEqualTypeOf<Env>();
        return board;
      },
      async rename(payload, board) {
        expectTypeOf(payload).toEqualTypeOf<unknown>();
        return { ...board, title: String(payload) };
      },
      credit: (by: number, board) => ({ ...board, title: by.toFixed() }),
      internal: ["credit"],
      _limit: 5,
    });
  });

  test("the state of an async mount, and of one without parameters wherever it stands", () => {
    defineHandler()({
      mount: async () => ({ n: 0 }),
      add(_payload, state, { user, env }) {
        expectTypeOf(state).toEqualTypeOf<{ n: number }>();
        expectTypeOf({ user, env }).toEqualTypeOf<{ user: unknown; env: unknown }>();
        return state;
      },
    });
    defineHandler()({ add: (_payload, { n }) => ({ n: n + 1 }), mount: () => ({ n: 0 }) });
  });

  test("the state from schemas.state, with or without a mount", () => {
    defineHandler()({
      schemas: { state: boardSchema },
      mount: () => ({ title: "", cards: [] }),
      add(_payload, board) {
        expectTypeOf(board).toEqualTypeOf<z.infer<typeof boardSchema>>();
        return board;
      },
    });
    defineHandler()({
      schemas: { state: boardSchema },
      clear: (_, board) => ({ ...board, cards: [] }),
    });
  });

  test("input and output of zod, valibot and arktype", () => {
    const handlers = {
      Zod: defineHandler()({
        mount: (params) => (expectTypeOf(params).toEqualTypeOf<{ id: number }>(), { n: params.id }),
        schemas: { mount: z.object({ id: z.coerce.number() }), add: z.string().transform(Number) },
        add: (by, { n }) => (expectTypeOf(by).toEqualTypeOf<number>(), { n: n + by }),
      }),
      Valibot: defineHandler()({
        mount: (params) => (expectTypeOf(params).toEqualTypeOf<{ id: number }>(), { n: params.id }),
        schemas: {
          mount: v.object({ id: v.pipe(v.string(), v.transform(Number)) }),
          add: v.pipe(v.string(), v.transform(Number)),
        },
        add: (by, { n }) => (expectTypeOf(by).toEqualTypeOf<number>(), { n: n + by }),
      }),
      Arktype: defineHandler()({
        mount: (params) => (expectTypeOf(params).toEqualTypeOf<{ id: number }>(), { n: params.id }),
        schemas: { mount: type({ id: "string.numeric.parse" }), add: type("string.numeric.parse") },
        add: (by, { n }) => (expectTypeOf(by).toEqualTypeOf<number>(), { n: n + by }),
      }),
    };
    const process = createProcessor(handlers, new MemoryStore());
    return async () => {
      const add = { instance: "1", event: "add" } as const;
      await process({ ...add, type: "Zod", payload: "1" });
      await process({ ...add, type: "Valibot", payload: "1" });
      await process({ ...add, type: "Arktype", payload: "1" });
      // @ts-expect-error -- the schema takes text
      await process({ ...add, type: "Zod", payload: 1 });
      // @ts-expect-error -- the schema takes text
      await process({ ...add, type: "Valibot", payload: 1 });
      // @ts-expect-error -- the schema takes text
      await process({ ...add, type: "Arktype", payload: 1 });
    };
  });
});

test("in a definition, the compiler refuses", () => {
  const mount = () => ({ n: 0 });
  const text = z.string();
  const users = defineHandler<{ user: User }>();
  const strangers = defineHandler<{ user?: User }>();
  return () => {
    // @ts-expect-error -- the state has a number
    defineHandler()({ mount, add: (_payload, { n }) => ({ n: String(n) }) });
    // @ts-expect-error -- an event returns the whole state
    defineHandler()({ mount, add: () => ({}) });
    // @ts-expect-error -- the state has no m
    defineHandler()({ mount, add: (_payload, state) => ({ n: state.m }) });
    // @ts-expect-error -- the schema makes a text
    defineHandler()({ mount, schemas: { add: text }, add: (n: number) => ({ n }) });
    // @ts-expect-error -- nobody checks it, so nobody knows what it is
    defineHandler()({ mount, add: (payload) => ({ n: payload.n }) });
    // @ts-expect-error -- there is no such event
    defineHandler()({ mount, schemas: { ad: text }, add: (_, state) => state });
    // @ts-expect-error -- the core takes no JSON Schema
    defineHandler()({ mount, schemas: { add: { type: "object" } }, add: (_, s) => s });
    // @ts-expect-error -- the first state does not fit the schema of states
    defineHandler()({ mount, schemas: { state: z.object({ n: text }) } });
    // @ts-expect-error -- an event is a function
    defineHandler()({ mount, add: 5 });
    // @ts-expect-error -- there is no such event
    defineHandler()({ mount, internal: ["ad"], add: (_payload, state) => state });
    // @ts-expect-error -- a version is a number
    defineHandler()({ mount, version: "2" });
    // @ts-expect-error -- nothing or a NascError
    defineHandler()({ mount, refused: () => new Error("taken") });
    // @ts-expect-error -- the state has no m
    defineHandler()({ mount, view: (state) => ({ m: state.m }) });
    // @ts-expect-error -- a user has no age
    users({ mount, add: (_payload, _state, { user }) => ({ n: user.age }) });
    // @ts-expect-error -- nobody may have sent it
    strangers({ mount, add: (_payload, { n }, { user }) => ({ n: n + user.id.length }) });
  };
});

const Plain = {
  mount: () => ({ n: 0 }),
  add: (by: number, { n }: { n: number }) => ({ n: n + by }),
};
const Account = defineHandler()({
  mount: () => ({ n: 0 }),
  schemas: { pay: z.object({ amount: z.number().default(1) }) },
  pay: ({ amount }, { n }) => ({ n: n + amount }),
  credit: (by: number, { n }) => ({ n: n + by }),
  close: (_payload, state) => state,
  internal: ["credit"],
});

describe("process", () => {
  test("takes the messages that its handlers know, and refuses others", () => {
    const process = createProcessor({ Board, Account, Plain }, new MemoryStore());
    return async () => {
      await process({ type: "Board", instance: "b", event: "mount" });
      await process({ type: "Board", instance: "b", event: "add", payload: { title: "Tea" } });
      await process({ instance: "Board:b", event: "add", payload: { title: "Tea", points: 2 } });
      await process({ type: "Account", instance: "a", event: "credit", payload: 5, eventId: "e" });
      await process({ type: "Account", instance: "a", event: "pay" });
      await process({ type: "Account", instance: "a", event: "close" });
      await process({ type: "Plain", instance: "a", event: "add", payload: 5 });
      // @ts-expect-error -- there is no such type
      await process({ type: "Bord", instance: "b", event: "mount" });
      // @ts-expect-error -- there is no such type
      await process({ instance: "Bord:b", event: "mount" });
      // @ts-expect-error -- there is no such event
      await process({ type: "Board", instance: "b", event: "ad", payload: { title: "Tea" } });
      // @ts-expect-error -- what describes a handler is no event
      await process({ type: "Board", instance: "b", event: "view" });
      // @ts-expect-error -- the title is text
      await process({ type: "Board", instance: "b", event: "add", payload: { title: 5 } });
      // @ts-expect-error -- the title is missing
      await process({ type: "Board", instance: "b", event: "add", payload: {} });
      // @ts-expect-error -- the payload is missing
      await process({ type: "Board", instance: "b", event: "add" });
      // @ts-expect-error -- an amount is a number
      await process({ type: "Account", instance: "a", event: "credit", payload: "5" });
      // @ts-expect-error -- its function takes a number
      await process({ type: "Plain", instance: "a", event: "add", payload: "5" });
    };
  });

  test("stays open where all handlers are plain objects, or their type is unknown", () => {
    const handlers: Handlers = { Board };
    for (
      const process of [
        createProcessor({ Plain }, new MemoryStore()),
        createProcessor(handlers, new MemoryStore()),
        createNasc({ handlers: { Plain }, store: new MemoryStore() }).process,
        attachNasc({ app: new Hono(), handlers, store: new MemoryStore() }).processMessage,
      ]
    ) {
      expectTypeOf(process).toEqualTypeOf<Processor>();
      expectTypeOf(process).parameter(0).toExtend<{ event: string; payload?: unknown }>();
    }
  });

  test("of the router knows its handlers too", () => {
    const store = new MemoryStore();
    const options = { handlers: { Account }, store };
    return async () => {
      const { process } = createNasc(options);
      const { processMessage } = attachNasc({ app: new Hono(), ...options });
      for (const run of [process, processMessage]) {
        await run({ type: "Account", instance: "a", event: "pay", payload: { amount: 1 } });
        // @ts-expect-error -- there is no such event
        await run({ type: "Account", instance: "a", event: "payy" });
      }
    };
  });
});

describe("the router", () => {
  test("compares what user returns with what its handlers expect", () => {
    const store = new MemoryStore();
    const Members = defineHandler<{ user: User }>()({ mount: () => ({ n: 0 }) });
    const known: User = { id: "ada", name: "Ada" };
    return () => {
      createNasc({ handlers: { Board }, store });
      createNasc({ handlers: { Board }, store, user: () => undefined });
      createNasc({
        handlers: { Board, Plain },
        store,
        user: async (c) => c.req.header("cookie") ? known : undefined,
      });
      nasc({ handlers: { Board, Members }, store, user: () => known });
      nasc({ handlers: { Members }, store, user: (c) => c.redirect("/login") });
      attachNasc({ app: new Hono(), handlers: { Members }, user: () => Promise.resolve(known) });
      createNasc<{ Bindings: Env }>({ handlers: { Board }, store, user: () => "anybody" });
      createNasc({
        handlers: { Members },
        store,
        user: () => known,
        presence: (user) => ({ name: user.name }),
      });
      // @ts-expect-error -- a name is no user
      createNasc({ handlers: { Board }, store, user: () => "ada" });
      createNasc({
        handlers: { Members },
        store,
        user: () => known,
        // @ts-expect-error -- a user has no such field
        presence: (user) => ({ name: user.nickname }),
      });
      // @ts-expect-error -- a name is no object
      createNasc({ handlers: { Members }, store, user: () => known, presence: ({ name }) => name });
      // @ts-expect-error -- Members expects somebody
      createNasc({ handlers: { Board, Members }, store, user: () => undefined });
      // @ts-expect-error -- Members expects somebody
      nasc({ handlers: { Members }, store });
      // @ts-expect-error -- Members expects somebody
      attachNasc({ app: new Hono(), handlers: { Members }, user: async () => undefined });
    };
  });
});

test("send takes what a page may send to these handlers, and refuses others", () => {
  const handlers = { Board, Account, Plain };
  return async (open: typeof connect) => {
    const page = open<typeof handlers>();
    await page.send("Board", "b", "add", { title: "Tea" });
    await page.send("Board", "b", "mount");
    await page.send("Account", "a", "pay");
    await page.send("Account", "a", "close");
    await page.send("Plain", "a", "add", 5);
    // @ts-expect-error -- there is no such type
    await page.send("Bord", "b", "add", { title: "Tea" });
    // @ts-expect-error -- there is no such event
    await page.send("Board", "b", "ad", { title: "Tea" });
    // @ts-expect-error -- the title is text
    await page.send("Board", "b", "add", { title: 5 });
    // @ts-expect-error -- the payload is missing
    await page.send("Board", "b", "add");
    // @ts-expect-error -- only the server sends it
    await page.send("Account", "a", "credit", 5);
    // @ts-expect-error -- there is no such event
    await page.send("Plain", "a", "sub", 5);

    const any = open();
    await any.send("Anything", "a", "at_all", { of: "any shape" });
    await any.send("Anything", "a", "at_all");
  };
});

test("a defined handler is one of any handlers, and its events can be called by themselves", () => {
  expectTypeOf(Board).toExtend<Handlers[string]>();
  expectTypeOf(Board).toExtend<DefinedHandler>();
  expectTypeOf<keyof typeof Account & string>().toEqualTypeOf<
    "mount" | "pay" | "credit" | "close"
  >();
  expectTypeOf(Account.pay).returns.toEqualTypeOf<{ n: number }>();
});
