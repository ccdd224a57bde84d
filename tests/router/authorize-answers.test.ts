import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test, vi } from "vitest";
import { ConstraintError, type Handlers, NascError } from "../../mod.ts";
import type { NascOptions } from "../../src/router/mod.ts";
import { counterMessage } from "../support/counter.ts";
import { open } from "./support-stream.ts";
import { app, post, store, user } from "./support.ts";

type Answer = (context: Context) => unknown;

const schemaProvider = { User: { title: "User" } };
const mount = { ...user, event: "mount", eventId: "e1" };

/** Returns an app whose `authorize` does this, whatever its type says. */
function guarded(authorize: Answer, options: Partial<NascOptions> = {}) {
  return app({ schemaProvider, authorize: authorize as never, ...options });
}

/** Asks every route that `authorize` guards, with one question each, one after the other. */
async function askAll(routes: ReturnType<typeof app>): Promise<Response[]> {
  const form = { method: "POST", body: new URLSearchParams() };
  return [
    await post(routes, mount),
    await routes.request("/nasc/event?type=User&instance=me&event=mount", form),
    await routes.request("/nasc/stream?scope=User:me"),
    await routes.request("/nasc/schema/User"),
  ];
}

describe("authorize that returns", () => {
  test.for<[name: string, answer: unknown, described: string]>([
    ["undefined", undefined, "undefined"],
    ["null", null, "null"],
    ["0", 0, "0"],
    ["1", 1, "1"],
    ["NaN", NaN, "NaN"],
    ["an empty text", "", '""'],
    ["a text", "yes", '"yes"'],
    ["a bigint", 1n, "1"],
    ["an object", {}, "a value of type Object"],
    ["a true object", new Boolean(true), "a value of type Boolean"],
    ["a list", [true], "a value of type Array"],
    ["a function", () => true, "a value of type Function"],
    ["a user", { id: "ada", isAdmin: true }, "a value of type Object"],
  ])("%s allows nothing and is an error that says so", async ([, answer, described]) => {
    for (const authorize of [() => answer, () => Promise.resolve(answer)]) {
      const onError = vi.fn();
      const statuses = (await askAll(guarded(authorize, { onError }))).map(({ status }) => status);
      expect(statuses).toEqual([500, 500, 500, 500]);
      expect(onError.mock.calls.map(([error]) => error.message)).toEqual([
        `Cannot authorize mount of User/me: authorize returned ${described}; return true or false, or a Response`,
        `Cannot authorize mount of User/me: authorize returned ${described}; return true or false, or a Response`,
        `Cannot authorize mount of User/me: authorize returned ${described}; return true or false, or a Response`,
        `Cannot authorize schema of User: authorize returned ${described}; return true or false, or a Response`,
      ]);
      expect(await store.load("User", "me")).toBeNull();
    }
  });

  test("a promise of true allows, and a promise of a promise of it", async () => {
    const routes = guarded(() => Promise.resolve(Promise.resolve(true)));
    const answers = await askAll(routes);
    expect(answers.map(({ status }) => status)).toEqual([200, 303, 200, 200]);
    await answers[2]!.body?.cancel();
  });

  test.for<[name: string, answer: Answer, status: number, text: string]>([
    ["a problem of its own", (c) => c.json({ error: "sign in" }, 401), 401, '{"error":"sign in"}'],
    ["a redirect to the login", (c) => c.redirect("/login"), 302, ""],
    ["a page", (c) => c.html("<form>"), 200, "<form>"],
    ["a Response", () => new Response("teapot", { status: 418 }), 418, "teapot"],
    ["a Response without a body", () => new Response(null, { status: 403 }), 403, ""],
    ["a promise of a Response", async (c) => c.text("later", 503), 503, "later"],
    ["an HTTPException", () => new HTTPException(402, { message: "pay" }), 402, "pay"],
  ])("%s answers with it, and runs nothing", async ([, answer, status, text]) => {
    const onError = vi.fn();
    for (const response of await askAll(guarded(answer, { onError }))) {
      expect([response.status, await response.text()]).toEqual([status, text]);
    }
    expect(onError).not.toHaveBeenCalled();
    expect(await store.load("User", "me")).toBeNull();
  });

  test("a Response whose headers are fixed answers with it", async () => {
    const routes = guarded(() => Response.redirect("https://login.example/", 302));
    for (const response of await askAll(routes)) {
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toBe("https://login.example/");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("a Response with cookies keeps them, and a page of another origin may read it", async () => {
    const routes = guarded((context) => {
      context.header("set-cookie", "session=; Max-Age=0", { append: true });
      context.header("set-cookie", "seen=1", { append: true });
      return context.text("expired", 401);
    }, { origins: ["https://app.example"] });
    const headers = { "origin": "https://app.example", "sec-fetch-site": "cross-site" };
    for (
      const response of [
        await post(routes, mount, headers),
        await routes.request("/nasc/stream?scope=User:me", { headers }),
      ]
    ) {
      expect(response.status).toBe(401);
      expect(response.headers.getSetCookie()).toEqual(["session=; Max-Age=0", "seen=1"]);
      expect(response.headers.get("access-control-allow-origin")).toBe("https://app.example");
    }
  });

  test("the Response of a request that failed refuses, as a problem", async () => {
    for (const response of await askAll(guarded(() => Response.error()))) {
      expect(await response.json()).toMatchObject({ status: 403, code: "forbidden" });
    }
  });

  test("a Response that was sent before refuses with its status, as a problem", async () => {
    const once = new Response("no", { status: 401 });
    await once.text();
    const routes = guarded(() => once);
    for (const response of await askAll(routes)) {
      expect(await response.json()).toMatchObject({ status: 401, code: "unauthorized" });
    }
  });
});

test("the type of authorize takes what allows or refuses, and nothing else", () => {
  const right: NascOptions["authorize"][] = [
    "everyone",
    () => true,
    (context, { id }) => id === "me" || context.json({ error: "sign in" }, 401),
    async (context) => await Promise.resolve(false) || context.redirect("/login"),
  ];
  const wrong: NascOptions["authorize"][] = [
    // @ts-expect-error -- not a name for anybody
    "nobody",
    // @ts-expect-error -- a user is no permission
    () => ({ id: "ada" }),
    // @ts-expect-error -- nothing is no permission
    () => {},
    // @ts-expect-error -- a number is no permission
    async () => 1,
  ];
  expect([right.length, wrong.length]).toEqual([4, 4]);
});

describe("authorize that throws", () => {
  const res = new Response("from another realm", { status: 404, headers: { "x-realm": "other" } });

  test.for<[name: string, error: () => unknown, status: number, text: RegExp]>([
    ["an HTTPException", () => new HTTPException(401, { message: "sign in" }), 401, /^sign in$/],
    [
      "an HTTPException with a Response",
      () => {
        return new HTTPException(404, { res: res.clone(), message: "secret" });
      },
      404,
      /^from another realm$/,
    ],
    ["a Response", () => new Response("no", { status: 403 }), 403, /^no$/],
    ["a NascError", () => new NascError("no-licence", "Renew your licence"), 422, /no-licence/],
  ])("%s refuses with it", async ([, error, status, text]) => {
    const onError = vi.fn();
    const routes = guarded(() => {
      throw error();
    }, { onError });
    for (const response of await askAll(routes)) {
      expect(response.status).toBe(status);
      expect(await response.text()).toMatch(text);
    }
    expect(onError).not.toHaveBeenCalled();
  });

  test.for<[string, unknown]>([
    ["an error", new Error("the database at 10.0.0.7 said no")],
    ["a text", "10.0.0.7"],
    ["undefined", undefined],
    ["a plain object with a status", { status: 200 }],
  ])("%s fails, and no route says more than that", async ([, thrown]) => {
    const onError = vi.fn();
    const routes = guarded(() => {
      throw thrown;
    }, { onError });
    for (const response of await askAll(routes)) {
      expect(response.status).toBe(500);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(await response.text()).not.toContain("10.0.0.7");
    }
    expect(onError.mock.calls.map(([error]) => error)).toEqual(Array(4).fill(thrown));
  });
});

describe("a refusal of one among several", () => {
  const byId: Answer = (context) => context.text("sign in", 401);

  test.for<[name: string, refusal: Answer, status: number, code: string]>([
    ["false", () => false, 403, "forbidden"],
    ["401", (c) => c.text("sign in", 401), 401, "unauthorized"],
    ["404", (c) => c.text("hidden", 404), 404, "not-found"],
    ["418", () => new Response(null, { status: 418 }), 418, "forbidden"],
    ["429", () => new HTTPException(429), 429, "limited"],
    ["502", () => new HTTPException(502), 502, "unavailable"],
    ["a redirect", (c) => c.redirect("/login"), 403, "forbidden"],
    ["a page", (c) => c.html("<form>"), 403, "forbidden"],
  ])(
    "by %s is a problem in an array and a patch in a stream",
    async ([, refusal, status, code]) => {
      const routes = app({
        authorize: (context, { id }) => id === "private" ? refusal(context) as never : true,
      });
      const hidden = counterMessage({ instance: "private", event: "mount", eventId: "e1" });
      const shown = counterMessage({ event: "mount" });
      const answers = await (await post(routes, [hidden, shown, hidden])).json();
      expect(answers).toMatchObject([
        { status, code, eventId: "e1", patches: [{ action: "error", code }] },
        { ok: true },
        { status, code },
      ]);

      const page = await open(routes, "scope=Counter:private&scope=Counter:visits");
      expect((await page.next()).data).toMatchObject({
        instance: "private",
        patches: [{ action: "error", code, type: "Counter", instance: "private" }],
      });
      expect((await page.next()).data).toMatchObject({ instance: "visits", rev: 1 });
      await page.close();
    },
  );

  test("answers a stream of which everything is refused with the first Response", async () => {
    const routes = app({
      authorize: (context, { id }) => id === "a" ? false : byId(context) as never,
    });
    const response = await routes.request("/nasc/stream?scope=User:a&scope=User:b&scope=User:c");
    expect([response.status, await response.text()]).toEqual([401, "sign in"]);
  });

  test("by a 503 does not stop the messages after it, as an outage of the storage would", async () => {
    const routes = app({
      authorize: (context, { id }) => id === "a" ? context.text("busy", 503) : true,
    });
    const messages = ["a", "b"].map((instance) => counterMessage({ instance }));
    expect(await (await post(routes, messages)).json())
      .toMatchObject([{ status: 503 }, { ok: true }]);
  });
});

describe("user", () => {
  test("is asked once a request, however much is in it", async () => {
    const who = vi.fn(() => "ada");
    const seen: unknown[] = [];
    const handlers: Handlers = {
      User: {
        mount: () => ({ times: 0 }),
        see: (_, { times }, { user }) => (seen.push(user), { times: times + 1 }),
      },
    };
    const routes = app({ handlers, user: who });
    await post(routes, Array(3).fill({ ...user, event: "see" }));
    expect([who.mock.calls.length, seen]).toEqual([1, ["ada", "ada", "ada"]]);
    const stream = await routes.request("/nasc/stream?scope=User:a&scope=User:b");
    await stream.body?.cancel();
    expect(who).toHaveBeenCalledTimes(2);
  });

  test("is not asked for a request that cannot be read", async () => {
    const who = vi.fn();
    const routes = app({ user: who });
    for (const body of ["no JSON", {}, [{}], []]) await post(routes, body);
    await routes.request("/nasc/stream");
    expect(who).not.toHaveBeenCalled();
  });

  test.for<[string, Answer]>([
    ["returns a Response", (c) => c.json({ error: "expired" }, 401)],
    ["resolves to a Response", async (c) => c.json({ error: "expired" }, 401)],
    ["throws a Response", (c) => {
      throw c.json({ error: "expired" }, 401);
    }],
    ["throws an HTTPException", (c) => {
      throw new HTTPException(401, { res: c.json({ error: "expired" }) });
    }],
  ])("that %s refuses with it", async ([, who]) => {
    const authorize = vi.fn(() => true);
    const routes = app({ user: who, authorize });
    const answers = (await askAll(routes)).slice(0, 3);
    for (const response of answers) {
      expect([response.status, await response.text()]).toEqual([401, '{"error":"expired"}']);
    }
    expect(await (await post(routes, [mount, mount])).json())
      .toMatchObject([{ status: 401, code: "unauthorized" }, { status: 401 }]);
    expect(authorize.mock.calls.map((call) => (call as unknown[])[1])).toEqual([
      { type: "User", id: undefined, event: "schema" },
    ]);
    expect(await store.load("User", "me")).toBeNull();
  });

  test("that throws no error fails the stream like any other failure", async () => {
    const routes = app({
      user: () => {
        throw "10.0.0.7";
      },
    });
    const response = await routes.request("/nasc/stream?scope=User:me");
    expect([response.status, (await response.json()).code]).toEqual([500, "internal"]);
  });
});

describe("what is no refusal, though it looks like one", () => {
  test.for<[string, () => unknown]>([
    ["an error with a getResponse of another library", () => {
      throw Object.assign(new Error("at 10.0.0.7"), { getResponse: () => "10.0.0.7" });
    }],
    ["a constraint on a write of its own", () => {
      throw new ConstraintError("sessions: 10.0.0.7", {
        type: "Session",
        key: "10.0.0.7",
        constraint: "unique",
        field: "at 10.0.0.7",
      });
    }],
  ])("is a failure that is reported: %s", async ([, fails]) => {
    for (const name of ["authorize", "user", "limit"]) {
      const onError = vi.fn();
      const routes = app({ schemaProvider, onError, [name]: fails });
      for (const response of (await askAll(routes)).slice(0, name === "authorize" ? 4 : 3)) {
        const text = await response.text();
        expect([response.status, JSON.parse(text).code]).toEqual([500, "internal"]);
        expect(text).not.toContain("10.0.0.7");
      }
      expect(onError.mock.calls.length).toBeGreaterThan(2);
    }
  });
});

test("a store that is promised is refused, and what the promise rejects with ends no process", async () => {
  const onError = vi.fn();
  const routes = app({ onError, store: (() => Promise.reject(new Error("10.0.0.7"))) as never });
  expect((await post(routes, mount)).status).toBe(500);
  expect(onError.mock.calls[0]![0].message).toContain("store(context) is a promise");
});

test("a store that is a function of the request may refuse it too", async () => {
  const routes = app({
    store: () => {
      throw new HTTPException(404, { message: "no such tenant" });
    },
  });
  for (
    const response of [
      await post(routes, mount),
      await routes.request("/nasc/stream?scope=User:me"),
    ]
  ) {
    expect([response.status, await response.text()]).toEqual([404, "no such tenant"]);
  }
});
