import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import { defineHandler, MemoryStore, NascError } from "../../mod.ts";
import { createNasc, type NascOptions } from "../../src/router/mod.ts";
import { Page } from "./support-frames.ts";

interface Letter {
  readonly from: string;
  readonly text: string;
  readonly tags: string[];
}

const handlers = {
  Letter: defineHandler<{ user: string | undefined }>()({
    mount: ({ id }): Letter => ({ from: "ada", text: `about ${id}`, tags: ["new"] }),
    view: ({ text, ...rest }, { user }) =>
      user === "nobody" ? undefined : user === rest.from ? { ...rest, text } : rest,
    write: (text: string, letter) => ({ ...letter, text }),
  }),
};

/** Returns an app with a page that reads letters by their ids, and what it has read. */
function pages(given: Partial<NascOptions> = {}) {
  const store = new MemoryStore();
  const failures: unknown[] = [];
  const nasc = createNasc({
    handlers,
    store,
    authorize: "everyone",
    hosts: "any",
    user: (context) => context.req.header("x-user"),
    onError: (error) => failures.push(error),
    ...given as Pick<NascOptions, "authorize">,
  });
  const app = new Hono();
  app.route("/nasc", nasc.app);
  app.get("/letters/:ids", async (context) => {
    const { read } = nasc.reader(context);
    const ids = context.req.param("ids").split(",");
    const type = context.req.query("type") ?? "Letter";
    return context.json(await Promise.all(ids.map(async (id) => await read(type, id) ?? null)));
  });
  const get = (path: string, user?: string) =>
    app.request(
      `http://rian.test/letters/${path}`,
      user === undefined ? {} : { headers: { "x-user": user } },
    );
  return { app, nasc, store, get, failures };
}

test("a page reads instances as its user sees them, and mounts those that are new", async () => {
  const { get, store, nasc } = pages();
  const [seen] = await (await get("a", "ada")).json();
  expect(seen).toMatchObject({ rev: 1, state: { from: "ada", text: "about a", tags: ["new"] } });
  expect(await store.load("Letter", "a")).toEqual(seen.state);
  await nasc.process({ type: "Letter", instance: "a", event: "write", payload: "hello" });
  const { epoch } = seen;
  expect(await (await get("a", "bob")).json())
    .toEqual([{ rev: 2, epoch, state: { from: "ada", tags: ["new"] } }]);
  expect(await (await get("a,b", "nobody")).json()).toEqual([null, null]);
});

test("a stream goes on from what a page has read", async () => {
  const { app, get } = pages();
  const headers = { "x-user": "bob" };
  const [held] = await (await get("a", "bob")).json();
  const { page } = await Page.open(app, { scope: "Letter:a", held, headers });
  expect(await page.next()).toMatchObject({ action: "patch", base: 1, rev: 1, ops: [] });
  await page.close();
});

test("what a page makes of a state that it has read changes nothing", async () => {
  const { app, nasc } = pages();
  app.get("/scribble", async (context) => {
    const { read } = nasc.reader(context);
    for (const user of ["once", "twice"]) {
      const { state } = (await read("Letter", "a"))!;
      (state as Letter).tags.push(user);
    }
    return context.json((await read("Letter", "a"))!.state);
  });
  const response = await app.request("/scribble", { headers: { "x-user": "ada" } });
  expect((await response.json()).tags).toEqual(["new"]);
});

describe("authorize", () => {
  test("is asked as for a stream; what it refuses is not read, nor brought into being", async () => {
    const asked: string[] = [];
    const { get, store } = pages({
      authorize: (_context, { type, id, event }) => {
        asked.push(`${event} ${type}/${id}`);
        return id !== "secret" && !(event === "create" && id === "old");
      },
    });
    const [secret, old, a] = await (await get("secret,old,a", "ada")).json();
    expect([secret, old, a]).toMatchObject([null, { rev: 0, epoch: "0" }, { rev: 1 }]);
    expect(old.state.text).toBe("about old");
    expect(asked.sort()).toEqual(
      [
        "create Letter/a",
        "create Letter/old",
        "mount Letter/a",
        "mount Letter/old",
        "mount Letter/secret",
      ],
    );
    expect(await store.load("Letter", "secret")).toBeNull();
    expect(await store.load("Letter", "old")).toBeNull();
  });

  test.for<[string, () => boolean | Response, number, string]>([
    [
      "by a Response that leads to a login",
      () => new Response(null, { status: 302, headers: { location: "/login" } }),
      302,
      "",
    ],
    ["by a page", () => new Response("Sign in first", { status: 401 }), 401, "Sign in first"],
    [
      "by an HTTPException",
      () => {
        throw new HTTPException(404, { message: "no such letter" });
      },
      404,
      "no such letter",
    ],
    [
      "for now",
      () => {
        throw new NascError("unavailable", "Come back later");
      },
      503,
      "Come back later",
    ],
  ])(
    "that refuses %s is what the page answers, without reading",
    async ([, refuse, status, text]) => {
      for (const options of [{ authorize: refuse }, { user: refuse }]) {
        const { get, store, failures } = pages(options);
        const response = await get("a", "ada");
        expect([response.status, await response.text()]).toEqual([status, text]);
        expect(response.headers.get("location")).toBe(status === 302 ? "/login" : null);
        expect(await store.load("Letter", "a")).toBeNull();
        expect(failures).toEqual([]);
      }
    },
  );
});

test("user is asked once a page, however much that reads", async () => {
  let asked = 0;
  const { get } = pages({ user: () => (asked++, "ada") });
  await get("a,b,c", "ada");
  expect(asked).toBe(1);
});

test("the store may come with the request", async () => {
  const stores = new Map([["x", new MemoryStore()], ["y", new MemoryStore()]]);
  const { get } = pages({ store: (context) => stores.get(context.req.query("type") ? "y" : "x")! });
  await get("a", "ada");
  expect(await stores.get("x")!.load("Letter", "a")).toMatchObject({ text: "about a" });
  expect(await stores.get("y")!.load("Letter", "a")).toBeNull();
});

describe("a page that cannot read", () => {
  test.for(
    [
      ["an id that none can be", "x".repeat(600), 400],
      ["a type that there is not", "a?type=Parcel", 404],
      ["a type that all objects have", "a?type=toString", 404],
    ] as const,
  )("%s says so", async ([, path, status]) => {
    expect((await pages().get(path, "ada")).status).toBe(status);
  });

  test("a storage that fails answers that, and tells strangers nothing more", async () => {
    class Broken extends MemoryStore {
      override get(): Promise<never> {
        return Promise.reject(new Error("10.0.0.7 refused"));
      }
    }
    const { get, failures } = pages({ store: new Broken() });
    const response = await get("a", "ada");
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain("10.0.0.7");
    expect(String(failures)).toContain("10.0.0.7");
  });
});
