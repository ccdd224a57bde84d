import { env } from "cloudflare:workers";
import { type Context, Hono } from "hono";
import { expect, test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { createNasc } from "../../../src/router/mod.ts";
import { counterHandlers, counterMessage } from "../../support/counter.ts";
import { EventStream } from "../../support/event-stream.ts";

// The local D1 has sessions and bookmarks, but no replicas: tests/router/d1-sessions.test.ts makes one lag behind.
const session = "first-unconstrained";

test("a store in a session of D1 writes on condition, reads what it wrote, and names its bookmark", async () => {
  const store = new D1Store(env.DB, { session });
  expect(store.source).toBe(env.DB);
  const [version] = await store.commit([{ type: "Session", key: "a", value: 1, ifVersion: null }]);
  expect(store.bookmark).toMatch(/./);
  const later = new D1Store(env.DB, { session: store.bookmark! });
  await later.commit([{ type: "Session", key: "a", value: 2, ifVersion: version! }]);
  const lost = { type: "Session", key: "a", value: 3, ifVersion: version! };
  await expect(store.commit([lost])).rejects.toMatchObject({ name: "ConflictError" });
  await expect(store.commit([lost, { type: "Session", key: "b", value: 1 }])).rejects
    .toMatchObject({ name: "ConflictError" });
  expect((await store.get("Session", "a"))!.value).toBe(2);
  expect(await store.get("Session", "b")).toBeUndefined();
  store.catchUp();
  expect(store.bookmark).toMatch(/./);
  expect((await store.get("Session", "a"))!.value).toBe(2);
});

test("a store whose bookmark is nobody's reads and writes all the same", async () => {
  await new D1Store(env.DB).commit([{ type: "Session", key: "c", value: 1 }]);
  for (const bookmark of ["nobody's", "x".repeat(5_000), "00000001-ffffffff-00000000-00"]) {
    const store = new D1Store(env.DB, { session: bookmark });
    const { version, value } = (await store.get("Session", "c"))!;
    await store.commit([{
      type: "Session",
      key: "c",
      value: value as number + 1,
      ifVersion: version,
    }]);
    expect((await store.get("Session", "c"))!.value).toBe(value as number + 1);
  }
});

test("pages and their events go by sessions of D1, with the bookmark in a header", async () => {
  const stores = new WeakMap<Context, D1Store>();
  const storeOf = (context: Context) => {
    const store = stores.get(context) ??
      new D1Store(env.DB, { session: context.req.header("x-d1-bookmark") ?? session });
    stores.set(context, store);
    return store;
  };
  const { app: routes } = createNasc({
    handlers: counterHandlers,
    store: storeOf,
    authorize: "everyone",
    hosts: "any",
  });
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header("x-d1-bookmark", storeOf(context).bookmark ?? "");
  });
  app.route("/nasc", routes);
  const send = async () => {
    const response = await app.request("/nasc/event", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(counterMessage({ instance: "sessions" })),
    });
    expect([response.status, await response.json()]).toMatchObject([200, { ok: true }]);
    return response.headers.get("x-d1-bookmark")!;
  };
  await send();
  const bookmark = await send();
  expect(bookmark).toMatch(/./);
  const headers = { "x-d1-bookmark": bookmark };
  const page = new EventStream(
    await app.request("/nasc/stream?scope=Counter:sessions", { headers }),
  );
  expect((await page.next()).data.rev).toBe(2);
  await send();
  expect((await page.next()).data.rev).toBe(3);
  await page.close();
});
