import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Handlers, MemoryStore, NascError, Ramify, StorageLimitError } from "../../mod.ts";
import { type NascOptions, tokenBucket } from "../../src/router/mod.ts";
import { statuses } from "../../src/router/problem.ts";
import { instantClock } from "../support/clock.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";
import { app, post } from "./support.ts";

const mount = counterMessage({ event: "mount" });
const message = counterMessage({ eventId: "e1" });

/** A request that is refused, as it comes about. */
interface Case {
  readonly options?: () => Partial<NascOptions>;
  /** What is sent before. */
  readonly before?: readonly object[];
  readonly body?: unknown;
  readonly target?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

/** Returns a store whose commits fail, from the second on. */
function failing(error: () => Error): () => Partial<NascOptions> {
  return () => {
    const store = new MemoryStore();
    const commit = store.commit.bind(store);
    let commits = 0;
    store.commit = (writes) => commits++ > 0 ? Promise.reject(error()) : commit(writes);
    return { store, clock: instantClock };
  };
}

const failure: Handlers = {
  Counter: {
    mount: () => ({ count: 0 }),
    add: () => {
      throw new Error("no");
    },
  },
};

function usersByEmail(): Partial<NascOptions> {
  const db = new Ramify().createStore({ User: { primaryKey: "id", unique: ["email"] } } as never);
  const handlers: Handlers = {
    User: { mount: ({ id }) => ({ id }), save: (email, user) => ({ ...user, email }) },
  };
  return { handlers, store: db };
}

function racing(): Partial<NascOptions> {
  const store = new MemoryStore();
  let count = 0;
  const handlers: Handlers = {
    Counter: {
      mount: () => ({ count: 0 }),
      async add(_, state) {
        // Another server, which never waits.
        await store.commit([{ type: "Counter", key: "visits", value: { count: ++count } }]);
        return { ...state, mine: true };
      },
    },
  };
  return { store, handlers, clock: instantClock };
}

function newer(): Partial<NascOptions> {
  const store = new MemoryStore();
  const metadata = { rev: 7, epoch: "abc", schema: 2 };
  void store.commit([{ type: "Counter", key: "visits", value: { total: 1 }, metadata }]);
  return { store };
}

/** Events that send more at once than may wait. */
const sendingMuch: Handlers = {
  Counter: {
    mount: () => ({ count: 0 }),
    add(_payload, state, { send }) {
      for (let count = 0; count < 600; count++) send("Counter", "others", "note");
      return state;
    },
    note() {
      throw new NascError("unavailable", "It is not there yet");
    },
  },
};

const user = (instance: string) => ({ type: "User", instance });

const cases: Readonly<Record<string, Case>> = {
  "invalid-message": { body: { type: 5 } },
  "invalid-payload": { body: { ...message, payload: JSON.parse('{"__proto__":{}}') } },
  "unauthorized": {
    options: () => ({ authorize: () => new Response(null, { status: 401 }) }),
    body: [message],
  },
  "forbidden": { options: () => ({ authorize: () => false }) },
  "unknown-type": { body: { ...message, type: "Nope" } },
  "unknown-event": { before: [mount], body: { ...message, event: "nope" } },
  "not-found": { target: "/nasc/nope" },
  "no-sockets": {
    options() {
      // Workers have them by themselves.
      vi.stubGlobal("WebSocketPair", undefined);
      onTestFinished(() => void vi.unstubAllGlobals());
      return {};
    },
    target: "/nasc/ws",
    method: "GET",
  },
  "upgrade-required": {
    options: () => ({ upgradeWebSocket: () => () => Promise.resolve() }),
    target: "/nasc/ws",
    method: "GET",
  },
  "method-not-allowed": { target: "/nasc/event", method: "DELETE" },
  "conflict": { options: racing, before: [mount] },
  "constraint": {
    options: usersByEmail,
    before: [
      { ...user("a"), event: "mount" },
      { ...user("b"), event: "mount" },
      { ...user("a"), event: "save", payload: "ada@example.com" },
    ],
    body: { ...user("b"), event: "save", payload: "ada@example.com" },
  },
  "other-user": { body: { ...message, protocol: 2, user: "ann" } },
  "event-id-reused": { before: [message], body: { ...message, payload: 2 } },
  "gone": { body: { ...message, protocol: 2, epoch: "another", rev: 1 } },
  "too-large": { options: () => ({ maxBodyBytes: 10 }) },
  "unsupported-media-type": { headers: { "content-type": "text/plain" } },
  "wrong-host": { options: () => ({ hosts: ["app.example"] }) },
  "limited": {
    options: () => ({ limit: tokenBucket({ rate: 1 / 60, burst: 1, key: () => "all" }) }),
    before: [mount],
  },
  "internal": { options: () => ({ handlers: failure }), before: [mount] },
  "uncertain": {
    options: failing(() => new Error("no answer")),
    before: [mount],
    body: counterMessage(),
  },
  "timeout": {
    options: () => ({
      handlers: { Counter: { add: () => new Promise(() => {}) } },
      clock: instantClock,
      handlerTimeout: 999,
    }),
  },
  "unavailable": { options: failing(() => new Error("no answer")), before: [mount] },
  "newer-state": { options: newer },
  "queue-full": {
    options: () => ({ handlers: sendingMuch }),
    before: [{ ...message, eventId: "other" }],
  },
};

async function provoke(
  { options, before = [], body = message, target = "/nasc/event", method = "POST", headers }: Case,
): Promise<Response> {
  const routes = app({ handlers: counterHandlers, ...options?.() });
  for (const message of before) expect((await post(routes, message)).status).toBe(200);
  return await routes.request(`http://rian.test${target}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(method !== "GET" && { body: JSON.stringify(body) }),
  });
}

describe("the status of a problem tells whether to send the same again", () => {
  test("each code of the router is provoked below", () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(statuses).sort());
  });

  test.for(Object.entries(cases))("%s", async ([code, refused]) => {
    const response = await provoke(refused);
    const [problem] = [await response.json()].flat();
    const { status } = problem;
    expect([code, status]).toEqual([problem.code, statuses[code]]);
    expect(problem.patches).toMatchObject([{ action: "error", code }]);
    expect(typeof problem.title).toBe("string");
    if (!Array.isArray(refused.body)) expect(response.status).toBe(status);
    expect(response.headers.has("retry-after")).toBe(status === 429 || status === 503);
    expect([code, status === 429 || status >= 500])
      .toEqual([
        code,
        ["limited", "internal", "timeout", "unavailable", "newer-state", "queue-full"]
          .includes(code),
      ]);
  });

  test.for(
    ["conflict", "limited", "internal", "uncertain", "timeout", "newer-state", "queue-full"],
  )("%s leads a form without script back to its page", async (code) => {
    const { options, before = [] } = cases[code]!;
    const routes = app({ handlers: counterHandlers, ...options?.() });
    for (const message of before) expect((await post(routes, message)).status).toBe(200);
    const { type, instance, event } = message;
    const query = new URLSearchParams({ type, instance, event, return: "/page" });
    const response = await routes.request(`http://rian.test/nasc/event?${query}`, {
      method: "POST",
      body: new URLSearchParams({ amount: "1" }),
    });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/page"]);
    expect(response.headers.get("set-cookie")).toMatch(new RegExp(`^nasc-flash=${code};`));
  });

  test("a document that outgrows its storage is refused for good", async () => {
    const details = { limit: "value bytes", allowed: 1, actual: 2 };
    const options = failing(() => new StorageLimitError("Cannot commit: too large", details));
    const response = await provoke({ options, before: [mount] });
    expect([response.status, response.headers.get("retry-after")]).toEqual([413, null]);
  });

  test("a code of a handler's own is refused for good, whatever it is called", async () => {
    for (const code of ["no-money", "503", "constructor", "__proto__", "Unavailable"]) {
      const handlers: Handlers = {
        Counter: {
          mount: () => ({}),
          add: () => {
            throw new NascError(code, "No");
          },
        },
      };
      const response = await provoke({ options: () => ({ handlers }), before: [mount] });
      expect([code, response.status, response.headers.get("retry-after")])
        .toEqual([code, 422, null]);
    }
  });
});
