import { evictDurableObject } from "cloudflare:test";
import { expect, onTestFinished, test, vi } from "vitest";
import { defineHandler, type Handlers } from "../../mod.ts";
import { readFrom, sendTo } from "../../src/edge/mod.ts";
import { socketPair } from "../../src/edge/platform.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { Page, send2 } from "../router/support-frames.ts";
import { objectApp } from "./support.ts";

interface User {
  readonly id: string;
  readonly isAdmin?: boolean;
  readonly about?: string;
}

const title =
  "a title that takes more characters than what changes beside it in these tests, by far";
const address = { type: "Board", instance: "b" };
const scope = "Board:b";

const handlers: Handlers = {
  Board: defineHandler<{ user: User | undefined }>()({
    mount: () => ({ title, count: 0, secret: "xyzzy", taken: undefined as unknown }),
    view: ({ secret, ...rest }, { user }) => user?.isAdmin ? { ...rest, secret } : rest,
    add: (_: unknown, board) => ({ ...board, count: board.count + 1 }),
    take: (taken: unknown, board) => ({ ...board, taken }),
  }),
};

/** Boards in objects whose storage fails as often as a test says, and a user who may become another kind of user. */
function boards() {
  const state = { failures: 0, user: { id: "ann", isAdmin: true } as User };
  const rings: (() => void)[] = [];
  const onError = vi.fn();
  const made = objectApp({
    handlers,
    user: () => state.user,
    object: { onError },
    onError,
    clock: {
      ...systemClock,
      setTimeout: (callback, milliseconds) => {
        if (milliseconds < 10_000) return systemClock.setTimeout(callback, milliseconds);
        return rings.push(callback);
      },
    },
  });
  const { objectClass } = made.namespace;
  made.namespace.objectClass = class extends objectClass {
    // deno-lint-ignore no-explicit-any -- as the platform calls it
    constructor(context: any, env: unknown) {
      const { sql } = context.storage;
      const storage = Object.assign(Object.create(context.storage), {
        transactionSync: (run: () => unknown) => context.storage.transactionSync(run),
        sql: {
          get databaseSize() {
            return sql.databaseSize;
          },
          exec(...statement: unknown[]) {
            if (state.failures-- > 0) throw new Error("disk I/O error");
            return sql.exec(...statement);
          },
        },
      });
      super(
        Object.assign(Object.create(context), {
          id: context.id,
          storage,
          waitUntil: (work: Promise<unknown>) => context.waitUntil(work),
          acceptWebSocket: (...socket: unknown[]) => context.acceptWebSocket(...socket),
          getWebSockets: () => context.getWebSockets(),
        }),
        env,
      );
    }
  };
  return {
    ...made,
    state,
    onError,
    object: made.namespace.object("Board", "b"),
    ring: () => rings.splice(0).forEach((ring) => ring()),
    add: (eventId: string) => send2(made.app, { ...address, event: "add", eventId }),
    async open(): Promise<Page> {
      const { page } = await Page.open(made.app, { scope });
      onTestFinished(() => page.close());
      return page;
    },
  };
}

test("an object whose storage fails as it wakes goes on, and its pages get the whole", async () => {
  const { state, onError, object, add, open } = boards();
  const page = await open();
  expect(await page.next()).toMatchObject({ action: "snapshot", rev: 1 });
  await evictDurableObject(object);
  state.failures = 1;
  expect(await add("mine")).toMatchObject({ ok: true, rev: 2 });
  expect(onError.mock.calls.map(([, { eventId }]) => eventId)).toEqual(["viewer"]);
  expect(await page.next()).toMatchObject({ action: "snapshot", rev: 2 });
  await add("another");
  expect(await page.next()).toMatchObject({ action: "patch", rev: 3 });
});

test("a viewer for whom there is no room beside the socket keeps no rights of whoever looked before", async () => {
  const { state, onError, ring, open } = boards();
  const page = await open();
  expect(await page.next()).toMatchObject({ state: { secret: "xyzzy" } });
  state.user = { id: "ann", about: "x".repeat(20_000) };
  ring();
  expect(await page.next()).toEqual({ action: "reopen" });
  expect(onError.mock.calls.map(([{ message }]) => message)).toEqual([
    expect.stringContaining("16384 bytes"),
  ]);
});

test("a viewer who could not be shown what is new gets the whole when it can", async () => {
  const { state, ring, open } = boards();
  const page = await open();
  expect(await page.next()).toMatchObject({ state: { secret: "xyzzy" } });
  state.failures = 1;
  state.user = { id: "ann" };
  ring();
  const { state: seen } = await page.next() as { readonly state: object };
  expect(seen).toEqual({ title, count: 0 });
});

test("a payload of the server keeps its types on its way to an object", async () => {
  const { namespace } = boards();
  const payloads = [new Date(5), new Map([[1, 2]]), new Set(["a"]), NaN, Uint8Array.of(1), [
    { at: new Date(6) },
  ], { plain: true, left: null }];
  for (const payload of payloads) {
    await sendTo(namespace, { ...address, event: "take", payload });
    const seen = await readFrom(namespace, { type: "Board", id: "b" });
    expect(seen?.state).toMatchObject({ taken: payload });
  }
});

test("an object of a subclass with sockets of its own wakes under them, and leaves them alone", async () => {
  const { namespace, object, add, open } = boards();
  const { objectClass } = namespace;
  namespace.objectClass = class extends objectClass {
    // deno-lint-ignore no-explicit-any -- as the platform calls it
    constructor(context: any, env: unknown) {
      super(context, env);
      if (context.getWebSockets().length > 0) return;
      for (const attachment of ["a room", "{", '{"room":1}', "null", 5]) {
        const { object: socket } = socketPair();
        context.acceptWebSocket(socket);
        socket.serializeAttachment(attachment);
      }
    }
  };
  const page = await open();
  expect(await page.next()).toMatchObject({ rev: 1 });
  await evictDurableObject(object);
  expect(await add("mine")).toMatchObject({ ok: true, rev: 2 });
  expect(await page.next()).toMatchObject({ action: "patch", rev: 2 });
});

test("an authorize that never says whether an instance may be created is a 503 after handlerTimeout", async () => {
  const onError = vi.fn();
  const { app } = objectApp({
    handlers,
    authorize: (_context, { event }) => event !== "create" || new Promise<boolean>(() => {}),
    handlerTimeout: 50,
    onError,
  });
  expect((await app.request(`/nasc/stream?scope=${scope}&have=`)).status).toBe(503);
  const body = JSON.stringify({ ...address, event: "add", eventId: "e", protocol: 2 });
  const headers = { "content-type": "application/json" };
  const response = await app.request("/nasc/event", { method: "POST", headers, body });
  expect(await response.json()).toMatchObject({ status: 503, code: "timeout", eventId: "e" });
  expect(onError.mock.calls.map(([{ message }]) => message)).toEqual(
    Array(2).fill(
      "Cannot ask authorize to create Board/b: no answer within 50 ms; raise handlerTimeout if it is that slow",
    ),
  );
});
