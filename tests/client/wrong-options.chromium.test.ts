import { connect } from "rian/client";
import { describe, expect, test } from "vitest";

/** `connect` as plain JavaScript sees it, without types that refuse anything. */
const untyped = connect as (options?: unknown) => Disposable;

const names =
  "use root, baseUrl, into, transport, names, user, whileHidden, fetch, EventSource, WebSocket, clock, random, formats, confirm, onError, onPatches";
const aTransport = 'pass "sse", "ws", "poll", "post" or an object';

describe("connect refuses by name", () => {
  test.for<[wrong: string, options: unknown, problem: string]>([
    ["a misspelt option", { baseurl: "/nasc" }, `baseurl is not an option; ${names}`],
    ["a misspelt listener", { onerror: () => {} }, `onerror is not an option; ${names}`],
    ["what every object has", { constructor: () => {} }, `constructor is not an option; ${names}`],
    ["a path in place of the options", "/nasc", "options is /nasc; pass an object"],
    ["null in place of the options", null, "options is null; pass an object"],
    ["a path that is no string", { baseUrl: 5 }, "baseUrl is 5; pass a string"],
    ["a root that was not found", { root: null }, "root is null; pass an object"],
    ["the selector of a root", { root: "main" }, "root is main; pass an object"],
    ["an unknown transport", { transport: "websocket" }, `transport is websocket; ${aTransport}`],
    ["a listener that is no function", { onError: true }, "onError is true; pass a function"],
  ])("%s", ([, options, problem]) => {
    expect(() => untyped(options)).toThrow(new TypeError(`Cannot connect: ${problem}`));
  });

  test("an element in place of the options, which would connect the whole page", () => {
    expect(() => untyped(document.body)).toThrow(/^Cannot connect: \w+ is not an option; use root/);
  });
});

test("connect takes each way to send, and an option that is undefined as one that is left out", () => {
  const transport = { send: () => Promise.reject(new Error("offline")) };
  for (const options of [{ transport: "post" }, { transport }, { root: undefined }, {}]) {
    untyped(options)[Symbol.dispose]();
  }
});
