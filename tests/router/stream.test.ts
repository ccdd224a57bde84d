import { Hono } from "hono";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createProcessor, type Delay, MemoryHub, MemoryStore, type Store } from "../../mod.ts";
import { attachNasc, type NascOptions } from "../../src/router/mod.ts";
import { counterHandlers as handlers, counterMessage } from "../support/counter.ts";
import { EventStream } from "../support/event-stream.ts";

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

function app(options: Partial<NascOptions> = {}): Hono {
  const app = new Hono();
  attachNasc({ app, handlers, store, onError: () => {}, ...options });
  return app;
}

async function open(app: Hono, query = "scope=Counter:visits"): Promise<EventStream> {
  return new EventStream(await app.request(`/nasc/stream?${query}`));
}

function plainStore(data: Map<string, unknown>): Store {
  return {
    load: (type, id) => Promise.resolve(structuredClone(data.get(`${type}/${id}`) ?? null)),
    persist: (type, id, _diff, full) => {
      data.set(`${type}/${id}`, structuredClone(full));
      return Promise.resolve();
    },
  };
}

async function post(
  app: Hono,
  message: object,
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await app.request("/nasc/event", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(message),
  });
  expect(response.status).toBe(200);
}

function update(value: number, rev: number, instance = "visits"): object {
  const patch = { action: "bindUpdate", type: "Counter", instance, prop: "count", value, rev };
  return { type: "Counter", instance, rev, patches: [patch] };
}

/** Beats when it is told to, and not by a timer. */
class Heart {
  #beat: () => void = () => {};

  readonly delay: Delay = (_milliseconds, signal) =>
    new Promise((resolve) => {
      this.#beat = resolve;
      signal?.addEventListener("abort", () => resolve());
    });

  async beatUntil<T>(event: Promise<T>): Promise<T> {
    return await vi.waitFor(() => {
      this.#beat();
      return Promise.race([event, Promise.reject(new Error("not yet"))]);
    });
  }
}

describe("GET /stream", () => {
  test("starts with a snapshot, mounting what is not there, and goes on with what changes", async () => {
    const routes = app();
    const page = await open(routes);
    expect(await page.next()).toEqual({ event: "snapshot", data: update(0, 1) });
    await post(routes, counterMessage({ payload: 2 }));
    expect(await page.next()).toEqual({ event: "message", data: update(2, 2) });
    await page.close();
  });

  test("tells every viewer of an instance", async () => {
    const routes = app();
    const pages = [await open(routes), await open(routes), await open(routes)];
    for (const page of pages) await page.next();
    await post(routes, counterMessage());
    for (const page of pages) expect((await page.next()).data).toEqual(update(1, 2));
  });

  test("shows several instances, each apart, and nothing of others", async () => {
    const routes = app();
    const page = await open(routes, "scope=Counter:a&scope=Counter:b&scope=Counter:a");
    expect([(await page.next()).data, (await page.next()).data])
      .toEqual([update(0, 1, "a"), update(0, 1, "b")]);
    await post(routes, counterMessage({ instance: "c", event: "mount" }));
    await post(routes, counterMessage({ instance: "c" }));
    await post(routes, counterMessage({ instance: "b" }));
    expect((await page.next()).data).toEqual(update(1, 2, "b"));
  });

  test("tells a slow viewer of many changes at once, and the last of them", async () => {
    const routes = app();
    const page = await open(routes);
    await page.next();
    for (let count = 0; count < 50; count++) await post(routes, counterMessage());
    let last = await page.next();
    let told = 1;
    for (; last.data.rev < 51; told++) last = await page.next();
    expect(last.data).toEqual(update(50, 51));
    expect(told).toBeLessThan(50);
  });

  test("finds at a heartbeat what was changed out of its hub's hearing", async () => {
    const heart = new Heart();
    const page = await open(app({ delay: heart.delay }));
    await page.next();
    const elsewhere = createProcessor(handlers, store);
    await elsewhere(counterMessage({ payload: 4 }));
    expect((await heart.beatUntil(page.next())).data).toEqual(update(4, 2));
  });

  test("tells the whole instance again when it was replaced and its revisions start anew", async () => {
    const heart = new Heart();
    const routes = app({ delay: heart.delay });
    const page = await open(routes);
    await page.next();
    await post(routes, counterMessage());
    expect((await page.next()).data).toEqual(update(1, 2));
    await store.commit([{
      type: "Counter",
      key: "visits",
      value: { count: 70 },
      metadata: { rev: 1 },
    }]);
    expect(await heart.beatUntil(page.next())).toEqual({
      event: "snapshot",
      data: update(70, 1),
    });
    await post(routes, counterMessage());
    expect(await page.next()).toEqual({ event: "message", data: update(71, 2) });
  });

  test("does not tell again what is in the snapshot already", async () => {
    const hub = new MemoryHub();
    const routes = app({ hub });
    await post(routes, counterMessage({ event: "mount" }));
    await post(routes, counterMessage());
    const get = store.get.bind(store);
    store.get = async (type, key) => {
      const entry = await get(type, key);
      hub.publish({ type: "Counter", id: "visits", rev: 1, state: { count: 0 } });
      hub.publish({ type: "Counter", id: "visits", rev: 2, state: { count: 1 } });
      return entry;
    };
    const page = await open(routes);
    expect((await page.next()).data).toEqual(update(1, 2));
    store.get = get;
    await post(routes, counterMessage());
    expect(await page.next()).toEqual({ event: "message", data: update(2, 3) });
  });

  test("gives a sign of life at a heartbeat without changes", async () => {
    const page = await open(app({ heartbeat: 1 }));
    await page.next();
    expect(await page.frame()).toMatch(/^event: heartbeat$/m);
    await page.close();
  });

  test("leaves the hub when its page goes away", async () => {
    const hub = new MemoryHub();
    const left = vi.fn();
    const subscribe = hub.subscribe.bind(hub);
    hub.subscribe = (...parameters) => {
      const leave = subscribe(...parameters);
      return () => (left(), leave());
    };
    const page = await open(app({ hub }));
    await page.next();
    await page.close();
    await vi.waitFor(() => expect(left).toHaveBeenCalledTimes(1));
  });

  test("gives nothing to who only knows another page's clientId", async () => {
    const response = await app().request("/nasc/stream?clientId=victim");
    expect(response.status).toBe(400);
  });

  test("says first how often it will give a sign of life", async () => {
    const page = await open(app({ heartbeat: 1234 }));
    expect(await page.frame()).toBe('event: hello\ndata: {"heartbeat":1234}');
    await page.close();
  });

  test("shows the scopes that may be seen, and says of the others why not", async () => {
    const routes = app({ authorize: (_context, { id }) => id !== "private" });
    const page = await open(routes, "scope=Counter:private&scope=Counter:visits");
    expect((await page.next()).data).toMatchObject({
      instance: "private",
      rev: 0,
      patches: [{ action: "error", code: "forbidden" }],
    });
    expect((await page.next()).data).toEqual(update(0, 1));
    expect(await store.load("Counter", "private")).toBeNull();
    await page.close();
  });

  test("tells of an instance that has become empty which one it is", async () => {
    const note = { type: "Note", instance: "1" };
    const routes = app({ handlers: { Note: { mount: () => ({ text: "x" }), clear: () => ({}) } } });
    await post(routes, { ...note, event: "mount" });
    await post(routes, { ...note, event: "clear" });
    const page = await open(routes, "scope=Note:1");
    expect(await page.next()).toEqual({
      event: "snapshot",
      data: { ...note, rev: 2, patches: [] },
    });
    await page.close();
  });

  test("does not show what happened in another request's store", async () => {
    const stores: Record<string, MemoryStore> = { a: new MemoryStore(), b: new MemoryStore() };
    const routes = app({ store: (context) => stores[context.req.header("x-tenant") ?? "a"]! });
    const page = await open(routes);
    await page.next();
    const elsewhere = { "x-tenant": "b" };
    await post(routes, counterMessage({ event: "mount" }), elsewhere);
    await post(routes, counterMessage({ payload: 4242 }), elsewhere);
    await post(routes, counterMessage({ payload: 1 }));
    expect((await page.next()).data).toEqual(update(1, 2));
    await page.close();
  });

  test("counts on when a plain store is made anew for every request", async () => {
    const data = new Map<string, unknown>();
    const routes = app({ store: () => plainStore(data) });
    const page = await open(routes);
    await page.next();
    for (const count of [1, 2, 3]) {
      await post(routes, counterMessage());
      expect((await page.next()).data).toEqual(update(count, count + 1));
    }
    await page.close();
  });

  test("finds at a heartbeat what another process changed in a plain store", async () => {
    const heart = new Heart();
    const data = new Map<string, unknown>();
    const page = await open(app({ store: plainStore(data), delay: heart.delay }));
    await page.next();
    await plainStore(data).persist("Counter", "visits", {}, { count: 9 });
    expect(await heart.beatUntil(page.next())).toEqual({ event: "snapshot", data: update(9, 1) });
    await page.close();
  });

  test("follows a hub that carries no states", async () => {
    const hub = new MemoryHub();
    const publish = hub.publish.bind(hub);
    hub.publish = ({ type, id, rev }) => publish({ type, id, rev });
    const routes = app({ hub });
    const page = await open(routes);
    await page.next();
    await post(routes, counterMessage({ payload: 3 }));
    expect((await page.next()).data).toEqual(update(3, 2));
    await page.close();
  });

  test("leaves the hub when it cannot be opened", async () => {
    const hub = new MemoryHub();
    let listening = 0;
    const subscribe = hub.subscribe.bind(hub);
    hub.subscribe = (...parameters) => {
      const leave = subscribe(...parameters);
      listening++;
      return () => (listening--, leave());
    };
    let asked = 0;
    const authorize = () => {
      if (++asked === 2) throw new Error("the session store is down");
      return true;
    };
    const response = await app({ hub, authorize }).request(
      "/nasc/stream?scope=Counter:a&scope=Counter:b",
    );
    expect([response.status, listening]).toEqual([500, 0]);
  });

  test.for<[string, number, string]>([
    ["no scope", 400, ""],
    ["a scope without a type", 400, "scope=visits"],
    ["an unknown type", 404, "scope=constructor:x"],
    ["a line break in a scope", 400, "scope=Counter:a%0Aevent:%20x"],
    ["101 scopes", 400, Array.from({ length: 101 }, (_, id) => `scope=Counter:${id}`).join("&")],
  ])("refuses %s", async ([, status, query]) => {
    const response = await app().request(`/nasc/stream?${query}`);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });
});
