import { describe, expect, test } from "vitest";
import { app, post, store, user } from "./support.ts";

describe("another origin", () => {
  const elsewhere: [string, Record<string, string>][] = [
    ["an Origin", { "origin": "https://evil.test" }],
    ["an opaque Origin", { "origin": "null" }],
    ["a cross-site Sec-Fetch-Site", { "sec-fetch-site": "cross-site" }],
    ["a sibling subdomain", { "sec-fetch-site": "same-site" }],
  ];

  test.for(elsewhere)(
    "recognized by %s can neither send, nor listen, nor read",
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

  test("may send, and passes its preflight, if the option origins names it", async () => {
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
});

describe("a request from no other origin", () => {
  test("is allowed behind a proxy that renames the host", async () => {
    const response = await post(app(), { ...user, event: "mount" }, {
      "origin": "https://shop.example",
      "sec-fetch-site": "same-origin",
    });
    expect(response.status).toBe(200);
  });

  test("is allowed from the address bar", async () => {
    const response = await app().request("/nasc/manifest", {
      headers: { "sec-fetch-site": "none" },
    });
    expect(response.status).toBe(200);
  });

  test("is allowed behind a proxy that ends the TLS", async () => {
    const response = await post(app(), { ...user, event: "mount" }, {
      "origin": "https://rian.test",
      "sec-fetch-site": "same-origin",
    });
    expect(response.status).toBe(200);
  });
});
