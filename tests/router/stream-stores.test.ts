import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../mod.ts";
import { counterMessage } from "../support/counter.ts";
import { plainStore } from "../support/plain-store.ts";
import { Heart, open, send, update } from "./support-stream.ts";
import { app } from "./support.ts";

describe("GET /stream", () => {
  test("shows nothing of another request's store", async () => {
    const stores: Record<string, MemoryStore> = { a: new MemoryStore(), b: new MemoryStore() };
    const routes = app({ store: (context) => stores[context.req.header("x-tenant") ?? "a"]! });
    const page = await open(routes);
    await page.next();
    const elsewhere = { "x-tenant": "b" };
    await send(routes, counterMessage({ event: "mount" }), elsewhere);
    await send(routes, counterMessage({ payload: 4242 }), elsewhere);
    await send(routes, counterMessage({ payload: 1 }));
    expect((await page.next()).data).toEqual(update(1, 2));
    await page.close();
  });

  test("keeps counting revisions when every request makes a plain store anew", async () => {
    const data = new Map<string, unknown>();
    const routes = app({ store: () => plainStore(data, data) });
    const page = await open(routes);
    await page.next();
    for (const count of [1, 2, 3]) {
      await send(routes, counterMessage());
      expect((await page.next()).data).toEqual(update(count, count + 1));
    }
    await page.close();
  });

  test("finds at a heartbeat what another process changed in a plain store", async () => {
    const heart = new Heart();
    const data = new Map<string, unknown>();
    const page = await open(app({ store: plainStore(data, data), clock: heart.clock }));
    await page.next();
    await plainStore(data, data).persist("Counter", "visits", {}, { count: 9 });
    expect(await heart.beatUntil(page.next())).toEqual({ event: "snapshot", data: update(9, 1) });
    await page.close();
  });
});
