import { Hono } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import { describe, expect, test } from "vitest";
import { crossOriginHeaders } from "../../src/router/cross-origin.ts";
import { securityHeaders } from "../../src/router/protection.ts";

describe("the headers that the route of events sets by itself", () => {
  test("are those of Hono's secureHeaders, which all other routes have", async () => {
    const app = new Hono();
    app.use(secureHeaders({ referrerPolicy: "same-origin" }));
    app.get("/", (context) => context.body(null));
    const { headers } = await app.request("/");
    expect(securityHeaders).toEqual(Object.fromEntries(headers));
  });

  const origins = ["https://app.example", "null", "chrome-extension://abc"];
  const sent = [
    undefined,
    "",
    "null",
    ...origins,
    "https://app.example:443",
    "HTTPS://APP.EXAMPLE",
  ];
  test.for(sent)("are those of Hono's cors for a page of %o", async (origin) => {
    const headers = new Headers(origin === undefined ? [] : [["origin", origin]]);
    const app = new Hono();
    app.use("/cors", cors({ origin: origins, credentials: true }));
    app.get("/cors", (context) => context.body(null));
    app.get("/ours", (context) => context.json(crossOriginHeaders(context, origins)));
    const expected = await app.request("/cors", { headers });
    const ours = await app.request("/ours", { headers });
    expect(await ours.json()).toEqual(Object.fromEntries(expected.headers));
  });
});
