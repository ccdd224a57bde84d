import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { defineHandler, type Handlers } from "../../mod.ts";
import { nascObject, readFrom, sendTo } from "../../src/edge/mod.ts";
import { createNasc } from "../../src/router/mod.ts";
import { Page, send2 } from "../router/support-frames.ts";
import { post } from "../router/support.ts";
import { counterHandlers } from "../support/counter.ts";
import { newNamespace, objectApp } from "./support.ts";

const visits = { type: "Counter", instance: "visits" };

interface Board {
  readonly title: string;
  readonly secret: string;
}

const handlers: Handlers = {
  ...counterHandlers,
  Board: defineHandler<{ user: { name: string } | undefined }>()({
    mount: ({ id }): Board => ({ title: `about ${id}`, secret: "xyzzy" }),
    internal: ["seal"],
    view: ({ title, secret }, { user }) => user?.name === "ann" ? { title, secret } : { title },
    name: (title: string, board) => ({ ...board, title }),
    seal: (_: unknown, board) => ({ ...board, title: "sealed" }),
  }),
  Meddler: {
    mount: () => ({ count: 0 }),
    async update(_: unknown, state, context) {
      await context.update("Counter", "visits", (counter) => counter);
      return { count: state.count + 1 };
    },
    async read(_: unknown, state, context) {
      await context.read("Counter", "visits");
      return { count: state.count + 1 };
    },
    async delete(_: unknown, state, context) {
      await context.delete("Counter", "visits");
      return { count: state.count + 1 };
    },
    send(_: unknown, state, context) {
      context.send("Counter", "visits", "add", 1);
      return { count: state.count + 1 };
    },
    async own(_: unknown, state, context) {
      await context.update("Meddler", "m", ({ count }) => ({ count: count + 10 }));
      return { count: state.count + 1 };
    },
  },
};

test("an event runs in the object of its instance, and its page hears of it by a stream", async () => {
  const { app } = objectApp({ handlers });
  const { page, token } = await Page.open(app);
  expect(await page.next()).toMatchObject({ action: "snapshot", rev: 1, state: { count: 0 } });
  const answer = await send2(app, { ...visits, event: "add", payload: 2 });
  expect(answer).toMatchObject({ ok: true, rev: 2, patches: [{ action: "snapshot" }] });
  expect(await page.next()).toMatchObject({ action: "snapshot", rev: 2, state: { count: 2 } });
  const own = { ...visits, event: "add", payload: 1, stream: token, eventId: "mine" };
  expect(await send2(app, own)).toMatchObject({ rev: 3, streamed: true });
  expect(await page.next()).toMatchObject({ rev: 3 });
  // The receipt is in the object, too.
  expect(await send2(app, own)).toMatchObject({ rev: 3 });
  expect(await (await post(app, { ...visits, event: "add" })).json()).toMatchObject({ rev: 4 });
  await page.close();
});

test("a handler in an object reaches no other instance, and hears what to use instead", async () => {
  const errors: string[] = [];
  const { app } = objectApp({
    handlers,
    object: { onError: (error) => void errors.push((error as Error).message) },
  });
  for (const event of ["update", "read", "delete", "send"]) {
    const response = await post(app, { type: "Meddler", instance: "m", event });
    expect([event, response.status]).toEqual([event, 500]);
  }
  expect(errors).toEqual([
    ...Array(3).fill(expect.stringMatching(
      /Cannot reach Counter\/visits from the object of Meddler\/m: .*use D1Store/,
    )),
    expect.stringMatching(/Cannot send Counter\.add to Counter\/visits: .*the option instances/),
  ]);
  const own = await post(app, { type: "Meddler", instance: "m", event: "own" });
  expect(await own.json()).toMatchObject({ rev: 1, patches: [{ value: 11 }] });
});

test("slow events of one instance run one after the other, each once", async () => {
  let [running, most, runs] = [0, 0, 0];
  const { app } = objectApp({
    handlers: {
      Counter: {
        mount: () => ({ count: 0 }),
        async slow(_: unknown, state) {
          runs++;
          most = Math.max(most, ++running);
          // Longer than an event waits for a turn that does not begin.
          await new Promise((resolve) => setTimeout(resolve, 1_100));
          running--;
          return { count: state.count + 1 };
        },
      },
    },
  });
  const slow = { ...visits, event: "slow" };
  const answers = await Promise.all([1, 2, 3, 4].map((id) => {
    return send2(app, { ...slow, eventId: `e${id}` });
  }));
  expect(answers.map(({ rev }) => rev).sort()).toEqual([1, 2, 3, 4]);
  expect([runs, most]).toEqual([4, 1]);
});

describe("the server itself", () => {
  test("sends to an object and reads from it, as somebody", async () => {
    const { namespace } = objectApp({ handlers });
    const board = { type: "Board", id: "b" };
    const message = { type: "Board", instance: "b" };
    expect(await readFrom(namespace, board)).toEqual({
      rev: 0,
      epoch: "0",
      state: { title: "about b" },
    });
    const patches = await sendTo(namespace, { ...message, event: "seal" });
    expect(patches).toMatchObject([{ prop: "title", value: "sealed" }]);
    expect(await readFrom(namespace, board, { user: { name: "ann" } })).toMatchObject({
      rev: 1,
      state: { title: "sealed", secret: "xyzzy" },
    });
    expect(await readFrom(namespace, board, { user: { name: "bob" } })).toMatchObject({
      state: { title: "sealed" },
    });
    expect(await sendTo(namespace, { ...message, event: "nonsense" })).toMatchObject([{
      action: "error",
      code: "unknown-event",
    }]);
    await expect(readFrom(namespace, { type: "Nothing", id: "b" })).rejects.toMatchObject({
      code: "unknown-type",
    });
  });

  test("processes messages with the bindings, and reads pages as their user sees them", async () => {
    const namespace = newNamespace();
    namespace.objectClass = nascObject({ handlers });
    const nasc = createNasc<{ Bindings: { NASC: typeof namespace } }>({
      handlers,
      instances: (context) => context.env.NASC,
      user: (context) => ({ name: context.req.header("x-user") ?? "" }),
      authorize: (_context, { event }) => event !== "create",
      hosts: "any",
    });
    const app = new Hono<{ Bindings: { NASC: typeof namespace } }>();
    app.route("/nasc", nasc.app);
    app.get("/page", async (context) => {
      return context.json(await nasc.reader(context).read("Board", "b") ?? null);
    });
    const page = async (user: string) =>
      await (await app.request("/page", { headers: { "x-user": user } }, { NASC: namespace }))
        .json();
    expect(await page("bob")).toMatchObject({ rev: 0, state: { title: "about b" } });
    const message = { type: "Board", instance: "b", event: "seal" };
    await expect(nasc.process(message)).rejects.toThrow("pass { env }");
    await expect(nasc.process.deadMessages()).rejects.toThrow("sendQueueOf");
    await expect(nasc.process.resend("a")).rejects.toThrow("sendQueueOf");
    const frames = await nasc.process({ ...message, protocol: 2 }, { env: { NASC: namespace } });
    expect(frames).toMatchObject([{ action: "snapshot", rev: 1, state: { title: "sealed" } }]);
    expect((await page("bob")).state).toEqual({ title: "sealed" });
    expect((await page("ann")).state).toEqual({ title: "sealed", secret: "xyzzy" });
  });
});

describe("an object", () => {
  const call = (id: string) =>
    JSON.stringify({
      address: { type: "Counter", id },
      userKey: "-",
      creation: "allowed",
      message: { event: "add", payload: 1 },
    });
  const headers = { "nasc-object": "1", "content-type": "application/json" };

  test("answers nobody but a router: a request from outside has other headers", async () => {
    const { namespace } = objectApp({ handlers });
    const object = namespace.object("Counter", "visits");
    const body = call("visits");
    const refused: [string, RequestInit][] = [
      ["event", { method: "POST", body }],
      ["event", { method: "POST", body, headers: { ...headers, "cf-connecting-ip": "1.2.3.4" } }],
      ["event", { method: "POST", body, headers: { ...headers, cookie: "a=b" } }],
      ["event", { method: "POST", body, headers: { ...headers, "nasc-object": "2" } }],
      ["follow", { method: "POST", body, headers }],
      ["event", { headers: { ...headers, upgrade: "websocket" } }],
      ["nonsense", { method: "POST", body, headers }],
    ];
    for (const [name, init] of refused) {
      const response = await object.fetch(`https://nasc/${name}`, init);
      expect([name, init.headers, response.status]).toEqual([name, init.headers, 403]);
      await response.text();
    }
    expect(await readFrom(namespace, { type: "Counter", id: "visits" })).toMatchObject({ rev: 0 });
  });

  test("is of one instance: that of its name", async () => {
    const { namespace } = objectApp({ handlers });
    const object = namespace.object("Counter", "visits");
    const post = async (id: string) =>
      (await object.fetch("https://nasc/event", { method: "POST", body: call(id), headers }))
        .status;
    expect(await post("others")).toBe(403);
    expect(await post("visits")).toBe(200);
    expect(await post("others")).toBe(403);
  });

  test("whose name is too long to be known is of the instance that it was first asked for", async () => {
    const { app, namespace } = objectApp({ handlers });
    const id = "é".repeat(512);
    expect(await send2(app, { type: "Counter", instance: id, event: "add", payload: 1 }))
      .toMatchObject({ rev: 1 });
    const object = namespace.object("Counter", id);
    const body = call("visits");
    const response = await object.fetch("https://nasc/event", { method: "POST", body, headers });
    expect(response.status).toBe(403);
  });

  test("is told who asks as plain JSON that has room beside a socket", async () => {
    const errors: string[] = [];
    let user: unknown = { at: new Date(0) };
    const { app } = objectApp({
      handlers,
      user: () => user,
      onError: (error) => void errors.push((error as Error).message),
    });
    expect((await post(app, { ...visits, event: "add" })).status).toBe(500);
    user = { id: "ann", name: "x".repeat(20_000) };
    expect((await post(app, { ...visits, event: "add", payload: 1 })).status).toBe(200);
    const stream = await app.request("/nasc/stream?scope=Counter:visits&have=");
    expect(stream.status).toBe(500);
    expect(errors).toEqual([
      expect.stringContaining("is not plain JSON"),
      expect.stringContaining("an object keeps 16,000 of each"),
    ]);
  });
});
