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

  test("serves the runtime for pages of the first Nasc, to which /nasc.js leads", async () => {
    const routes = app();
    const response = await routes.request("/nasc.js");
    expect([response.status, response.headers.get("location")]).toEqual([
      302,
      "/nasc/client-nasc.js",
    ]);
    const script = await routes.request("/nasc/client-nasc.js");
    expect(script.headers.get("content-type")).toMatch(/^text\/javascript/);
    expect(await script.text()).toContain('"./client.js?names"');
    const headers = { "if-none-match": script.headers.get("etag")! };
    expect((await routes.request("/nasc/client-nasc.js", { headers })).status).toBe(304);
  });

  test("serves what of the runtime only some pages load, by the address that the runtime has for it", async () => {
    const routes = app();
    const runtime = await (await routes.request("/nasc/client.js")).text();
    const [, address] = /import\("\.(\/client\/socket\.js\?v=[\da-f]{8})"\)/.exec(runtime)!;
    const response = await routes.request(`/nasc${address}`);
    expect(response.headers.get("content-type")).toMatch(/^text\/javascript/);
    expect(await response.text()).toMatch(/export\{/);
    const headers = { "if-none-match": response.headers.get("etag")! };
    expect((await routes.request(`/nasc${address}`, { headers })).status).toBe(304);
    for (const name of ["nope.js", "constructor", "__proto__", "socket.ts", "..%2Fclient.js"]) {
      expect((await routes.request(`/nasc/client/${name}`)).status).toBe(404);
    }
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
