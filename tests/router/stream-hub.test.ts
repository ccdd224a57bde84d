import { describe, expect, test, vi } from "vitest";
import { MemoryHub } from "../../mod.ts";
import { counterMessage } from "../support/counter.ts";
import { countingHub, open, send, update } from "./support-stream.ts";
import { app, store } from "./support.ts";

describe("GET /stream", () => {
  test("does not repeat what its snapshot holds already", async () => {
    const hub = new MemoryHub();
    const routes = app({ hub });
    await send(routes, counterMessage({ event: "mount" }));
    await send(routes, counterMessage());
    const get = store.get.bind(store);
    store.get = async (type, key) => {
      const entry = await get(type, key);
      const news = { kind: "change", type: "Counter", id: "visits" } as const;
      hub.publish(store, { ...news, rev: 1, state: { count: 0 } });
      hub.publish(store, { ...news, rev: 2, state: { count: 1 } });
      return entry;
    };
    const page = await open(routes);
    expect((await page.next()).data).toEqual(update(1, 2));
    store.get = get;
    await send(routes, counterMessage());
    expect(await page.next()).toEqual({ event: "message", data: update(2, 3) });
  });

  test("leaves the hub when its page goes away", async () => {
    const hub = new MemoryHub();
    const left = vi.fn();
    const subscribe = hub.subscribe.bind(hub);
    hub.subscribe = (...parameters) => {
      const leave = subscribe(...parameters);
      return () => (left(), leave());
    };
    const page = await open(app({ hub }));
    await page.next();
    await page.close();
    await vi.waitFor(() => expect(left).toHaveBeenCalledTimes(1));
  });

  test("follows a hub that carries no states", async () => {
    const hub = new MemoryHub();
    const publish = hub.publish.bind(hub);
    hub.publish = (source, { state: _, ...news }) => publish(source, news);
    const routes = app({ hub });
    const page = await open(routes);
    await page.next();
    await send(routes, counterMessage({ payload: 3 }));
    expect((await page.next()).data).toEqual(update(3, 2));
    await page.close();
  });

  test("leaves the hub if it cannot be opened", async () => {
    const { hub, listening } = countingHub();
    let asked = 0;
    const authorize = () => {
      if (++asked === 2) throw new Error("the session store is down");
      return true;
    };
    const response = await app({ hub, authorize }).request(
      "/nasc/stream?scope=Counter:a&scope=Counter:b",
    );
    expect([response.status, listening()]).toEqual([500, 0]);
  });
});
