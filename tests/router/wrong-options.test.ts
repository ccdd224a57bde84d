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
const names = "handlers, store, authorize, user, origins, maxBodyBytes, heartbeat, " +
  "schemaProvider, hub, onError, receiptTtl, storageTimeout, handlerTimeout, lastWriteWins, clock";
const aStore = "pass an adapter, such as new MemoryStore(), " +
  "a store with load and persist, a Ramify db or a Map";
const anOrigin = 'pass an origin without a path, such as "https://app.example"';
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
    [{ authorize: true }, "authorize is true; pass a function"],
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
    [{ maxBodyBytes: "1 kB" }, 'maxBodyBytes is "1 kB", a string; pass bytes, a number from 0 up'],
    [{ maxBodyBytes: NaN }, "maxBodyBytes is NaN; pass bytes, a number from 0 up"],
    [{ heartbeat: 0 }, `heartbeat is 0; ${above0}`],
    [{ heartbeat: NaN }, `heartbeat is NaN; ${above0}`],
    [{ heartbeat: Infinity }, `heartbeat is Infinity; ${above0}`],
    [{ hub: {} }, "hub is a value of type Object; pass a hub, such as new MemoryHub()"],
    [{ receiptTtl: -1 }, `receiptTtl is -1; ${above0}`],
    [{ lastWriteWins: 1 }, "lastWriteWins is 1; pass true or false"],
    [{ onError: "log" }, 'onError is "log", a string; pass a function'],
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
    const app = nasc({ ...options, store: (() => Promise.resolve()) as never, onError });
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
  const express = Object.assign(() => {}, { use() {}, route() {}, get() {}, listen() {} });

  test.for<[wrong: string, options: object, problem: string]>([
    ["no app", options, `app is undefined; ${anApp}`],
    ["an Express app", { ...options, app: express }, `app is a value of type Function; ${anApp}`],
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
