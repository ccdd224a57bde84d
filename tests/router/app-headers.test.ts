import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../mod.ts";
import { type Access, attachNasc, type NascOptions } from "../../src/router/mod.ts";
import { counterMessage } from "../support/counter.ts";
import { handlers } from "./support.ts";

/** Returns an app whose middleware and options set headers, as those that renew a session do. */
function renewing(options: Partial<NascOptions> = {}): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    setCookie(context, "session", "renewed");
    context.header("x-request-id", "7");
    await next();
  });
  attachNasc({
    app,
    handlers,
    store: new MemoryStore(),
    hosts: "any",
    onError: () => {},
    schemaProvider: { Counter: { type: "object" } },
    user(context) {
      setCookie(context, "user", "ada");
      return "ada";
    },
    authorize(context: Context, { id }: Access) {
      setCookie(context, "asked", "yes");
      return id === "elsewhere" ? context.redirect("/login") : id !== "secret";
    },
    ...options,
  });
  return app;
}

function event(instance: string): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(counterMessage({ instance })),
  };
}

const form: RequestInit = { method: "POST", body: new URLSearchParams({ amount: "1" }) };
const action = "/nasc/event?type=Counter&instance=visits&event=add";
const asking = ["session", "user", "asked"];

const requests: readonly [name: string, path: string, init: RequestInit, cookies: string[]][] = [
  ["an event", "/nasc/event", event("visits"), asking],
  ["a refused event", "/nasc/event", event("secret"), asking],
  ["a form", action, form, asking],
  ["a body that is no message", "/nasc/event", { ...event("visits"), body: "[" }, ["session"]],
  ["a stream", "/nasc/stream?scope=Counter:visits", {}, asking],
  ["the head of a stream", "/nasc/stream?scope=Counter:visits", { method: "HEAD" }, asking],
  ["a refused stream", "/nasc/stream?scope=Counter:secret", {}, asking],
  ["a stream by clientId", "/nasc/stream?clientId=k3x9", {}, ["session", "user", "nasc_client"]],
  ["the schemas", "/nasc/schema", {}, ["session", "asked"]],
  ["a schema", "/nasc/schema/Counter", {}, ["session", "asked"]],
  ["the manifest", "/nasc/manifest", {}, ["session", "asked"]],
  ["the client", "/nasc/client.js", {}, ["session"]],
  ["health", "/nasc/health", {}, ["session"]],
  ["a path that is not there", "/nasc/nothing", {}, ["session"]],
];

describe("headers that the app sets before an answer is made", () => {
  for (const [which, options] of [["", {}], [", with origins", { origins: ["https://a.test"] }]]) {
    test.for(requests)(`are sent with %s${which}`, async ([, path, init, cookies]) => {
      const { headers, body } = await renewing(options as object).request(path, init);
      await body?.cancel();
      const names = headers.getSetCookie().map((cookie) => cookie.split("=")[0]);
      expect(new Set(names)).toEqual(new Set(cookies));
      expect(headers.get("x-request-id")).toBe("7");
    });
  }

  test("are not those of a redirect by which one of several messages was refused", async () => {
    const messages = [counterMessage(), counterMessage({ instance: "elsewhere" })];
    const init = { ...event("visits"), body: JSON.stringify(messages) };
    const { status, headers } = await renewing().request("/nasc/event", init);
    expect([status, headers.get("location")]).toEqual([200, null]);
    expect(headers.getSetCookie()).toContain("user=ada; Path=/");
  });
});
