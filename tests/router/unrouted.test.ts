import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../mod.ts";
import { attachNasc, nasc } from "../../src/router/mod.ts";
import { counterHandlers as handlers } from "../support/counter.ts";

function options() {
  return { handlers, store: new MemoryStore(), onError: () => {} };
}

async function problem(app: Hono, path: string, method: string): Promise<unknown[]> {
  const response = await app.request(path, { method });
  const text = await response.text();
  const body = text === "" ? {} : JSON.parse(text);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  if (method !== "HEAD") expect(body).toMatchObject({ status: response.status });
  return [response.status, body.code, response.headers.get("allow")];
}

describe("a request that no route of the router takes", () => {
  test.for(["attachNasc", "app.route", "an app in an app", "nasc by itself"])(
    "is answered with a problem under %s",
    async (way) => {
      const app = new Hono();
      if (way === "attachNasc") attachNasc({ app, ...options() });
      else if (way === "an app in an app") {
        app.route("/", new Hono().route("/nasc", nasc(options())));
      } else app.route(way === "app.route" ? "/nasc" : "/", nasc(options()));
      const base = way === "nasc by itself" ? "" : "/nasc";
      for (const method of ["GET", "POST", "PUT", "PROPFIND"]) {
        for (const path of ["/nope", "/event/", "/event/x", "/schema/a/b", "/client.ts"]) {
          expect(await problem(app, base + path, method)).toEqual([404, "not-found", null]);
        }
      }
      for (const [path, allow] of [["/event", "POST"], ["/schema/User", "GET, HEAD"]]) {
        for (const method of ["PUT", "DELETE", "OPTIONS", "PROPFIND"]) {
          expect(await problem(app, base + path!, method))
            .toEqual([405, "method-not-allowed", allow]);
        }
      }
      expect(await problem(app, `${base}/event`, "GET"))
        .toEqual([405, "method-not-allowed", "POST"]);
      for (const path of ["stream", "client.js", "health", "manifest", "schema"]) {
        expect(await problem(app, `${base}/${path}`, "POST"))
          .toEqual([405, "method-not-allowed", "GET, HEAD"]);
      }
      expect((await app.request(`${base}/event`, { method: "HEAD" })).status).toBe(405);
    },
  );

  test("leaves alone what the app declares, before or after, elsewhere and below the same path", async () => {
    const app = new Hono();
    app.get("/nasc/before", (context) => context.text("before"));
    attachNasc({ app, ...options() });
    app.use(async (_context, next) => await next());
    app.get("/nasc/after", (context) => context.text("after"));
    app.get("/nasc/gone", (context) => context.text("gone", 404));
    app.put("/nasc/event", (context) => context.text("put"));
    app.get("/nascent", (context) => context.text("nascent"));
    app.get("/page", (context) => context.text("page"));
    app.notFound((context) => context.text("the app's own 404", 404));
    app.get("*", (context) => context.notFound());
    const read = async (path: string, method = "GET") =>
      (await app.request(path, { method })).text();
    expect([
      await read("/nasc/before"),
      await read("/nasc/after"),
      await read("/nasc/gone"),
      await read("/nasc/event", "PUT"),
      await read("/nascent"),
      await read("/page"),
      await read("/nope"),
    ]).toEqual(["before", "after", "gone", "put", "nascent", "page", "the app's own 404"]);
    expect(await problem(app, "/nasc/nope", "GET")).toEqual([404, "not-found", null]);
    expect(await problem(app, "/nasc", "GET")).toEqual([404, "not-found", null]);
    expect(await problem(app, "/nasc/event", "DELETE"))
      .toEqual([405, "method-not-allowed", "POST"]);
  });

  test("below a path with parameters leaves the app's other routes alone", async () => {
    const app = new Hono();
    app.route("/:tenant/nasc", nasc(options()));
    app.get("/:tenant/nasc", (context) => context.text("overview"));
    app.get("/:other/nasc/more", (context) => context.text(context.req.param("other")));
    expect(await (await app.request("/acme/nasc/more")).text()).toBe("acme");
    expect(await (await app.request("/acme/nasc")).text()).toBe("overview");
    expect(await problem(app, "/acme/nasc/nope", "GET")).toEqual([404, "not-found", null]);
  });
});
