import { Hono } from "hono";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Handlers, MemoryStore, NascError, Ramify } from "../../mod.ts";
import type { Flash } from "../../src/page/flash.ts";
import { formActionOf } from "../../src/page/form-action.ts";
import { createNasc, type NascOptions } from "../../src/router/mod.ts";
import { elsewhere, handlers, store } from "./support.ts";

const secret = "a secret of 16 characters and more";
const address = { type: "User", id: "me", event: "rename", rows: ["1", "b"] };
const refusal = { code: "no-name", message: "Everybody has a name", fields: { name: "missing" } };
const keep = ["name", "tags", "mail"];

/** Returns an app with a page that tells its flash, and counts time by `now`. */
function pages(options: Partial<NascOptions> = {}) {
  const time = { now: 1_800_000_000_000 };
  const clock = { now: () => time.now, setTimeout, clearTimeout } as NascOptions["clock"];
  const nasc = createNasc({
    handlers,
    ...elsewhere.instances?.({ handlers, ...options }) ?? { store },
    ...{ authorize: "everyone" as const, hosts: "any" as const, onError: () => {} },
    ...{ secret, clock },
    ...options,
  } as NascOptions);
  const app = new Hono();
  app.route("/nasc", nasc.app);
  app.get("/page", async (context) => context.json(await nasc.flash(context) ?? null));
  return { app, time };
}

interface Sent {
  origin?: string;
  action?: Partial<Parameters<typeof formActionOf>[1]>;
  fields?: Record<string, string>;
  headers?: Record<string, string>;
}

/** Sends a form that leads back to /page. */
async function send(
  { app }: { app: Hono },
  { origin = "https://rian.test", action = {}, fields = {}, headers = {} }: Sent = {},
): Promise<Response> {
  const path = formActionOf("/nasc", { ...address, returnTo: "/page?x=1#me", keep, ...action });
  const body = new URLSearchParams(fields);
  return await app.request(`${origin}${path}`, { method: "POST", headers, body });
}

function cookieOf(response: Response): string {
  return response.headers.get("set-cookie") ?? "";
}

/** Asks for the page with a cookie, and returns what it shows and the cookie that it sends. */
async function show(
  { app }: { app: Hono },
  cookie: string,
): Promise<{ flash: Flash | null; cleared: string }> {
  const headers = { cookie: cookie.split(";")[0]! };
  const response = await app.request("https://rian.test/page", { headers });
  return { flash: await response.json() as Flash | null, cleared: cookieOf(response) };
}

async function flashAfter(site: { app: Hono }, sent?: Sent): Promise<Flash | null> {
  return (await show(site, cookieOf(await send(site, sent)))).flash;
}

test("what one user was refused, another who signs in at the same browser is not shown", async () => {
  const it = pages({ user: (context) => context.req.header("x-user") });
  const fields = { name: "", mail: "ann@rian.test" };
  const sent = await send(it, { fields, headers: { "x-user": "ann" } });
  const cookie = cookieOf(sent).split(";")[0]!;
  const shownTo = async (user: Record<string, string>) => {
    const response = await it.app.request("https://rian.test/page", {
      headers: { cookie, ...user },
    });
    return await response.json();
  };
  expect(await shownTo({ "x-user": "bob" })).toBe(null);
  expect(await shownTo({})).toBe(null);
  expect(await shownTo({ "x-user": "ann" })).toMatchObject({ values: { mail: "ann@rian.test" } });
});

describe("a refused form without script", () => {
  test("leads back, and its page is told why, and what was typed, once", async () => {
    const site = pages();
    const fields = { name: "", mail: "ada@example", pin: "1234" };
    const response = await send(site, { fields, action: { lists: ["tags"] } });
    expect([response.status, response.headers.get("location"), await response.text()])
      .toEqual([303, "/page?x=1#me", ""]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(cookieOf(response)).toMatch(
      /^__Host-nasc-flash=[^;]+; Max-Age=60; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(cookieOf(response)).not.toContain("1234");

    const { flash, cleared } = await show(site, cookieOf(response));
    const values = { name: "", mail: "ada@example", tags: [] };
    expect(flash).toEqual({ ...address, error: refusal, values });
    expect(cleared)
      .toBe("__Host-nasc-flash=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax");
  });

  test("over HTTP has a cookie that browsers take there, and one for HTTPS behind a proxy", async () => {
    const site = pages();
    const plain = cookieOf(await send(site, { origin: "http://rian.test" }));
    expect(plain).toMatch(/^nasc-flash=[^;]+; Max-Age=60; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await show(site, plain)).flash?.error).toEqual(refusal);
    const headers = { origin: "https://rian.test" };
    expect(cookieOf(await send(site, { origin: "http://rian.test", headers })))
      .toMatch(/^__Host-nasc-flash=.*; Secure/);
  });

  test("leads to the page that it is on, if its action does not say where to", async () => {
    const { app } = pages();
    const url = "https://rian.test" + formActionOf("/nasc", address);
    const headers = { referer: "https://rian.test/page" };
    const response = await app.request(url, {
      method: "POST",
      body: new URLSearchParams(),
      headers,
    });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/page"]);
  });

  test("is answered with the problem where no page is known, and to a script", async () => {
    const site = pages();
    for (
      const sent of [{ action: { returnTo: "//evil.test" } }, {
        headers: { "sec-fetch-mode": "cors" },
      }]
    ) {
      const response = await send(site, sent);
      expect([response.status, response.headers.get("set-cookie")]).toEqual([422, null]);
      expect(await response.json()).toMatchObject({ code: "no-name" });
    }
  });

  test("of another origin is refused, and leads nowhere", async () => {
    const response = await send(pages(), { headers: { origin: "https://evil.test" } });
    expect([response.status, response.headers.get("location"), response.headers.get("set-cookie")])
      .toEqual([403, null, null]);
  });

  test("stands as the app answers it", async () => {
    const site = pages({ authorize: (context) => context.redirect("/login") });
    const response = await send(site);
    expect([response.status, response.headers.get("location"), response.headers.get("set-cookie")])
      .toEqual([302, "/login", null]);
  });

  test.for<[string, Partial<NascOptions>, Sent]>([
    ["forbidden", { authorize: () => false }, {}],
    ["limited", { limit: () => ({ retryAfter: 5 }) }, {}],
    ["unknown-event", {}, { action: { event: "fly" } }],
    ["unknown-type", {}, { action: { type: "Nobody" } }],
    ["internal", {}, { action: { event: "fail" } }],
    ["too-large", { maxBodyBytes: 3 }, { fields: { name: "Ada" } }],
    ["unsupported-media-type", {}, { headers: { "content-encoding": "gzip" } }],
    ["invalid-payload", {}, { action: { flags: ["__proto__"] } }],
    ["invalid-message", {}, { action: { id: "" } }],
  ])("leads back for the code %s too, with a text for people", async ([code, options, sent]) => {
    const { error } = (await flashAfter(pages(options), sent))!;
    expect(error.code).toBe(code);
    expect(error.message).not.toBe("");
    expect(error.message).not.toContain("10.0.0.7");
    // Without a secret, the same code has a text of its own.
    const general = await flashAfter(pages({ ...options, secret: undefined }), sent);
    expect(general).toEqual({
      ...{ type: "", id: "", event: "", rows: [], values: {} },
      error: { code, message: expect.stringMatching(/^[A-Z][a-z ,;]+$/) },
    });
  });

  test("leads back when what it says is taken, and when the storage is away", async () => {
    const db = new Ramify().createStore({ User: { primaryKey: "id", unique: ["name"] } } as never);
    const User: Handlers["User"] = {
      mount: ({ id }) => ({ id }),
      rename: ({ name }, state) => ({ ...state, name }),
    };
    const taken = pages({ handlers: { User }, store: db, instances: undefined });
    const fields = { name: "Ada" };
    expect(await flashAfter(taken, { action: { id: "a" }, fields })).toBe(null);
    const refused = await flashAfter(taken, { action: { id: "b" }, fields });
    expect(refused).toMatchObject({ id: "b", error: { code: "constraint" }, values: fields });

    const away = new MemoryStore();
    vi.spyOn(away, "get").mockRejectedValue(new Error("10.0.0.7 is away"));
    const outage = pages({ store: away, instances: undefined });
    const { error, values } = (await flashAfter(outage, { fields }))!;
    expect([error.code, values]).toEqual(["unavailable", fields]);
    expect(error.message).not.toContain("10.0.0.7");
  });

  test("has a cookie with no attributes but its own, whatever all objects inherit", async () => {
    const added = { value: "evil.test", configurable: true };
    Object.defineProperty(Object.prototype, "domain", added);
    onTestFinished(() => void Reflect.deleteProperty(Object.prototype, "domain"));
    const site = pages({ secret: undefined });
    const cookie = cookieOf(await send(site, { origin: "http://rian.test" }));
    expect(cookie).toBe("nasc-flash=refused; Max-Age=60; Path=/; HttpOnly; SameSite=Lax");
    expect((await show(site, cookie)).cleared).not.toContain("Domain");
  });

  test("without a secret sends no more than that it was refused", async () => {
    const site = pages({ secret: undefined });
    const cookie = cookieOf(await send(site, { fields: { mail: "ada@example" } }));
    expect(cookie).toMatch(/^__Host-nasc-flash=refused; /);
    expect((await show(site, cookie)).flash?.error)
      .toEqual({ code: "refused", message: "This was not accepted" });
  });
});

describe("a flash that is not the app's own, or too old", () => {
  test("is shown for a minute", async () => {
    const site = pages();
    const cookie = cookieOf(await send(site));
    site.time.now += 60_000;
    expect((await show(site, cookie)).flash?.error).toEqual(refusal);
    site.time.now += 1;
    const { flash, cleared } = await show(site, cookie);
    expect([flash, cleared]).toEqual([null, expect.stringContaining("Max-Age=0")]);
  });

  test("is nothing, and cleared, whatever was changed in it", async () => {
    const site = pages();
    const [pair] = cookieOf(await send(site)).split(";") as [string];
    const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    const other = cookieOf(await send(pages({ secret: "another secret of the same kind" })));
    const forged = [
      ...["", "x", "refused", "conflict", "a.b", ".", "%", "%ff", "[]", "null", "a".repeat(4_000)],
      ...[value.slice(0, -1), value.slice(1), value.split(".")[0]!, `${value.split(".")[0]}.`],
      ...[`A${value}`, value.replace(".", "A."), decodeURIComponent(value).slice(0, -5)],
      ...Array.from({ length: 20 }, (_, index) => {
        const at = Math.floor(index * value.length / 21);
        return value.slice(0, at) + (value[at] === "A" ? "B" : "A") + value.slice(at + 1);
      }),
      other.split(";")[0]!.slice(name.length + 1),
    ];
    for (const text of forged) {
      const { flash, cleared } = await show(site, `${name}=${text}`);
      expect([text, flash, cleared]).toEqual([text, null, expect.stringContaining("Max-Age=0")]);
    }
    expect((await show(site, pair)).flash?.error).toEqual(refusal);
  });

  test("is nothing where the app has no secret, and a text out of it is never shown", async () => {
    const site = pages({ secret: undefined });
    const signed = cookieOf(await send(pages()));
    for (const text of [signed.split("=")[1]!, "Pay me", "toString", "__proto__", "<b>x</b>"]) {
      const { flash, cleared } = await show(site, `nasc-flash=${text}`);
      expect([flash, cleared]).toEqual([null, expect.stringContaining("Max-Age=0")]);
    }
  });

  test("is not looked for where there is no cookie", async () => {
    const { flash, cleared } = await show(pages(), "session=1");
    expect([flash, cleared]).toEqual([null, ""]);
  });
});

describe("a flash that would be too large", () => {
  const long = (length: number) => "é".repeat(length / 2);
  const Long = {
    mount: () => ({}),
    refuse({ message, field }: { message: string; field: string }) {
      const fields = field === "" ? {} : { fields: { name: long(Number(field)) } };
      throw new NascError("long", long(Number(message)) || "no", fields);
    },
  };
  const action = { type: "Long", event: "refuse" };

  test.for<[string, Record<string, string>, (flash: Flash) => void]>([
    [
      "the longest of what was typed",
      { message: "100", field: "100", mail: "ada@example", name: long(1_900) },
      ({ values, error }) => {
        expect(values).toEqual({ mail: "ada@example" });
        expect(error.fields).toEqual({ name: long(100) });
      },
    ],
    [
      "the fields",
      { message: "100", field: "2000", mail: "ada@example" },
      ({ values, error }) => {
        expect(values).toEqual({});
        expect(error).toEqual({ code: "long", message: long(100) });
      },
    ],
    [
      "the end of the message",
      { message: "100000", field: "10", mail: "ada@example" },
      ({ values, error }) => {
        expect([values, error.fields]).toEqual([{}, undefined]);
        expect(error.message).toMatch(/^é{400,}…$/);
      },
    ],
  ])("loses %s", async ([, fields, check]) => {
    const site = pages({ handlers: { Long } });
    const cookie = cookieOf(await send(site, { action, fields }));
    expect(cookie.length).toBeLessThan(3_000);
    const { flash } = await show(site, cookie);
    expect(flash).toMatchObject({ type: "Long", id: "me", event: "refuse", rows: ["1", "b"] });
    check(flash!);
  });

  test("belongs to no form if its address alone is too long", async () => {
    const site = pages({ handlers: { Long } });
    const rows = Array.from({ length: 20 }, () => "x".repeat(400));
    const cookie = cookieOf(
      await send(site, { action: { ...action, rows }, fields: { message: "9" } }),
    );
    expect(cookie.length).toBeLessThan(3_000);
    expect((await show(site, cookie)).flash).toMatchObject({
      type: "",
      rows: [],
      error: { code: "long" },
    });
  });
});

test("a form mounts its instance in the same unit of work", async () => {
  const commit = vi.spyOn(store, "commit");
  const site = pages();
  const response = await send(site, { fields: { name: "Ada" } });
  expect([response.status, response.headers.get("set-cookie")]).toEqual([303, null]);
  expect(await store.load("User", "me")).toEqual({ name: "Ada" });
  if (!elsewhere.instances) expect(commit).toHaveBeenCalledOnce();
});
