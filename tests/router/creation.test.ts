import { describe, expect, test, vi } from "vitest";
import {
  ConflictError,
  type Handlers,
  type InstanceStore,
  MemoryStore,
  Ramify,
  type Schema,
} from "../../mod.ts";
import type { Access, NascOptions } from "../../src/router/mod.ts";
import { instantClock } from "../support/clock.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";
import { Heart, open, send, update } from "./support-stream.ts";
import { app, post, store } from "./support.ts";

const mount = counterMessage({ event: "mount" });
const unsaved = { ok: true, rev: 0, patches: [{ prop: "count", value: 0, rev: 0 }] };

/** An `authorize` that allows everything but creations, until it is told to allow those too. */
function creations(): { allow: boolean; asked: Access[]; authorize: NascOptions["authorize"] } {
  const state = {
    allow: false,
    asked: [] as Access[],
    authorize: (_context: unknown, access: Access) => {
      state.asked.push(access);
      return access.event !== "create" || state.allow;
    },
  };
  return state;
}

/** Counts what a store has committed. */
function commits(): number {
  return vi.mocked(store.commit).mock.calls.length;
}

describe("an instance that may not be created", () => {
  test("is shown in its first state, and nothing is stored", async () => {
    const { authorize, asked } = creations();
    const routes = app({ authorize });
    vi.spyOn(store, "commit");
    for (let times = 0; times < 2; times++) {
      expect(await (await post(routes, mount)).json()).toMatchObject(unsaved);
    }
    const page = await open(routes);
    expect(await page.next()).toEqual({ event: "snapshot", data: update(0, 0) });
    await page.close();
    expect(commits()).toBe(0);
    const visits = { type: "Counter", id: "visits" };
    expect(asked.slice(0, 2)).toEqual([{ ...visits, event: "mount" }, {
      ...visits,
      event: "create",
    }]);
  });

  test("refuses events, alone, in an array and by a form, without running them", async () => {
    const add = vi.fn(counterHandlers.Counter!.add!);
    const first = vi.fn(() => ({ count: 0 }));
    const routes = app({
      authorize: creations().authorize,
      handlers: { Counter: { mount: first, add } },
    });
    const alone = await post(routes, counterMessage());
    expect([alone.status, (await alone.json()).code]).toEqual([403, "forbidden"]);
    const [inArray] = await (await post(routes, [counterMessage()])).json();
    expect(inArray).toMatchObject({ status: 403, code: "forbidden" });
    const form = await routes.request("/nasc/event?type=Counter&instance=visits&event=add", {
      method: "POST",
      body: new URLSearchParams(),
    });
    expect(form.status).toBe(403);
    expect([add.mock.calls.length, first.mock.calls.length]).toEqual([0, 0]);
    expect(await store.load("Counter", "visits")).toBeNull();
  });

  test("answers an event as authorize says", async () => {
    const routes = app({
      authorize: (context, { event }) => event !== "create" || context.text("sign up", 401),
    });
    const alone = await post(routes, counterMessage());
    expect([alone.status, await alone.text()]).toEqual([401, "sign up"]);
    expect(await (await post(routes, [counterMessage()])).json())
      .toMatchObject([{ status: 401, code: "unauthorized" }]);
  });

  test("takes events once it may be created, and refuses to be created no more", async () => {
    const access = creations();
    const routes = app({ authorize: access.authorize });
    expect((await post(routes, counterMessage())).status).toBe(403);
    access.allow = true;
    expect(await (await post(routes, counterMessage({ payload: 5 }))).json())
      .toMatchObject({ ok: true, rev: 1, patches: [{ prop: "count", value: 5, rev: 1 }] });
    access.allow = false;
    access.asked.length = 0;
    expect(await (await post(routes, counterMessage())).json())
      .toMatchObject({ ok: true, rev: 2, patches: [{ value: 6 }] });
    expect(access.asked.map(({ event }) => event)).toEqual(["add"]);
  });

  test("becomes live in a stream as soon as somebody else creates it", async () => {
    const routes = app({
      authorize: (context, { event }) => event !== "create" || !!context.req.header("x-member"),
    });
    const page = await open(routes);
    expect(await page.next()).toEqual({ event: "snapshot", data: update(0, 0) });
    await send(routes, counterMessage({ payload: 3 }), { "x-member": "ada" });
    // What was shown before was never stored, so it is another state that comes into being.
    expect(await page.next()).toEqual({ event: "snapshot", data: update(3, 1) });
    await send(routes, counterMessage());
    expect(await page.next()).toEqual({ event: "message", data: update(4, 2) });
    await page.close();
  });

  test("becomes live at the next heartbeat if another process creates it", async () => {
    const heart = new Heart();
    const routes = app({ authorize: creations().authorize, clock: heart.clock });
    const page = await open(routes);
    await page.next();
    await send(app(), counterMessage({ payload: 3 }));
    expect(await heart.beatUntil(page.next())).toEqual({ event: "snapshot", data: update(3, 1) });
    await page.close();
  });

  test("does nothing that its mount asks for: no update, no work afterwards", async () => {
    const afterwards = vi.fn();
    const handlers: Handlers = {
      Board: {
        async mount(_, context) {
          context.waitUntil(afterwards);
          await context.update("Index", "all", (index) => ({ ...index, boards: 1 }));
          return { title: "new" };
        },
      },
      Index: { mount: () => ({ boards: 0 }) },
    };
    const routes = app({ handlers, authorize: creations().authorize });
    vi.spyOn(store, "commit");
    const board = { type: "Board", instance: "b", event: "mount" };
    expect(await (await post(routes, board)).json()).toMatchObject({ ok: true, rev: 0 });
    expect([commits(), afterwards.mock.calls.length]).toEqual([0, 0]);
    expect(await store.load("Index", "all")).toBeNull();
  });

  test("is no obstacle to the server's own messages, and to what a handler updates", async () => {
    const handlers: Handlers = {
      Account: {
        mount: () => ({ balance: 10 }),
        async pay(to, state, context) {
          await context.update("Account", to, (other) => ({ balance: other.balance + 1 }));
          return { balance: state.balance - 1 };
        },
      },
    };
    const access = creations();
    const routes = app({ handlers, authorize: access.authorize });
    const pay = { type: "Account", instance: "ada", event: "pay", payload: "bob" };
    expect((await post(routes, pay)).status).toBe(403);
    access.allow = true;
    await post(routes, { ...pay, event: "mount" });
    access.allow = false;
    expect((await post(routes, pay)).status).toBe(200);
    expect(await store.load("Account", "bob")).toEqual({ balance: 11 });
    expect(access.asked.filter(({ event, id }) => event === "create" && id === "bob")).toEqual([]);
  });

  test.for<[name: string, store: () => InstanceStore]>([
    ["an adapter", () => new MemoryStore()],
    ["a map", () => new Map()],
    [
      "a Ramify db",
      () =>
        new Ramify().createStore<{ Counter: Schema<{ id: string; count: number }, "id"> }>({
          Counter: { primaryKey: "id" },
        }),
    ],
  ])("goes by the same rules in %s", async ([, make]) => {
    const access = creations();
    const handlers: Handlers = {
      Counter: {
        mount: ({ id }) => ({ id, count: 0 }),
        add: (amount, state) => ({ ...state, count: state.count + amount }),
      },
    };
    const routes = app({ store: make(), handlers, authorize: access.authorize });
    expect(await (await post(routes, mount)).json()).toMatchObject({ rev: 0 });
    expect((await post(routes, counterMessage())).status).toBe(403);
    const page = await open(routes);
    expect((await page.next()).data.rev).toBe(0);
    access.allow = true;
    expect(await (await post(routes, counterMessage())).json()).toMatchObject({ ok: true, rev: 1 });
    expect((await page.next()).data).toMatchObject({
      rev: 1,
      patches: [{ prop: "id" }, { prop: "count", value: 1 }],
    });
    access.allow = false;
    expect(await (await post(routes, mount)).json()).toMatchObject({ rev: 1 });
    await page.close();
  });
});

describe("permission to create", () => {
  test("is asked once a message, however often it runs", async () => {
    const access = creations();
    access.allow = true;
    const routes = app({ authorize: access.authorize, clock: instantClock });
    const commit = store.commit.bind(store);
    let races = 5;
    vi.spyOn(store, "commit").mockImplementation((writes) => {
      if (races-- > 0) return Promise.reject(new ConflictError("memory", "Counter", "visits"));
      return commit(writes);
    });
    expect(await (await post(routes, counterMessage({ eventId: "e1" }))).json())
      .toMatchObject({ ok: true, rev: 1 });
    expect(commits()).toBe(6);
    expect(access.asked.filter(({ event }) => event === "create")).toHaveLength(1);
  });

  test("that fails is an error of the message, and creates nothing", async () => {
    const onError = vi.fn();
    const routes = app({
      authorize: (_context, { event }) => event === "create" ? undefined as never : true,
      onError,
    });
    expect((await post(routes, counterMessage())).status).toBe(500);
    expect((await post(routes, mount)).status).toBe(500);
    expect((await routes.request("/nasc/stream?scope=Counter:visits")).status).toBe(500);
    expect(String(onError.mock.calls[0]![0])).toContain(
      "Cannot authorize create of Counter/visits: authorize returned undefined",
    );
    expect(await store.load("Counter", "visits")).toBeNull();
  });

  test("lets two first mounts at once create an instance once", async () => {
    const access = creations();
    access.allow = true;
    const routes = app({ authorize: access.authorize });
    vi.spyOn(store, "commit");
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(routes, mount)));
    expect(await Promise.all(answers.map(async (answer) => (await answer.json()).rev)))
      .toEqual(Array(20).fill(1));
    expect(commits()).toBe(1);
  });

  test("lets first events at once, some of them allowed to create, apply those and refuse none after", async () => {
    const routes = app({
      authorize: (context, { event }) => event !== "create" || !!context.req.header("x-member"),
    });
    const answers = await Promise.all(
      Array.from(
        { length: 20 },
        (_, index) => post(routes, counterMessage(), index % 2 === 1 ? { "x-member": "ada" } : {}),
      ),
    );
    const applied = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => status !== 200 && status !== 403)).toEqual([]);
    expect(applied).toBeGreaterThanOrEqual(10);
    expect(await store.load("Counter", "visits")).toEqual({ count: applied });
  });
});

test("20 strangers who open 100 instances each leave nothing in the storage", async () => {
  const routes = app({ authorize: creations().authorize });
  vi.spyOn(store, "commit");
  for (let request = 0; request < 20; request++) {
    const ids = Array.from({ length: 100 }, (_, index) => `${request}-${index}`);
    const page = await open(routes, ids.map((id) => `scope=Counter:${id}`).join("&"));
    for (const id of ids) {
      expect(await page.next()).toEqual({ event: "snapshot", data: update(0, 0, id) });
    }
    await page.close();
  }
  expect(commits()).toBe(0);
  for await (const entry of store.list("Counter")) throw new Error(`found ${entry.key}`);
});
