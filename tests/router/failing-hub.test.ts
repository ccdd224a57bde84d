import { describe, expect, test, vi } from "vitest";
import { type Hub, MemoryHub, MemoryStore } from "../../mod.ts";
import { createNasc } from "../../src/router/mod.ts";
import { counterMessage } from "../support/counter.ts";
import { EventStream } from "../support/event-stream.ts";
import { Heart, open, send, update } from "./support-stream.ts";
import { app, handlers } from "./support.ts";

const closed = new Error("the channel is closed");

/** Ways in which a call of a hub fails. */
const failures: readonly [string, () => never | Promise<never>][] = [
  ["throws", () => {
    throw closed;
  }],
  ["rejects", () => Promise.reject(closed)],
];

/** Returns a hub of which some calls fail. */
function hubWith(parts: Partial<Hub>): Hub {
  const hub = new MemoryHub();
  return { publish: hub.publish.bind(hub), subscribe: hub.subscribe.bind(hub), ...parts };
}

describe("a stream outlives a hub", () => {
  test.for(failures)("whose subscribe %s: it finds changes at its heartbeat", async ([, fail]) => {
    const onError = vi.fn();
    const heart = new Heart();
    const hub = hubWith({ subscribe: () => fail() as never });
    const routes = app({ hub, onError, clock: heart.clock });
    const page = await open(routes);
    expect((await page.next()).data).toEqual(update(0, 1));
    await send(routes, counterMessage({ payload: 3 }));
    expect((await heart.beatUntil(page.next())).data).toEqual(update(3, 2));
    await page.close();
    expect(onError.mock.calls.map(([error]) => error)).toContain(closed);
  });

  test("whose subscribe returns no function, which is reported", async () => {
    const onError = vi.fn();
    const hub = hubWith({ subscribe: () => undefined as never });
    const page = await open(app({ hub, onError }));
    expect((await page.next()).data).toEqual(update(0, 1));
    await page.close();
    expect(onError.mock.calls.map(([error]) => error.message)).toContain(
      'Cannot follow ["Counter","visits"]: subscribe of the hub returned undefined; ' +
        "make it return a function that ends the subscription",
    );
  });

  test.for(failures)(
    "whose leave function %s: all the same, every other subscription is left",
    async ([, fail]) => {
      const onError = vi.fn();
      const left: string[] = [];
      const memory = new MemoryHub();
      const hub = hubWith({
        publish: memory.publish.bind(memory),
        subscribe(source, address, listener) {
          const leave = memory.subscribe(source, address, listener);
          return () => {
            leave();
            left.push(address.id);
            return fail();
          };
        },
      });
      const routes = app({ hub, onError, user: () => "ann" });
      const page = await open(routes, "scope=Counter:a&scope=Counter:b&scope=Counter:c");
      for (const _ of "abc") await page.next();
      await page.close();
      await vi.waitFor(() => expect(left.toSorted()).toEqual(["a", "b", "c", "hangUp"]));
      expect(onError).toHaveBeenCalledTimes(4);
      // The next page is served as ever.
      const next = await open(routes);
      expect((await next.next()).data).toEqual(update(0, 1));
      await send(routes, counterMessage());
      expect((await next.next()).data).toEqual(update(1, 2));
      await next.close();
    },
  );

  test("that failed once: it hears of hang-ups by the next stream's subscription", async () => {
    const memory = new MemoryHub();
    let fails = true;
    const hub = hubWith({
      subscribe(...parameters) {
        if (fails) throw closed;
        return memory.subscribe(...parameters);
      },
      publish: memory.publish.bind(memory),
    });
    const here = createNasc({
      ...{ handlers, store: new MemoryStore(), hub, user: () => "ann", onError() {} },
      ...{ authorize: "everyone", hosts: "any" },
    });
    const stream = async () =>
      new EventStream(await here.app.request("/stream?scope=Counter:visits"));
    const pages = [await stream()];
    fails = false;
    pages.push(await stream());
    for (const page of pages) await page.next();
    const elsewhere = createNasc({ handlers, store: new MemoryStore(), hub, user: () => "ann" });
    await elsewhere.hangUp("ann");
    for (const page of pages) expect(await page.rest()).toMatchObject([{ event: "reopen" }]);
  });
});

test.for(failures)(
  "an event over a store of the request is done though its hub's publish %s",
  async ([, fail]) => {
    const onError = vi.fn();
    const store = new MemoryStore();
    const hub = hubWith({ publish: () => fail() });
    const routes = app({ hub, onError, store: () => store });
    await send(routes, counterMessage({ event: "mount" }));
    await send(routes, counterMessage());
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(2));
    expect(onError.mock.calls[0]![0]).toBe(closed);
  },
);
