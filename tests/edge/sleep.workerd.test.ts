import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { defineHandler, type Handlers } from "../../mod.ts";
import { createNasc } from "../../src/router/mod.ts";
import { nascObject } from "../../src/edge/mod.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { EventStream } from "../support/event-stream.ts";
import { Page, send2 } from "../router/support-frames.ts";
import { counterHandlers } from "../support/counter.ts";
import { newNamespace, objectApp } from "./support.ts";

const title =
  "a title that takes more characters than what changes beside it in these tests, by far";

interface Board {
  readonly title: string;
  readonly name: string;
  readonly secret: number;
}

/** What the handlers have noted in the memory of one object. */
let memory: string[] = [];

const handlers: Handlers = {
  ...counterHandlers,
  Board: defineHandler<{ user: string | undefined }>()({
    mount: (): Board => ({ title, name: "", secret: 0 }),
    view: ({ secret, ...rest }, { user }) =>
      user === "nobody" ? undefined : user === "ann" ? { ...rest, secret } : rest,
    hide: (_: unknown, board) => ({ ...board, secret: board.secret + 1 }),
    call: (name: string, board) => ({ ...board, name }),
    async end(_: unknown, board, context) {
      await context.delete();
      return board;
    },
  }),
};

const about = { type: "Board", instance: "b" };
const scope = "Board:b";

function boards(options: Partial<Parameters<typeof objectApp>[0]> = {}) {
  memory = [];
  const made = objectApp({ handlers, user: (context) => context.req.header("x-user"), ...options });
  const { objectClass } = made.namespace;
  made.namespace.objectClass = class extends objectClass {
    // deno-lint-ignore no-explicit-any -- as the platform calls it
    constructor(context: any, env: unknown) {
      super(context, env);
      memory.push("made");
    }
  };
  const open = (user: string) => Page.open(made.app, { scope, headers: { "x-user": user } });
  const act = (event: string, payload?: unknown, more: object = {}) =>
    send2(made.app, { ...about, event, payload, ...more }, { "x-user": "ann" });
  return { ...made, open, act, object: made.namespace.object("Board", "b") };
}

// deno-lint-ignore no-explicit-any -- the platform's own type
async function socketsOf(object: any): Promise<number> {
  return await runInDurableObject(object, (_, state) => state.getWebSockets().length);
}

describe("an object that has slept", () => {
  test("has no memory, and each page hears from it all the same, by a patch that leads on", async () => {
    const { open, act, object } = boards();
    const [ann, bob] = await Promise.all([open("ann"), open("bob")]);
    for (const { page } of [ann, bob]) await page.next();
    for (let night = 1; night <= 3; night++) {
      await evictDurableObject(object);
      await act("call", `night ${night}`);
      for (const { page } of [ann, bob]) {
        expect(await page.next()).toMatchObject({ action: "patch", rev: 1 + night });
        expect(page.held.get(scope)!.state).toMatchObject({ name: `night ${night}` });
      }
    }
    expect(memory).toEqual(Array(4).fill("made"));
    for (const { page } of [ann, bob]) await page.close();
  });

  test("leads on from changes that a viewer saw nothing of", async () => {
    const { open, act, object } = boards();
    const { page } = await open("bob");
    await page.next();
    await act("hide");
    expect(await page.next()).toEqual({ action: "patch", ...about, rev: 2, ops: [] });
    await evictDurableObject(object);
    await act("hide");
    expect(await page.next()).toEqual({ action: "patch", ...about, rev: 3, ops: [] });
    await act("call", "three");
    expect(await page.next()).toMatchObject({ action: "patch", rev: 4 });
    expect(page.held.get(scope)!.state).toEqual({ title, name: "three" });
    await page.close();
  });

  test("knows whose stream brings the change, and names the event there alone", async () => {
    const { open, act, object } = boards();
    const [own, other] = await Promise.all([open("ann"), open("ann")]);
    for (const { page } of [own, other]) await page.next();
    await evictDurableObject(object);
    const answer = await act("call", "x", { eventId: "mine", stream: own.token });
    expect(answer).toMatchObject({ rev: 2, streamed: true });
    expect(await own.page.next()).toMatchObject({ rev: 2, eventIds: ["mine"] });
    expect(await other.page.next()).not.toHaveProperty("eventIds");
    for (const { page } of [own, other]) await page.close();
  });

  test("gives a page that was away what it has missed", async () => {
    const { app, open, act, object } = boards();
    const { page } = await open("bob");
    await page.next();
    await page.close();
    await act("call", "a name");
    await act("hide");
    await evictDurableObject(object);
    const held = page.held.get(scope)!;
    const headers = { "x-user": "bob" };
    const { page: again } = await Page.open(app, { scope, headers, held });
    expect(await again.next()).toMatchObject({ action: "patch", base: 1, rev: 3 });
    expect(again.held.get(scope)!.state).toEqual({ title, name: "a name" });
    await again.close();
    // Whoever had been shown more than they may see now gets the whole.
    const wrong = { ...held, state: { ...held.state, secret: 0 } };
    const { page: third } = await Page.open(app, { scope, headers, held: wrong });
    expect(await third.next()).toMatchObject({ action: "snapshot", rev: 3 });
    await third.close();
  });

  test("tells of a deletion, and of a new instance, whole", async () => {
    const { open, act, object } = boards();
    const { page } = await open("bob");
    await page.next();
    await act("call", "x");
    await page.next();
    await evictDurableObject(object);
    await act("end");
    expect(await page.next()).toEqual({ action: "gone", ...about, code: "deleted" });
    await evictDurableObject(object);
    await act("call", "again");
    expect(await page.next()).toMatchObject({
      action: "snapshot",
      rev: 1,
      state: { name: "again" },
    });
    await page.close();
  });

  test("shows what a viewer may see who has become another kind of user", async () => {
    const roles = { role: "guest" };
    const rings: (() => void)[] = [];
    const kinds: Handlers = {
      Board: defineHandler<{ user: { role: string } }>()({
        mount: () => ({ title, secret: "xyzzy" }),
        view: ({ title, secret }, { user }) =>
          user.role === "admin" ? { title, secret } : { title },
        call: (title: string, board) => ({ ...board, title }),
      }),
    };
    const { app, object } = boards({
      handlers: kinds,
      user: () => ({ id: "ann", ...roles }),
      clock: {
        ...systemClock,
        setTimeout: (callback, milliseconds) => {
          if (milliseconds < 10_000) return systemClock.setTimeout(callback, milliseconds);
          return rings.push(callback);
        },
      },
    });
    const { page } = await Page.open(app, { scope });
    expect(await page.next()).toMatchObject({ state: { title } });
    await evictDurableObject(object);
    roles.role = "admin";
    for (const ring of rings.splice(0)) ring();
    expect((await page.next() as { state?: unknown }).state ?? page.held.get(scope)!.state)
      .toMatchObject({ secret: "xyzzy" });
    // It is kept with the socket.
    await evictDurableObject(object);
    await send2(app, { ...about, event: "call", payload: "two" });
    await page.next();
    expect(page.held.get(scope)!.state).toEqual({ title: "two", secret: "xyzzy" });
    await page.close();
  });
});

describe("a page whose object is aborted", () => {
  test("gets the whole from the new one, and goes on", async () => {
    const { open, act } = boards();
    const { page } = await open("bob");
    await page.next();
    await act("call", "before");
    await page.next();
    await abortAllDurableObjects();
    expect(await page.next()).toMatchObject({ action: "snapshot", rev: 2 });
    await act("call", "after");
    expect(await page.next()).toMatchObject({ rev: 3 });
    expect(page.held.get(scope)!.state).toMatchObject({ name: "after" });
    await page.close();
  });
});

describe("an object whose storage was deleted whole", () => {
  test("takes the next event as the first, and its pages get the whole", async () => {
    const { open, act, object } = boards();
    const { page } = await open("bob");
    await page.next();
    await act("call", "before");
    await page.next();
    await runInDurableObject(object, (_, { storage }) => storage.deleteAll());
    const { epoch } = page.held.get(scope)!;
    const answer = await act("call", "after");
    expect(answer).toMatchObject({ ok: true, rev: 1 });
    expect(answer.epoch).not.toBe(epoch);
    expect(await page.next()).toMatchObject({ action: "snapshot", rev: 1 });
    await act("call", "later");
    expect(await page.next()).toMatchObject({ rev: 2 });
    await page.close();
  });
});

describe("the socket of a viewer", () => {
  test("is closed when the page leaves, and when its user is hung up", async () => {
    const namespace = newNamespace();
    namespace.objectClass = nascObject({ handlers });
    const nasc = createNasc({
      handlers,
      instances: () => namespace,
      user: (context) => context.req.header("x-user"),
      authorize: "everyone",
      hosts: "any",
    });
    const object = namespace.object("Board", "b");
    const streams = await Promise.all(["ann", "bob", "bob"].map(async (user) => {
      const headers = { "x-user": user };
      return new EventStream(await nasc.app.request(`/stream?scope=${scope}&have=`, { headers }));
    }));
    for (const stream of streams) await stream.frame();
    expect(await socketsOf(object)).toBe(3);
    await streams[2]!.close();
    await vi.waitFor(async () => expect(await socketsOf(object)).toBe(2));
    await nasc.hangUp("ann");
    await vi.waitFor(async () => expect(await socketsOf(object)).toBe(1));
    await streams[1]!.close();
    await vi.waitFor(async () => expect(await socketsOf(object)).toBe(0));
  });

  test("brings nothing once its stream should have ended: the page is asked who it is", async () => {
    let now = Date.now();
    const { app, open, act } = boards({
      maxStreamAge: 60_000,
      object: { clock: { ...systemClock, now: () => now } },
    });
    const { page } = await open("bob");
    await page.next();
    now += 70_000;
    await act("call", "late");
    expect(await page.next()).toEqual({ action: "reopen" });
    expect(JSON.stringify([...page.held])).not.toContain("late");
    await page.close();
    expect(app).toBeDefined();
  });

  test("is not opened for what authorize refuses, and closed once it refuses", async () => {
    const rings: (() => void)[] = [];
    let allowed = true;
    const { app, object } = boards({
      authorize: (_context, { event, id }) => event !== "mount" || id !== "b" || allowed,
      clock: {
        ...systemClock,
        setTimeout: (callback, milliseconds) => {
          if (milliseconds < 10_000) return systemClock.setTimeout(callback, milliseconds);
          return rings.push(callback);
        },
      },
    });
    const query = `scope=${scope}&have=&scope=Counter:visits&have=`;
    const stream = new EventStream(await app.request(`/nasc/stream?${query}`));
    for (let frame = 0; frame < 3; frame++) await stream.frame();
    expect(await socketsOf(object)).toBe(1);
    allowed = false;
    for (const ring of rings.splice(0)) ring();
    let text = "";
    while (!text.includes("forbidden")) text = await stream.frame();
    await vi.waitFor(async () => expect(await socketsOf(object)).toBe(0));
    await stream.close();
    const refused = await app.request(`/nasc/stream?scope=${scope}&have=`);
    expect(refused.status).toBe(403);
    await refused.text();
  });
});

describe("a page that reads slowly", () => {
  test("holds no more than what is newest: it gets the whole when it reads on", async () => {
    const { app, open, act } = boards();
    const slow = await app.request(`/nasc/stream?scope=${scope}&have=`, {
      headers: { "x-user": "bob" },
    });
    const reader = slow.body!.getReader();
    const { page } = await open("bob");
    await page.next();
    const large = (number: number) => `${number}`.padEnd(200_000, "x");
    for (let number = 0; number < 20; number++) {
      await act("call", large(number));
      await page.next();
    }
    let text = "";
    const decoder = new TextDecoder();
    while (!text.includes(`"name":"19x`)) {
      text += decoder.decode((await reader.read()).value, { stream: true });
    }
    await reader.cancel();
    expect(text.length).toBeLessThan(2_500_000);
    expect(text.match(/"action":"\w+"/g)!.at(-1)).toBe('"action":"snapshot"');
    await page.close();
  });
});

describe("many", () => {
  test("40 instances on a page are shown, and each hears of its own change", async () => {
    const { app } = objectApp({ handlers });
    const ids = Array.from({ length: 40 }, (_, index) => `c${index}`);
    const query = ids.map((id) => `scope=Counter:${id}&have=`).join("&");
    const stream = new EventStream(await app.request(`/nasc/stream?${query}`));
    const read = async (count: number) => {
      const seen = new Map<string, number>();
      while (seen.size < count) {
        const frame = JSON.parse((await stream.frame()).slice("data: ".length));
        if (frame.instance) seen.set(frame.instance, frame.rev);
      }
      return seen;
    };
    expect([...(await read(40)).keys()]).toEqual(ids);
    for (const id of ids) {
      await send2(app, { type: "Counter", instance: id, event: "add", payload: 1 });
    }
    expect([...(await read(40)).values()]).toEqual(Array(40).fill(2));
    await stream.close();
  });

  test("300 sockets on one object, each with a view of its own, hear of a change through an eviction", async () => {
    const { open, act, object } = boards();
    const pages = [];
    for (let index = 0; index < 300; index++) {
      const { page } = await open(index % 3 === 0 ? "ann" : "bob");
      await page.next();
      pages.push(page);
    }
    expect(await socketsOf(object)).toBe(300);
    await evictDurableObject(object);
    await act("call", "all");
    await act("hide");
    for (const [index, page] of pages.entries()) {
      while ((page.held.get(scope)?.rev ?? 0) < 3) await page.next();
      const { state } = page.held.get(scope)!;
      expect([index, state.name, "secret" in state]).toEqual([index, "all", index % 3 === 0]);
      await page.close();
    }
  });
});
