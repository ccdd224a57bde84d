import { describe, expect, test } from "vitest";
import type { NascOptions } from "../../src/router/mod.ts";
import { app, post, store, user } from "./support.ts";

const mount = { ...user, event: "mount" };

/** Posts a message to a host, as a browser that sends no Sec-Fetch-Site. */
function to(host: string, headers: Record<string, string>, hosts?: NascOptions["hosts"]) {
  return post(app(hosts && { hosts }), mount, { host, ...headers });
}

describe("a request for a host that is not in hosts", () => {
  test("is a 421 at every route but /health, whatever else it asks for", async () => {
    const routes = app({ hosts: ["app.example"], schemaProvider: { User: {} } });
    const paths = ["stream?scope=User:me", "schema", "schema/User", "manifest", "client.js", "x"];
    for (const host of ["evil.example", "127.0.0.1", "app.example.evil.example"]) {
      const headers = { host, "origin": `http://${host}`, "sec-fetch-site": "same-origin" };
      const answers = [
        await post(routes, mount, headers),
        ...await Promise.all(paths.map((path) => routes.request(`/nasc/${path}`, { headers }))),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(421);
        expect(await answer.json()).toMatchObject({
          title: "Misdirected Request",
          status: 421,
          code: "wrong-host",
        });
      }
      expect((await routes.request("/nasc/health", { headers })).status).toBe(200);
    }
    expect(await store.load("User", "me")).toBeNull();
  });

  test("is refused by the URL where there is no Host, as with HTTP/2", async () => {
    const routes = app({ hosts: ["app.example"] });
    const statuses = await Promise.all(
      ["https://app.example", "https://evil.example"].map(async (origin) => {
        return (await routes.request(`${origin}/nasc/manifest`)).status;
      }),
    );
    expect(statuses).toEqual([200, 421]);
  });

  test("is refused whatever a proxy, or somebody who plays one, forwards", async () => {
    const response = await to("evil.example", {
      "x-forwarded-host": "app.example",
      "forwarded": "host=app.example",
      "x-forwarded-for": "127.0.0.1",
      "x-real-ip": "127.0.0.1",
    }, ["app.example"]);
    expect(response.status).toBe(421);
  });
});

describe("hosts", () => {
  test.for<[option: string, host: string, ok: boolean]>([
    ["app.example", "app.example", true],
    ["app.example", "APP.Example", true],
    ["APP.EXAMPLE", "app.example", true],
    ["app.example", "app.example.", true],
    ["app.example.", "app.example", true],
    ["app.example", "app.example..", false],
    ["app.example", "app.example:443", true],
    ["app.example", "app.example:80", true],
    ["app.example:443", "app.example", true],
    ["app.example", "app.example:", true],
    ["app.example", "app.example:8080", false],
    ["localhost:8787", "localhost:8787", true],
    ["localhost:8787", "localhost.:8787", true],
    ["localhost:8787", "localhost", false],
    ["localhost:8787", "localhost:87870", false],
    ["127.0.0.1:3000", "127.0.0.1:3000", true],
    ["127.0.0.1", "127.1", true],
    ["[::1]:3000", "[::1]:3000", true],
    ["[::1]", "[0:0:0:0:0:0:0:1]:443", true],
    ["[2001:DB8::1]", "[2001:db8:0::1]", true],
    ["[::1]:3000", "[::1]", false],
    ["[::1]:3000", "::1:3000", false],
    ["bücher.example", "xn--bcher-kva.example", true],
    ["xn--bcher-kva.example", "XN--BCHER-KVA.example", true],
    ["xn--bcher-kva.example", "bucher.example", false],
    ["my_app:3000", "my_app:3000", true],
    ["app.example", "app.example@evil.example", false],
    ["app.example", "evil.example@app.example", false],
    ["app.example", "app.example/evil", false],
    ["app.example", "evil.example/app.example", false],
    ["app.example", "app.example?", false],
    ["app.example", "app.example#", false],
    ["app.example", "app.example\\", false],
    ["app.example", "app%2eexample", false],
    ["app.example", "app.example:80:80", false],
    ["app.example", "app.example:99999", false],
    ["app.example", "app.example, evil.example", false],
    ["app.example", "*.example", false],
    ["app.example", "sub.app.example", false],
    ["app.example", "app.example.evil", false],
    ["app.example", "constructor", false],
  ])("of %s: a request for %s is accepted: %s", async ([option, host, ok]) => {
    expect((await to(host, {}, ["other.example", option])).status).toBe(ok ? 200 : 421);
  });
});

describe("a page on one of the hosts", () => {
  const hosts = ["app.example", "internal:3000"];
  const form = (headers: Record<string, string>) =>
    app({ hosts }).request("/nasc/event?type=User&instance=me&event=mount", {
      method: "POST",
      headers,
      body: new URLSearchParams(),
    });

  test("may post behind a proxy that rewrites Host, by script and by form, and is led back", async () => {
    const headers = { host: "internal:3000", origin: "https://app.example" };
    expect((await to("internal:3000", headers, hosts)).status).toBe(200);
    const answer = await form({ ...headers, referer: "https://app.example/todos?page=2" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/todos?page=2"]);
  });

  test.for<[origin: string, status: number]>([
    ["https://app.example", 200],
    ["http://app.example", 200],
    ["https://app.example:443", 200],
    ["https://APP.example", 200],
    ["http://internal:3000", 200],
    ["https://app.example:8443", 403],
    ["https://evil.example", 403],
    ["https://app.example.evil.example", 403],
    ["https://evil.example/app.example", 403],
    ["chrome-extension://app.example", 403],
    ["null", 403],
    ["app.example", 403],
    ["", 403],
  ])("with the Origin %s is answered with %i", async ([origin, status]) => {
    expect((await to("internal:3000", { origin }, hosts)).status).toBe(status);
  });

  test("is no page of the request's own host if that is not among them", async () => {
    const headers = { host: "evil.example", origin: "http://evil.example" };
    expect((await to("evil.example", headers, ["app.example"])).status).toBe(421);
    expect((await to("evil.example", headers, "any")).status).toBe(200);
  });

  test("is refused all the same where the browser says that it comes from another site", async () => {
    const headers = { "origin": "https://app.example", "sec-fetch-site": "cross-site" };
    expect((await to("internal:3000", headers, hosts)).status).toBe(403);
  });

  test("is not led to a host that is not among them", async () => {
    const headers = { host: "internal:3000" };
    for (const referer of ["https://evil.example/", "https://app.example:8443/", "javascript:1"]) {
      expect((await form({ ...headers, referer })).headers.get("location")).toBe("/");
    }
  });
});
