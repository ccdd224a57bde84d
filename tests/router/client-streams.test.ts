import { Hono } from "hono";
import { describe, expect, test, vi } from "vitest";
import { type Handlers, MemoryHub, MemoryStore, NascError } from "../../mod.ts";
import { attachNasc, type NascOptions } from "../../src/router/mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { counterMessage } from "../support/counter.ts";
import { EventStream } from "../support/event-stream.ts";
import { countingHub } from "./support-stream.ts";
import { app, handlers, post, store } from "./support.ts";

/** A browser with the first Nasc's client: it keeps cookies, and names its clientId in all that it sends. */
class Browser {
  readonly #app: Hono;
  readonly #clientId: string;
  readonly #headers: Record<string, string>;
  cookie = "";

  constructor(app: Hono, clientId = "k3x9", headers: Record<string, string> = {}) {
    this.#app = app;
    this.#clientId = clientId;
    this.#headers = headers;
  }

  async request(): Promise<Response> {
    const headers = { ...this.#headers, ...(this.cookie && { cookie: this.cookie }) };
    const url = `http://rian.test/nasc/stream?clientId=${this.#clientId}`;
    return await this.#app.request(url, { headers });
  }

  /** Opens the stream, as a tab does. */
  async open(): Promise<EventStream> {
    const response = await this.request();
    expect(response.status).toBe(200);
    this.cookie = response.headers.get("set-cookie")!.split(";")[0]!;
    return new EventStream(response);
  }

  /** Posts a message as that client does: it reads nothing of the answer. */
  async send(message: object): Promise<number> {
    const headers = { ...this.#headers, ...(this.cookie && { cookie: this.cookie }) };
    const response = await post(this.#app, { ...message, clientId: this.#clientId }, headers);
    await response.text();
    return response.status;
  }

  mount(instance = "Counter:visits"): Promise<number> {
    return this.send({ event: "mount", instance, payload: {} });
  }

  add(amount: number, instance = "Counter:visits"): Promise<number> {
    return this.send({ event: "add", instance, payload: amount });
  }
}

/** Returns what that client gets of a counter: an array of patches, in an event without a name. */
function count(value: number, instance = "Counter:visits"): object {
  const patch = { action: "bindUpdate", type: "Counter", prop: "count", instance, value };
  return { event: "message", data: [expect.objectContaining(patch)] };
}

function failure(code: string): object {
  return {
    event: "message",
    data: [expect.objectContaining({ action: "error", code, message: expect.any(String) })],
  };
}

describe("GET /stream?clientId=…, which the first Nasc's client opens", () => {
  test("is not opened by a request for its head", async () => {
    const routes = app();
    const url = "http://rian.test/nasc/stream?clientId=k3x9";
    const { status } = await routes.request(url, { method: "HEAD" });
    expect(status).toBe(200);
    // The clientId belongs to nobody yet.
    await (await new Browser(routes).open()).close();
  });

  test("holds no event any longer when it has ended", async () => {
    const authorize = (_: unknown, { event }: { event: string }) =>
      event !== "mount" || new Promise<boolean>(() => {});
    const routes = app({ authorize });
    const browser = new Browser(routes);
    const tab = await browser.open();
    const sent = browser.add(2);
    await vi.waitFor(async () => expect(await store.load("Counter", "visits")).toBeTruthy());
    await tab.close();
    expect(await sent).toBe(200);
  });

  test("stays open while it follows nothing yet", async () => {
    const clock = new SteppedClock();
    let asked = 0;
    const user = () => ++asked;
    const routes = app({ clock, user, identify: () => "ada" });
    const browser = new Browser(routes);
    const tab = await browser.open();
    clock.pass(60_000);
    await vi.waitFor(() => expect(asked).toBe(2));
    expect(await browser.mount()).toBe(200);
    expect(await tab.next()).toEqual(count(0));
    await tab.close();
  });

  test("shows what the page mounts and sends events to, and what others change there", async () => {
    const routes = app();
    const browser = new Browser(routes);
    const tab = await browser.open();
    expect(await browser.mount()).toBe(200);
    expect(await tab.next()).toEqual(count(0));
    expect(await browser.add(2)).toBe(200);
    expect(await tab.next()).toEqual(count(2));
    await post(routes, counterMessage({ payload: 3 }));
    expect(await tab.next()).toEqual(count(5));
    await tab.close();
  });

  test("follows an instance from the first event on, without a mount", async () => {
    const routes = app();
    await post(routes, counterMessage({ event: "mount" }));
    const browser = new Browser(routes);
    const tab = await browser.open();
    await browser.add(1);
    expect(await tab.next()).toEqual(count(1));
    await post(routes, counterMessage());
    expect(await tab.next()).toEqual(count(2));
    await tab.close();
  });

  test("names each instance as the page does: by its id, or by type and id", async () => {
    const routes = app();
    const [browser, later] = [new Browser(routes), new Browser(routes, "later")];
    const [tab, other] = [await browser.open(), await later.open()];
    await browser.mount("Counter:a:b");
    expect(await tab.next()).toEqual(count(0, "Counter:a:b"));
    await later.send({ event: "mount", type: "Counter", instance: "a:b", payload: {} });
    expect(await other.next()).toEqual(count(0, "a:b"));
    await later.send({ event: "add", type: "Counter", instance: "a:b", payload: 1 });
    expect(await tab.next()).toEqual(count(1, "Counter:a:b"));
    expect(await other.next()).toEqual(count(1, "a:b"));
    await tab.close();
    await other.close();
  });

  test("sends schemas with the first state, and values as JSON", async () => {
    const schema = { type: "object" };
    const browser = new Browser(app({ schemaProvider: { Counter: schema } }));
    const tab = await browser.open();
    await browser.mount();
    const { data } = await tab.next();
    expect(data).toEqual([
      { action: "schema", type: "Counter", instance: "Counter:visits", schema },
      expect.objectContaining({ action: "bindUpdate", value: 0 }),
    ]);
    await browser.mount("User:me");
    await tab.next();
    await browser.send({ event: "rich", instance: "User:me" });
    expect((await tab.next()).data).toContainEqual(
      expect.objectContaining({ prop: "at", value: "1970-01-01T00:00:00.000Z" }),
    );
    await tab.close();
  });

  test("says why an event was refused or failed, as the answer does", async () => {
    const browser = new Browser(app());
    const tab = await browser.open();
    await browser.mount("User:me");
    await tab.next();
    expect(await browser.send({ event: "rename", instance: "User:me", payload: {} })).toBe(422);
    expect(await tab.next()).toEqual(failure("no-name"));
    expect(await browser.send({ event: "fail", instance: "User:me" })).toBe(500);
    const { data } = await tab.next();
    expect(data).toEqual([expect.objectContaining({ code: "internal", instance: "User:me" })]);
    expect(JSON.stringify(data)).not.toContain("10.0.0.7");
    expect(await browser.send({ event: "mount", instance: "Nobody:x" })).toBe(404);
    expect(await tab.next()).toEqual(failure("unknown-type"));
    await tab.close();
  });

  test("shows all tabs of the browser the same, and nothing twice", async () => {
    const browser = new Browser(app());
    const first = await browser.open();
    await browser.mount();
    expect(await first.next()).toEqual(count(0));
    const second = await browser.open();
    await browser.mount();
    expect(await second.next()).toEqual(count(0));
    await browser.add(1);
    expect(await first.next()).toEqual(count(1));
    expect(await second.next()).toEqual(count(1));
    await second.close();
    await browser.add(1);
    expect(await first.next()).toEqual(count(2));
    await first.close();
  });

  test("mounts an instance once, however many messages name it at the same time", async () => {
    const browser = new Browser(app());
    const tab = await browser.open();
    await Promise.all([browser.mount(), browser.add(1), browser.mount(), browser.mount()]);
    await browser.add(10);
    const seen: number[] = [];
    while (seen.at(-1) !== 11 && seen.at(-1) !== 10) seen.push((await tab.next()).data[0].value);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await tab.close();
  });

  test("sends the first state of an instance before any change of it", async () => {
    const hub = new MemoryHub();
    const gate = Promise.withResolvers<void>();
    const mounting = Promise.withResolvers<void>();
    const slow: Handlers = {
      Counter: {
        async mount() {
          mounting.resolve();
          await gate.promise;
          return { count: 0 };
        },
      },
    };
    const browser = new Browser(app({ hub, handlers: slow }));
    const tab = await browser.open();
    const mounted = browser.mount();
    await mounting.promise;
    // The stream has not subscribed before its own mount, which waits for this one.
    const subscribed = Promise.withResolvers<void>();
    const subscribe = hub.subscribe.bind(hub);
    hub.subscribe = (...parameters) => {
      queueMicrotask(() => {
        hub.publish(store, {
          kind: "change",
          type: "Counter",
          id: "visits",
          rev: 5,
          state: { count: 5 },
        });
        subscribed.resolve();
      });
      return subscribe(...parameters);
    };
    gate.resolve();
    await subscribed.promise;
    await mounted;
    expect(await tab.next()).toEqual(count(0));
    expect(await tab.next()).toEqual(count(5));
    await tab.close();
  });

  test("takes up after a restart, when the page mounts again", async () => {
    const browser = new Browser(app());
    const before = await browser.open();
    await browser.mount();
    await browser.add(4);
    await before.close();

    const restarted = new Browser(app());
    restarted.cookie = browser.cookie;
    // Its tab has not come back yet.
    expect(await restarted.add(1)).toBe(200);
    const tab = await restarted.open();
    expect(restarted.cookie).toBe(browser.cookie);
    await restarted.mount();
    expect(await tab.next()).toEqual(count(5));
    await tab.close();
  });

  test("opens nothing without a clientId, or for one that is no id", async () => {
    const routes = app();
    for (const query of ["", "?clientId=", "?clientId=a%0Ab", `?clientId=${"a".repeat(129)}`]) {
      const response = await routes.request(`/nasc/stream${query}`);
      expect(response.status).toBe(400);
      expect(response.headers.get("set-cookie")).toBeNull();
    }
  });

  test("runs an event whose clientId is not open here, and follows nothing for it", async () => {
    const routes = app();
    expect((await post(routes, counterMessage({ event: "mount", clientId: "x" }))).status).toBe(
      200,
    );
    const browser = new Browser(routes, "x");
    const tab = await browser.open();
    await post(routes, counterMessage());
    await browser.mount("Counter:other");
    expect(await tab.next()).toEqual(count(0, "Counter:other"));
    await tab.close();
  });
});

describe("a clientId belongs to the browser that opened its stream", () => {
  test("by a cookie that no script reads and no other site sends", async () => {
    const routes = app();
    const plain = (await routes.request("http://rian.test/nasc/stream?clientId=a")).headers;
    expect(plain.get("set-cookie")).toMatch(
      /^nasc_client=[\w-]{36}; Max-Age=34560000; HttpOnly; SameSite=Strict$/,
    );
    const secure = /^nasc_client=[\w-]{36}; Max-Age=34560000; HttpOnly; Secure; SameSite=Strict$/;
    const https = await routes.request("https://rian.test/nasc/stream?clientId=b");
    expect(https.headers.get("set-cookie")).toMatch(secure);
    const headers = { referer: "https://rian.test/page" };
    const behindProxy = await routes.request("http://rian.test/nasc/stream?clientId=c", {
      headers,
    });
    expect(behindProxy.headers.get("set-cookie")).toMatch(secure);
  });

  test("so another browser that names it is refused, sees nothing and disturbs nothing", async () => {
    const routes = app();
    const owner = new Browser(routes, "victim");
    const tab = await owner.open();
    await owner.mount();
    await tab.next();

    const [stranger, other] = [new Browser(routes, "victim"), new Browser(routes, "mine")];
    await (await other.open()).close();
    for (const cookie of ["", other.cookie, "nasc_client=", "nasc_client=__proto__"]) {
      stranger.cookie = cookie;
      const response = await stranger.request();
      expect(response.status).toBe(403);
      expect(response.headers.get("set-cookie")).toBeNull();
      expect(await response.json()).toMatchObject({
        code: "forbidden",
        detail: "This clientId belongs to another browser",
      });
      expect(await stranger.add(100)).toBe(403);
      expect(await stranger.mount("Counter:theirs")).toBe(403);
    }
    await owner.add(1);
    expect(await tab.next()).toEqual(count(1));
    expect(await store.load("Counter", "theirs")).toBeNull();
    await tab.close();
  });

  test("in the store of its own tenant, and nothing of another tenant's is shown", async () => {
    const routes = new Hono();
    const stores: Record<string, MemoryStore> = {};
    attachNasc({
      app: routes,
      handlers,
      onError: () => {},
      store(context) {
        const source = context.req.header("tenant")!;
        return stores[source] ??= Object.assign(new MemoryStore(), { source });
      },
    });
    const [a, b] = [
      new Browser(routes, "x", { tenant: "a" }),
      new Browser(routes, "x", { tenant: "b" }),
    ];
    const [tabA, tabB] = [await a.open(), await b.open()];
    await a.mount();
    await b.mount();
    expect(await tabA.next()).toEqual(count(0));
    expect(await tabB.next()).toEqual(count(0));
    // The browser of the one holds the cookie of the other, as it does on one host.
    b.cookie = a.cookie;
    expect(await b.add(7)).toBe(403);
    await a.add(1);
    expect(await tabA.next()).toEqual(count(1));
    await tabA.close();
    await tabB.close();
  });

  test("until its streams end, and at most 20 of them are open", async () => {
    const routes = app();
    const browser = new Browser(routes);
    const tabs = [];
    for (let tab = 0; tab < 20; tab++) tabs.push(await browser.open());
    const refused = await browser.request();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "limited" });
    await tabs.pop()!.close();
    tabs.push(await browser.open());
    for (const tab of tabs) await tab.close();
    const another = new Browser(routes);
    await (await another.open()).close();
  });
});

describe("what such a stream shows", () => {
  test("is what authorize lets its own request mount, and the rest is said to be refused", async () => {
    const asked: string[] = [];
    const browser = new Browser(app({
      authorize(_context, { id, event }) {
        asked.push(`${event} ${id}`);
        return id !== "private";
      },
    }));
    const tab = await browser.open();
    expect(asked).toEqual([]);
    expect(await browser.mount("Counter:private")).toBe(403);
    expect(await tab.next()).toEqual(failure("forbidden"));
    await browser.mount();
    expect(await tab.next()).toEqual(count(0));
    expect(asked).toEqual(["mount private", "mount visits", "create visits", "mount visits"]);
    expect(await store.load("Counter", "private")).toBeNull();
    await tab.close();
  });

  test("is only what its own event changed, of an instance that it may not mount", async () => {
    const routes = app({ authorize: (_context, { id, event }) => event === "add" || id !== "box" });
    await store.commit([{ type: "Counter", key: "box", value: { count: 0 } }]);
    const browser = new Browser(routes);
    const tab = await browser.open();
    await browser.add(2, "Counter:box");
    expect(await tab.next()).toEqual(count(2, "Counter:box"));
    await post(routes, counterMessage({ instance: "box" }));
    await browser.mount();
    expect(await tab.next()).toEqual(count(0));
    await tab.close();
  });

  test("is limited when it opens, and for each instance that it follows", async () => {
    const asked: string[] = [];
    let room = 2;
    const routes = app({
      limit(_context, { kind, count, type, id }) {
        asked.push(`${kind} ${count} ${type}:${id}`);
        return kind !== "stream" || room-- > 0 || { retryAfter: 5_000 };
      },
    });
    const browser = new Browser(routes);
    const tab = await browser.open();
    await browser.mount("Counter:a");
    expect(await tab.next()).toEqual(count(0, "Counter:a"));
    await browser.mount("Counter:b");
    expect(await tab.next()).toEqual(count(0, "Counter:b"));
    expect(asked).toEqual([
      "stream 1 :",
      ...["event 1 Counter:a", "create 1 Counter:a", "stream 1 Counter:a"],
      ...["event 1 Counter:b", "create 1 Counter:b", "stream 1 Counter:b"],
    ]);
    // The second one is not followed.
    await post(routes, counterMessage({ instance: "b" }));
    await post(routes, counterMessage({ instance: "a" }));
    expect(await tab.next()).toEqual(count(1, "Counter:a"));
    await tab.close();

    const refused = await browser.request();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    expect(refused.headers.get("set-cookie")).toBeNull();
  });

  test("ends with the permission, at the next time of asking", async () => {
    const clock = new SteppedClock();
    let allowed = true;
    const routes = app({ clock, heartbeat: 3_600_000, authorize: () => allowed });
    const browser = new Browser(routes);
    const tab = await browser.open();
    await browser.mount();
    await tab.next();
    allowed = false;
    clock.pass(60_000);
    expect(await tab.next()).toEqual(failure("forbidden"));
    expect((await tab.rest()).map(({ event }) => event)).toEqual(["end"]);
  });

  test("ends when its user is hung up, and when it is old", async () => {
    const clock = new SteppedClock();
    const routes = new Hono();
    const { hangUp } = attachNasc(
      {
        app: routes,
        handlers,
        store,
        clock,
        heartbeat: 10 * 3_600_000,
        random: () => 0.5,
        user: (context) => context.req.header("user"),
      } as NascOptions & { app: Hono },
    );
    const [ann, bob] = [
      new Browser(routes, "a", { user: "ann" }),
      new Browser(routes, "b", { user: "bob" }),
    ];
    const [anns, bobs] = [await ann.open(), await bob.open()];
    await ann.mount();
    await bob.mount();
    await anns.next();
    await bobs.next();
    await hangUp("ann");
    expect((await anns.rest()).map(({ event }) => event)).toEqual(["reopen"]);
    await bob.add(1);
    expect(await bobs.next()).toEqual(count(1));
    for (let minutes = 0; minutes < 60; minutes++) clock.pass(60_000);
    expect((await bobs.rest()).map(({ event }) => event)).toEqual(["reopen"]);
    const again = await ann.open();
    await ann.mount();
    expect(await again.next()).toEqual(count(1));
    await again.close();
  });

  test("is at most 100 instances, and what events change beyond", async () => {
    const routes = app();
    const browser = new Browser(routes);
    const tab = await browser.open();
    for (let id = 0; id < 101; id++) {
      await browser.mount(`Counter:${id}`);
      expect(await tab.next()).toEqual(count(0, `Counter:${id}`));
    }
    await post(routes, counterMessage({ instance: "100" }));
    await post(routes, counterMessage({ instance: "99" }));
    expect(await tab.next()).toEqual(count(1, "Counter:99"));
    await browser.add(1, "Counter:100");
    expect(await tab.next()).toEqual(count(2, "Counter:100"));
    await tab.close();
  });

  test("leaves nothing behind in the hub", async () => {
    const { hub, listening } = countingHub();
    const browser = new Browser(app({ hub }));
    const tab = await browser.open();
    await Promise.all([browser.mount(), browser.mount(), browser.mount("Counter:b")]);
    await tab.next();
    await tab.close();
    await expect.poll(listening).toBe(0);
  });
});

test("an error that a handler of the first Nasc throws for people reaches its page", async () => {
  const own: Handlers = {
    Box: {
      mount: () => ({ open: false }),
      open() {
        throw new NascError("stuck", "It is stuck");
      },
    },
  };
  const browser = new Browser(app({ handlers: own }));
  const tab = await browser.open();
  await browser.mount("Box:1");
  await tab.next();
  await browser.send({ event: "open", instance: "Box:1" });
  expect((await tab.next()).data).toMatchObject([{ message: "It is stuck", instance: "Box:1" }]);
  await tab.close();
});
