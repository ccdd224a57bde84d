import { Hono } from "hono";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Handlers, MemoryStore, NascError } from "../../mod.ts";
import { attachNasc, nasc, type NascOptions } from "../../src/router/mod.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

const handlers: Handlers = {
  ...counterHandlers,
  User: {
    mount: () => ({ name: "Guest" }),
    rename({ name }, state) {
      if (!name) {
        throw new NascError("no-name", "Everybody has a name", { fields: { name: "missing" } });
      }
      return { ...state, name };
    },
    fail() {
      throw new Error("the database at 10.0.0.7 said no");
    },
    rich: () => ({
      at: new Date(0),
      big: 10n,
      map: new Map([["a", 1]]),
      set: new Set([1]),
      gone: NaN,
    }),
  },
};

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

function app(options: Partial<NascOptions> = {}): Hono {
  const app = new Hono();
  attachNasc({ app, handlers, store, onError: () => {}, ...options });
  return app;
}

function post(app: Hono, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return Promise.resolve(app.request("http://rian.test/nasc/event", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  }));
}

const user = { type: "User", instance: "me" };

describe("POST /event", () => {
  test("answers what changed, with the event's id and the revision", async () => {
    const routes = app();
    await post(routes, counterMessage({ event: "mount" }));
    const response = await post(routes, counterMessage({ eventId: "e1" }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ok: true,
      eventId: "e1",
      rev: 2,
      patches: [{
        action: "bindUpdate",
        type: "Counter",
        instance: "visits",
        prop: "count",
        value: 1,
        rev: 2,
      }],
    });
  });

  test("takes an array, runs it in order and answers each", async () => {
    const messages = [
      counterMessage({ event: "mount" }),
      counterMessage({ event: "unknown" }),
      { type: "__proto__" },
      counterMessage(),
    ];
    const response = await post(app(), messages);
    expect(
      (await response.json()).map((answer: { ok?: boolean; status?: number }) =>
        answer.ok ?? answer.status
      ),
    )
      .toEqual([true, 404, 400, true]);
  });

  test("shows types that JSON does not know as a page can use them", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    const { patches } = await (await post(routes, { ...user, event: "rich" })).json();
    const values = Object.fromEntries(
      patches.map((patch: { prop: string; value: unknown }) => [patch.prop, patch.value]),
    );
    expect(values).toMatchObject({
      at: "1970-01-01T00:00:00.000Z",
      big: "10",
      map: { a: 1 },
      set: [1],
      gone: null,
      name: null,
    });
  });

  test("without script takes a form and leads back to its page", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    const response = await routes.request(
      "http://rian.test/nasc/event?type=User&instance=me&event=rename",
      {
        method: "POST",
        headers: { "origin": "http://rian.test", "referer": "http://rian.test/profile?tab=1" },
        body: new URLSearchParams({ name: "Ada" }),
      },
    );
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      "http://rian.test/profile?tab=1",
    ]);
    expect(await store.load("User", "me")).toEqual({ name: "Ada" });
  });

  test("never leads a form to another site", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    const response = await routes.request(
      "http://rian.test/nasc/event?type=User&instance=me&event=rename",
      {
        method: "POST",
        headers: { "referer": "https://evil.test/" },
        body: new URLSearchParams({ name: "Ada" }),
      },
    );
    expect(response.headers.get("location")).toBe("/");
  });

  test("refuses a form with files", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    const body = new FormData();
    body.set("name", new File(["x"], "x.txt"));
    const path = "http://rian.test/nasc/event?type=User&instance=me&event=rename";
    const response = await routes.request(path, { method: "POST", body });
    expect([response.status, await store.load("User", "me")]).toEqual([400, { name: "Guest" }]);
  });

  test("finishes an event that has begun, though nobody waits for the answer", async () => {
    const kept: Promise<unknown>[] = [];
    const context = {
      waitUntil: (work: Promise<unknown>) => kept.push(work),
      passThroughOnException: () => {},
      props: {},
    };
    const request = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...user, event: "mount" }),
    };
    const response = await app().request("/nasc/event", request, {}, context as never);
    expect(await kept[0]).toMatchObject({ ok: true, rev: 1 });
    expect(response.status).toBe(200);
  });

  test("lets a handler know when the sender has gone", async () => {
    const gone = new AbortController();
    const signals: (AbortSignal | undefined)[] = [];
    const routes = app({
      handlers: { User: { mount: (_, context) => (signals.push(context.signal), {}) } },
    });
    await routes.request(
      new Request("http://rian.test/nasc/event", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...user, event: "mount" }),
        signal: gone.signal,
      }),
    );
    gone.abort();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test("is neither cached, nor guessed at, nor framed", async () => {
    const { headers } = await post(app(), { ...user, event: "mount" });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
  });

  test.for<[string, number, string, object]>([
    ["an unknown event", 404, "unknown-event", { ...user, event: "constructor" }],
    ["an unknown type", 404, "unknown-type", { ...user, type: "toString", event: "mount" }],
    ["an event before mount", 409, "not-mounted", { ...user, instance: "new", event: "rename" }],
    ["a message without an instance", 400, "invalid-message", { type: "User", event: "mount" }],
    ["an error meant for people", 422, "no-name", { ...user, event: "rename", payload: {} }],
    ["a handler that fails", 500, "internal", { ...user, event: "fail" }],
  ])(
    "answers %s with %i, problem details and an error patch",
    async ([, status, code, message]) => {
      const routes = app();
      await post(routes, { ...user, event: "mount" });
      const response = await post(routes, message);
      const problem = await response.json();
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(problem).toMatchObject({
        type: "about:blank",
        status,
        code,
        patches: [{ action: "error", code }],
      });
      expect(JSON.stringify(problem)).not.toMatch(/10\.0\.0\.7|at .*\.ts/);
    },
  );

  test("logs a failure whole, and hands its event id to the sender", async () => {
    const onError = vi.fn();
    const routes = app({ onError });
    await post(routes, { ...user, event: "mount" });
    const { eventId } = await (await post(routes, { ...user, event: "fail" })).json();
    expect(onError).toHaveBeenCalledWith(
      expect.objectContaining({ message: "the database at 10.0.0.7 said no" }),
      expect.objectContaining({ eventId }),
    );
  });

  test.for<[string, number, string, Record<string, string>]>([
    ["text/plain", 415, JSON.stringify({ ...user, event: "mount" }), {
      "content-type": "text/plain",
    }],
    ["what is not JSON", 400, "not json", {}],
    ["a body of 50 MB", 413, JSON.stringify("x".repeat(50_000_000)), {}],
    [
      "a million keys",
      413,
      `{${Array.from({ length: 1_000_000 }, (_, key) => `"k${key}":1`).join()}}`,
      {},
    ],
    [
      "JSON nested 100,000 deep",
      400,
      `{"type":"User","instance":"me","event":"rename","payload":${"[".repeat(100_000)}${
        "]".repeat(100_000)
      }}`,
      {},
    ],
    ["101 messages", 413, JSON.stringify(Array(101).fill({ ...user, event: "mount" })), {}],
  ])("refuses %s with %i", async ([, status, body, headers]) => {
    const response = await post(app(), body, headers);
    expect(response.status).toBe(status);
    expect((await response.json()).status).toBe(status);
    expect(await store.load("User", "me")).toBeNull();
  });

  test("refuses a body that grows over the limit while it streams in", async () => {
    const routes = app({ maxBodyBytes: 1000 });
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(" ".repeat(400)));
      },
    });
    const response = await routes.request("http://rian.test/nasc/event", {
      method: "POST",
      headers: { "content-type": "application/json", "transfer-encoding": "chunked" },
      body,
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
  });
});

describe("another origin", () => {
  const elsewhere: [string, Record<string, string>][] = [
    ["an Origin", { "origin": "https://evil.test" }],
    ["an opaque Origin", { "origin": "null" }],
    ["a cross-site Sec-Fetch-Site", { "sec-fetch-site": "cross-site" }],
    ["a sibling subdomain", { "sec-fetch-site": "same-site" }],
  ];

  test.for(elsewhere)(
    "that shows by %s can neither send, nor listen, nor read",
    async ([, headers]) => {
      const routes = app();
      const answers = [
        await post(routes, { ...user, event: "mount" }, headers),
        await routes.request("http://rian.test/nasc/stream?scope=User:me", { headers }),
        await routes.request("http://rian.test/nasc/manifest", { headers }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
      expect(await store.load("User", "me")).toBeNull();
    },
  );

  test("may be let in by name, as a browser asks for it", async () => {
    const routes = app({ origins: ["https://app.test"] });
    const headers = { "origin": "https://app.test", "sec-fetch-site": "cross-site" };
    const preflight = await routes.request("http://rian.test/nasc/event", {
      method: "OPTIONS",
      headers: {
        ...headers,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      },
    });
    const response = await post(routes, { ...user, event: "mount" }, headers);
    expect([preflight.ok, response.status]).toEqual([true, 200]);
    for (const { headers } of [preflight, response]) {
      expect(headers.get("access-control-allow-origin")).toBe("https://app.test");
      expect(headers.get("access-control-allow-credentials")).toBe("true");
    }
  });

  test("is not what a proxy makes of the own one by calling the host differently", async () => {
    const response = await post(app(), { ...user, event: "mount" }, {
      "origin": "https://shop.example",
      "sec-fetch-site": "same-origin",
    });
    expect(response.status).toBe(200);
  });

  test("is not what a person typed into the address bar", async () => {
    const response = await app().request("/nasc/manifest", {
      headers: { "sec-fetch-site": "none" },
    });
    expect(response.status).toBe(200);
  });

  test("is not what a TLS-ending proxy makes of the own one", async () => {
    const response = await post(app(), { ...user, event: "mount" }, {
      "origin": "https://rian.test",
      "sec-fetch-site": "same-origin",
    });
    expect(response.status).toBe(200);
  });
});

describe("authorize", () => {
  test("is asked about every event, stream and schema, and its no is a 403", async () => {
    const authorize = vi.fn(() => false);
    const routes = app({ authorize, schemaProvider: { User: {} } });
    const answers = [
      await post(routes, { ...user, event: "rename" }),
      await routes.request("/nasc/stream?scope=User:me"),
      await routes.request("/nasc/schema/User"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(authorize.mock.calls.map((call) => (call as unknown[])[1])).toEqual([
      { type: "User", id: "me", event: "rename" },
      { type: "User", id: "me", event: "mount" },
      { type: "User", id: undefined, event: "schema" },
    ]);
  });

  test("hides the types that it says no to", async () => {
    const routes = app({
      authorize: (_context, { type }) => type !== "User",
      schemaProvider: { User: {}, Counter: {} },
    });
    expect(Object.keys(await (await routes.request("/nasc/manifest")).json())).toEqual(["Counter"]);
    expect(await (await routes.request("/nasc/schema")).json()).toEqual({ types: ["Counter"] });
  });

  test("is not got around by an event that changes an instance which it says no to", async () => {
    const bank: Handlers = {
      Account: {
        mount: () => ({ balance: 100, owner: "secret" }),
        async pay({ to, amount }, state, context) {
          await context.update(
            "Account",
            to,
            (other) => ({ ...other, balance: other.balance + amount }),
          );
          return { ...state, balance: state.balance - amount };
        },
      },
    };
    const routes = app({ handlers: bank, authorize: (_context, { id }) => id === "mallory" });
    const account = { type: "Account", instance: "mallory" };
    await post(routes, { ...account, event: "mount" });
    const response = await post(routes, {
      ...account,
      event: "pay",
      payload: { to: "victim", amount: 1 },
    });
    expect(await response.json()).toMatchObject({ ok: true, patches: [{ instance: "mallory" }] });
    expect(await store.load("Account", "victim")).toEqual({ balance: 101, owner: "secret" });
  });

  test("knows the request, and so does the handler know the user", async () => {
    const seen: unknown[] = [];
    const routes = app({
      handlers: { User: { mount: (_, context) => (seen.push(context.user), {}) } },
      authorize: (context) => context.req.header("x-user") === "ada",
      user: async (context) => context.req.header("x-user"),
    });
    expect((await post(routes, { ...user, event: "mount" })).status).toBe(403);
    expect((await post(routes, { ...user, event: "mount" }, { "x-user": "ada" })).status).toBe(200);
    expect(seen).toEqual(["ada"]);
  });
});

describe("what goes wrong on the way to an event", () => {
  const failing = () => {
    throw new Error("the session store at 10.0.0.8 is down");
  };

  test.for<[string, Partial<NascOptions>]>([
    ["authorize", { authorize: failing }],
    ["user", { user: failing }],
    ["store", { store: failing }],
  ])(
    "in %s is logged whole, alone and in an array, and answered with the event's id",
    async ([, options]) => {
      const onError = vi.fn();
      const routes = app({ ...options, onError });
      const message = { ...user, event: "mount", eventId: "e1" };
      const alone = await (await post(routes, message)).json();
      const [inArray] = await (await post(routes, [message])).json();
      expect([alone, inArray]).toMatchObject([{ status: 500, eventId: "e1" }, {
        status: 500,
        eventId: "e1",
      }]);
      expect(JSON.stringify([alone, inArray])).not.toContain("10.0.0.8");
      const logged = [expect.objectContaining({ message: expect.stringContaining("10.0.0.8") }), {
        eventId: "e1",
      }];
      expect(onError.mock.calls).toEqual([logged, logged]);
    },
  );

  test("in the log itself changes nothing for the sender", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const routes = app({ onError: failing });
    await post(routes, { ...user, event: "mount" });
    const response = await post(routes, { ...user, event: "fail" });
    expect([response.status, (await response.json()).code]).toEqual([500, "internal"]);
  });

  test("in the storage is a 503 that says when to come back", async () => {
    const routes = app({ delay: () => Promise.resolve() });
    await post(routes, counterMessage({ event: "mount" }));
    store.commit = () => Promise.reject(new Error("no answer"));
    const response = await post(routes, counterMessage({ eventId: "e1" }));
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  });
});

describe("the other routes", () => {
  test("describe types, events and schemas", async () => {
    const hidden = { _Internal: handlers["Counter"]! };
    const routes = app({
      handlers: { ...handlers, ...hidden },
      schemaProvider: { User: { type: "object" } },
    });
    const read = async (path: string) => (await routes.request(path)).json();
    expect(await read("/nasc/manifest")).toEqual({
      Counter: { events: ["add"], hasMount: true },
      User: { events: ["fail", "rename", "rich"], hasMount: true },
    });
    expect(await read("/nasc/schema")).toEqual({ types: ["User"] });
    expect(await read("/nasc/schema/User")).toEqual({ type: "object" });
    expect(await read("/nasc/health")).toEqual({ ok: true });
  });

  test.for([
    "/nasc/schema/constructor",
    "/nasc/schema/__proto__",
    "/nasc/unknown",
    "/nasc/../secret.html",
    "/nasc/client.ts",
    "/nasc/%2e%2e/package.json",
    "/nasc/handlers/user.ts",
  ])("answer %s with 404", async (path) => {
    expect((await app({ schemaProvider: { User: {} } }).request(path)).status).toBe(404);
  });

  test("serve the browser runtime, and not again to who has it", async () => {
    const routes = app();
    const response = await routes.request("/nasc/client.js");
    expect(response.headers.get("content-type")).toMatch(/^text\/javascript/);
    const headers = { "if-none-match": response.headers.get("etag")! };
    expect((await routes.request("/nasc/client.js", { headers })).status).toBe(304);
  });

  test("can be mounted anywhere, with a store that comes with the request", async () => {
    type Bindings = { Bindings: { STORE: MemoryStore } };
    const routes = new Hono<Bindings>();
    routes.route("/live", nasc<Bindings>({ handlers, store: (context) => context.env.STORE }));
    const request = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...user, event: "mount" }),
    };
    expect((await routes.request("/live/event", request, { STORE: store })).status).toBe(200);
    expect(await store.load("User", "me")).toEqual({ name: "Guest" });
  });
});
