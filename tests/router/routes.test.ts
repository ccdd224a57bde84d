import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { MemoryStore } from "../../mod.ts";
import { nasc } from "../../src/router/mod.ts";
import { app, handlers, store, user } from "./support.ts";

describe("the router", () => {
  test("describes types, events and schemas", async () => {
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
  ])("answers %s with 404", async (path) => {
    expect((await app({ schemaProvider: { User: {} } }).request(path)).status).toBe(404);
  });

  test("serves the browser runtime, but not again to a browser that has it", async () => {
    const routes = app();
    const response = await routes.request("/nasc/client.js");
    expect(response.headers.get("content-type")).toMatch(/^text\/javascript/);
    const headers = { "if-none-match": response.headers.get("etag")! };
    expect((await routes.request("/nasc/client.js", { headers })).status).toBe(304);
  });

  test("can be mounted anywhere, with a store that comes with the request", async () => {
    type Bindings = { Bindings: { STORE: MemoryStore } };
    const routes = new Hono<Bindings>();
    routes.route(
      "/live",
      nasc<Bindings>({
        handlers,
        store: (context) => context.env.STORE,
        authorize: "everyone",
        hosts: "any",
      }),
    );
    const request = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...user, event: "mount" }),
    };
    expect((await routes.request("/live/event", request, { STORE: store })).status).toBe(200);
    expect(await store.load("User", "me")).toEqual({ name: "Guest" });
  });
});
