import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../mod.ts";
import { attachNasc, createNasc, nasc } from "../../src/router/mod.ts";
import { counterHandlers } from "../support/counter.ts";

/** A function as plain JavaScript sees it, without types that refuse anything. */
type Untyped = (options?: unknown) => unknown;

const create = createNasc as unknown as Untyped;
const attach = attachNasc as unknown as Untyped;
const options = { handlers: counterHandlers, store: new MemoryStore() };

const handlersAreMissing = "handlers is undefined; pass an object with a handler for each type";
const names =
  "handlers, store, instances, schemaProvider, user, identify, presence, authorize, limit, hosts, origins, " +
  "secret, maxBodyBytes, heartbeat, reauthorize, maxStreamAge, upgradeWebSocket, hub, lastWriteWins, receiptTtl, " +
  "history, storageTimeout, handlerTimeout, checkState, onError, onEvent, clock, random";
const aStore = "pass an adapter, such as new MemoryStore(), " +
  "a store with load and persist, a Ramify db or a Map";
const anOrigin = 'pass an origin without a path, such as "https://app.example"';
const aHost = 'pass a host without scheme and path, such as "app.example" or "localhost:8787"';
const above0 = "pass milliseconds, a number above 0";

describe("createNasc refuses by name", () => {
  test.for<[wrong: string, options: unknown, problem: string]>([
    ["no options", undefined, "options is undefined; pass an object"],
    ["no handlers", { store: options.store }, handlersAreMissing],
    [
      "no store",
      { handlers: counterHandlers },
      `store is undefined; ${aStore}, or a function that returns one`,
    ],
  ])("%s", ([, wrong, problem]) => {
    expect(() => create(wrong)).toThrow(new TypeError(`Cannot create Nasc: ${problem}`));
  });

  test.for<[wrong: object, problem: string]>([
    [{ authorise: () => false }, `authorise is not an option; use ${names}`],
    [{ authorize: true }, 'authorize is true; pass a function, or "everyone"'],
    [{ authorize: "nobody" }, 'authorize is "nobody", a string; pass a function, or "everyone"'],
    [{ limit: 10 }, "limit is 10; pass a function"],
    [{ presence: { name: "me" } }, "presence is a value of type Object; pass a function"],
    [
      { store: undefined, instances: () => ({}), presence: () => ({}) },
      "the objects list who looks on; pass presence to nascObject",
    ],
    [
      { hosts: "app.example" },
      'hosts is "app.example", a string; pass a list of hosts, such as ["app.example"], or "any"',
    ],
    [
      { hosts: [] },
      'hosts is a value of type Array; pass a list of hosts, such as ["app.example"], or "any"',
    ],
    [{ hosts: ["https://app.example"] }, `hosts.0 is "https://app.example", a string; ${aHost}`],
    [{ hosts: ["app.example", "*.example"] }, `hosts.1 is "*.example", a string; ${aHost}`],
    [{ hosts: ["a.example, b.example"] }, `hosts.0 is "a.example, b.example", a string; ${aHost}`],
    [{ hosts: ["localhost:99999"] }, `hosts.0 is "localhost:99999", a string; ${aHost}`],
    [{ hosts: [new URL("https://app.example")] }, `hosts.0 is a value of type URL; ${aHost}`],
    [{ user: "me" }, 'user is "me", a string; pass a function'],
    [
      { origins: "https://app.example" },
      'origins is "https://app.example", a string; ' +
      'pass a list of origins, such as ["https://app.example"]',
    ],
    [{ origins: ["*"] }, `origins.0 is "*", a string; ${anOrigin}`],
    [
      { origins: ["https://app.example", "https://app.example/"] },
      `origins.1 is "https://app.example/", a string; ${anOrigin}`,
    ],
    [
      { origins: ["https://App.example"] },
      `origins.0 is "https://App.example", a string; ${anOrigin}`,
    ],
    [
      { secret: 5 },
      "secret is 5; pass at least 16 characters, the same in every process",
    ],
    [
      { secret: "fifteen letters" },
      "secret has 15 characters; pass at least 16, the same in every process",
    ],
    [{ maxBodyBytes: "1 kB" }, 'maxBodyBytes is "1 kB", a string; pass bytes, a number from 0 up'],
    [{ maxBodyBytes: NaN }, "maxBodyBytes is NaN; pass bytes, a number from 0 up"],
    [{ heartbeat: 0 }, `heartbeat is 0; ${above0}`],
    [{ heartbeat: NaN }, `heartbeat is NaN; ${above0}`],
    [{ heartbeat: Infinity }, `heartbeat is Infinity; ${above0}`],
    [{ reauthorize: 0 }, `reauthorize is 0; ${above0}, or Infinity`],
    [
      { upgradeWebSocket: true },
      "upgradeWebSocket is true; pass a function, such as the upgradeWebSocket of @hono/node-server",
    ],
    [{ maxStreamAge: "1h" }, `maxStreamAge is "1h", a string; ${above0}, or Infinity`],
    [{ random: 0.5 }, "random is 0.5; pass a function"],
    [{ hub: {} }, "hub is a value of type Object; pass a hub, such as new MemoryHub()"],
    [{ receiptTtl: -1 }, `receiptTtl is -1; ${above0}`],
    [{ lastWriteWins: 1 }, "lastWriteWins is 1; pass true or false"],
    [{ onError: "log" }, 'onError is "log", a string; pass a function'],
    [{ identify: "id" }, 'identify is "id", a string; pass a function'],
    [
      { schemaProvider: [] },
      "schemaProvider is a value of type Array; pass an object with a schema for each type, or a function",
    ],
    [
      { clock: {} },
      "clock is a value of type Object; pass an object with now, setTimeout and clearTimeout",
    ],
  ])("%o", ([wrong, problem]) => {
    expect(() => create({ ...options, ...wrong }))
      .toThrow(new TypeError(`Cannot create Nasc: ${problem}`));
  });

  test("no origin that a browser sends", () => {
    const origins = ["https://app.example", "http://localhost:5173", "chrome-extension://abc"];
    expect(create({ ...options, origins })).toBeDefined();
  });

  test("what a function returns instead of a store, to onError", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const app = nasc({
      ...options,
      store: (() => Promise.resolve()) as never,
      authorize: "everyone",
      hosts: "any",
      onError,
    });
    const message = { type: "Counter", instance: "visits", event: "mount" };
    const response = await app.request("/event", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    });
    expect(response.status).toBe(500);
    expect(errors).toEqual([
      new TypeError(
        `Cannot run events: store(context) is a promise that was not awaited; ${aStore}`,
      ),
    ]);
  });
});

describe("attachNasc refuses by name", () => {
  const anApp = "pass a Hono app, new Hono()";
  test.for<[wrong: string, options: object, problem: string]>([
    ["no app", options, `app is undefined; ${anApp}`],
    [
      "no Hono app",
      { ...options, app: { listen() {} } },
      `app is a value of type Object; ${anApp}`,
    ],
    [
      "a path that is no string",
      { ...options, app: new Hono(), path: 5 },
      "path is 5; pass a string",
    ],
    ["no handlers", { app: new Hono(), store: options.store }, handlersAreMissing],
    [
      "a misspelt option",
      { ...options, app: new Hono(), authorise: () => false },
      `authorise is not an option; use app, path, ${names}`,
    ],
  ])("%s", ([, wrong, problem]) => {
    expect(() => attach(wrong)).toThrow(new TypeError(`Cannot attach Nasc: ${problem}`));
  });
});

describe("an Express app is explained", () => {
  const express = Object.assign(() => {}, {
    use() {},
    route() {},
    get() {},
    post() {},
    listen() {},
  });
  const explanation =
    "this is an Express app, and the routes of Nasc are a Hono app; mount them before the body " +
    "parsers of Express, with getRequestListener of @hono/node-server: " +
    'app.use("/nasc", getRequestListener(nasc({ handlers, store }).fetch))';

  test.for<[call: string, run: () => unknown, action: string]>([
    [
      "attachNasc, with what the first Nasc took",
      () => attach({ app: express, server: {}, handlers: counterHandlers, ssr: { rootDir: "." } }),
      "attach",
    ],
    ["attachNasc, as its only argument", () => attach(express), "attach"],
    ["createNasc", () => create({ app: express, ...options }), "create"],
    ["nasc", () => (nasc as unknown as Untyped)(express), "create"],
  ])("to %s", ([, run, action]) => {
    expect(run).toThrow(new TypeError(`Cannot ${action} Nasc: ${explanation}`));
  });
});
