import { describe, expect, test } from "vitest";
import { createProcessor, MemoryStore, Ramify } from "../../mod.ts";
import { counterMessage } from "../support/counter.ts";
import { Heart, open, send, update } from "./support-stream.ts";
import { app, handlers, store } from "./support.ts";

describe("GET /stream", () => {
  test("finds at a heartbeat what changed without its hub hearing of it", async () => {
    const heart = new Heart();
    const page = await open(app({ clock: heart.clock }));
    await page.next();
    const elsewhere = createProcessor(handlers, store);
    await elsewhere(counterMessage({ payload: 4 }));
    expect((await heart.beatUntil(page.next())).data).toEqual(update(4, 2));
  });

  test("sends a snapshot of an instance that was replaced and whose revisions start anew", async () => {
    const heart = new Heart();
    const routes = app({ clock: heart.clock });
    const page = await open(routes);
    await page.next();
    await send(routes, counterMessage());
    expect((await page.next()).data).toEqual(update(1, 2));
    await store.commit([{
      type: "Counter",
      key: "visits",
      value: { count: 70 },
      metadata: { rev: 1 },
    }]);
    expect(await heart.beatUntil(page.next())).toEqual({
      event: "snapshot",
      data: update(70, 1),
    });
    await send(routes, counterMessage());
    expect(await page.next()).toEqual({ event: "message", data: update(71, 2) });
  });

  test("sends only a heartbeat for an unchanged document, whatever types it holds", async () => {
    const heart = new Heart();
    const state = () => ({
      id: "n",
      at: new Date(0),
      tags: new Set(["a"]),
      by: new Map([["a", 1]]),
      left: undefined,
      sizes: [1, undefined],
    });
    const Note = {
      mount: state,
      rename: (name: string, note: object) => ({ ...note, name }),
    };
    const db = new Ramify().createStore({ Note: { primaryKey: "id" } });
    for (const store of [db, new MemoryStore(), new Map<string, unknown>()]) {
      const routes = app({ handlers: { Note }, store, clock: heart.clock });
      const page = await open(routes, "scope=Note:n");
      expect((await page.next()).event).toBe("snapshot");
      for (let beat = 0; beat < 3; beat++) {
        const frame = page.frame();
        expect(await heart.beatUntil(frame)).toMatch(/^event: heartbeat$/m);
      }
      await send(routes, { type: "Note", instance: "n", event: "rename", payload: "first" });
      const { data } = await page.next();
      expect(data.patches).toMatchObject([{ prop: "name", value: "first", rev: 2 }]);
      await page.close();
    }
  });

  test("sends a sign of life at a heartbeat without changes", async () => {
    const page = await open(app({ heartbeat: 1 }));
    await page.next();
    expect(await page.frame()).toMatch(/^event: heartbeat$/m);
    await page.close();
  });

  test("begins by saying how often it sends a sign of life", async () => {
    const page = await open(app({ heartbeat: 1234 }));
    expect(await page.frame()).toBe('event: hello\ndata: {"heartbeat":1234}');
    await page.close();
  });
});
