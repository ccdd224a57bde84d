import { Hono } from "hono";
import { describe, expect, test, vi } from "vitest";
import { MemoryHub, type News } from "../../mod.ts";
import { attachNasc, createNasc, type NascOptions } from "../../src/router/mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { counterMessage } from "../support/counter.ts";
import { EventStream } from "../support/event-stream.ts";
import { countingHub, open, send, update } from "./support-stream.ts";
import { handlers, post, store } from "./support.ts";

const reopen = { event: "reopen", data: undefined };

/** Returns an app whose users say who they are by a header, and what ends their streams. */
function app(options: Partial<NascOptions> = {}) {
  const app = new Hono();
  const user = (context: { req: { header(name: string): string | undefined } }) =>
    context.req.header("user");
  const { hangUp } = attachNasc({
    app,
    handlers,
    store,
    user,
    authorize: "everyone",
    hosts: "any",
    onError: () => {},
    ...options,
  });

  /** Opens a stream of a counter. */
  async function openAs(name?: string, query = "scope=Counter:visits"): Promise<EventStream> {
    const headers: Record<string, string> = name === undefined ? {} : { user: name };
    return new EventStream(await app.request(`/nasc/stream?${query}`, { headers }));
  }
  return { app, hangUp, openAs };
}

describe("hangUp", () => {
  test("ends all streams of a user at once, before what changes then, and nobody else's", async () => {
    const { hub, listening } = countingHub();
    const { app: routes, hangUp, openAs } = app({ hub });
    const anns = [await openAs("ann"), await openAs("ann", "scope=Counter:a&scope=Counter:b")];
    const others = [await openAs("bob"), await openAs(), await openAs("ann2")];
    for (const page of [...anns, anns[1]!, ...others]) await page.next();
    await hangUp("ann");
    await send(routes, counterMessage());
    for (const page of anns) expect(await page.rest()).toEqual([reopen]);
    for (const page of others) expect((await page.next()).data).toEqual(update(1, 2));

    // The same user may come back.
    const again = await openAs("ann");
    expect((await again.next()).data).toEqual(update(1, 2));
    await send(routes, counterMessage());
    expect((await again.next()).data).toEqual(update(2, 3));
    for (const page of [...others, again]) await page.close();
    await vi.waitFor(() => expect(listening()).toBe(0));
  });

  test("takes what identify returned of the user, or the key made of it", async () => {
    const name = "ann@x.example";
    const identify = (user: unknown) => `${user}@x.example`;
    const bytes = new TextEncoder().encode(JSON.stringify(name));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const key = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    for (const user of [name, key]) {
      const { hangUp, openAs } = app({ identify });
      const page = await openAs("ann");
      await page.next();
      await hangUp("ann");
      await hangUp(user);
      expect(await page.rest()).toEqual([reopen]);
    }
  });

  test("ends no stream of a user whose name is the key of another one", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify("ann@x.example"));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const key = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const { app: routes, hangUp, openAs } = app();
    const page = await openAs(key);
    await page.next();
    await hangUp("ann@x.example");
    await send(routes, counterMessage());
    expect((await page.next()).data).toEqual(update(1, 2));
    await hangUp(key);
    expect(await page.rest()).toEqual([reopen]);
  });

  test.for<[unknown, string]>([
    ["-", '"-"'],
    [undefined, "undefined"],
    [7, "7"],
    [{ id: "ann" }, "a value of type Object"],
  ])("refuses %o, which names nobody, and ends no stream", async ([wrong, described]) => {
    const { app: routes, hangUp, openAs } = app();
    const page = await openAs();
    await page.next();
    await expect(hangUp(wrong as string)).rejects.toThrow(
      new TypeError(
        `Cannot hang up ${described}: that is nobody; pass what identify returns of a user, such as its id`,
      ),
    );
    await send(routes, counterMessage());
    expect((await page.next()).data).toEqual(update(1, 2));
  });

  test("says so where no stream can have a user", async () => {
    const { hangUp } = createNasc({ handlers, store });
    await expect(hangUp("ann")).rejects.toThrow(
      'Cannot hang up "ann": no stream has a user; create Nasc with the option user',
    );
    await createNasc({ handlers, store, hub: new MemoryHub() }).hangUp("ann");
  });

  test("drops the news that a slow reader has not taken", async () => {
    const { app: routes, hangUp, openAs } = app();
    const page = await openAs("ann");
    for (let event = 1; event <= 20; event++) await send(routes, counterMessage());
    await hangUp("ann");
    for (let event = 1; event <= 20; event++) await send(routes, counterMessage());
    const rest = await page.rest();
    expect(rest.at(-1)).toEqual(reopen);
    // What is in the pipe cannot be taken back; it holds the first frames, and what followed was one.
    const revs = rest.slice(0, -1).map(({ data }) => data.rev);
    expect(revs.length).toBeLessThan(5);
    expect(Math.max(...revs)).toBeLessThan(21);
  });

  test("cuts off a reader that takes nothing, not even the last event", async () => {
    const clock = new SteppedClock();
    const { app: routes, hangUp, openAs } = app({ clock });
    const page = await openAs("ann");
    for (let event = 1; event <= 5; event++) await send(routes, counterMessage());
    await hangUp("ann");
    await vi.waitFor(() => expect(clock.dues).toEqual([5_000]));
    clock.pass(5_000);
    await vi.waitFor(() => expect(clock.dues).toEqual([]));
    expect((await page.rest()).map(({ event }) => event)).not.toContain("reopen");
  });

  test("ends a thousand streams at once", async () => {
    const { hub, listening } = countingHub();
    const { app: routes, hangUp, openAs } = app({ hub });
    const query = "scope=Counter:a&scope=Counter:b";
    const pages = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const page = await openAs("ann", query);
        await page.next();
        await page.next();
        return page;
      }),
    );
    const other = await openAs("bob", query);
    await other.next();
    await other.next();
    expect(listening()).toBe(2_003);
    await hangUp("ann");
    expect(listening()).toBe(3);
    await send(routes, counterMessage({ instance: "a" }));
    for (const page of pages) expect(await page.rest()).toEqual([reopen]);
    expect((await other.next()).data).toEqual(update(1, 2, "a"));
  });
});

/** Opens a stream that is held up, hangs its user up meanwhile, and returns all that it shows. */
async function hungUpWhile(
  heldUp: Promise<void>,
  { opening, hangUp, release }: {
    readonly opening: Promise<EventStream>;
    readonly hangUp: () => Promise<void>;
    readonly release: () => void;
  },
) {
  await heldUp;
  await hangUp();
  release();
  return await (await opening).rest();
}

describe("a stream that opens when its user is hung up shows nothing", () => {
  const held: [string, (wait: () => Promise<void>) => Partial<NascOptions>][] = [
    ["user", (wait) => ({
      async user() {
        await wait();
        return "ann";
      },
    })],
    ["the hash of its user's name", (wait) => ({
      user: () => wait().then(() => "ann"),
      identify: () => "ann",
    })],
    ["authorize", (wait) => ({
      async authorize() {
        await wait();
        return true;
      },
    })],
    ["the store", (wait) => {
      const get = store.get.bind(store);
      store.get = async (...parameters) => {
        await wait();
        return await get(...parameters);
      };
      return {};
    }],
  ];
  const hubs: [string, boolean][] = [["in its own process", false], ["through the hub", true]];
  for (const [where, isElsewhere] of hubs) {
    test.for(held)(`while it waits for %s, ${where}`, async ([, options]) => {
      const waits = Promise.withResolvers<void>();
      const goes = Promise.withResolvers<void>();
      const { hub, listening } = countingHub();
      const one = app({
        hub,
        ...options(() => {
          waits.resolve();
          return goes.promise;
        }),
      });
      const other = app({ hub });
      const shown = await hungUpWhile(waits.promise, {
        opening: one.openAs("ann"),
        hangUp: () => (isElsewhere ? other : one).hangUp("ann"),
        release: goes.resolve,
      });
      expect(shown).toEqual([reopen]);
      expect(listening()).toBe(0);
    });
  }

  test("and one of another user opens", async () => {
    const { hangUp, app: routes } = app({
      async user() {
        await hangUp("bob");
        return "ann";
      },
    });
    const page = await open(routes);
    expect((await page.next()).data).toEqual(update(0, 1));
  });

  test("and a stream that is refused or fails leaves the hub", async () => {
    const { hub, listening } = countingHub();
    const answers: [boolean, number][] = [[false, 403], [true, 500]];
    for (const [fails, status] of answers) {
      const { app: routes } = app({
        hub,
        authorize() {
          if (fails) throw new Error("the session store is down");
          return false;
        },
      });
      const response = await routes.request("/nasc/stream?scope=Counter:a");
      expect([response.status, listening()]).toEqual([status, 0]);
    }
  });
});

describe("hangUp through a hub", () => {
  /** Returns the hubs of two processes, written as the documentation says; news cross them as JSON, a task later. */
  function twoHubs(carry: (news: News) => unknown = (news) => news) {
    const hubs = [new MemoryHub(), new MemoryHub()];
    return hubs.map((hub, index) => ({
      publish(source: string | object, { state: _, ...news }: News) {
        hub.publish(source, news);
        const text = JSON.stringify(carry(news));
        // In another process, the one storage has another identity.
        const there = source === store ? "the same store" : source;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => {
          port1.close();
          hubs[1 - index]!.publish(there, JSON.parse(data));
        };
        port2.postMessage(text);
      },
      subscribe: hub.subscribe.bind(hub),
    }));
  }

  test("ends the user's streams in the other process, and only theirs", async () => {
    const [here, there] = twoHubs();
    const one = app({ hub: here! });
    const two = app({ hub: there! });
    const pages = [await one.openAs("ann"), await two.openAs("ann")];
    const other = await two.openAs("bob");
    for (const page of [...pages, other]) await page.next();
    await one.hangUp("ann");
    for (const page of pages) expect(await page.rest()).toEqual([reopen]);
    await send(two.app, counterMessage());
    expect((await other.next()).data).toEqual(update(1, 2));
  });

  test("reports news that lost their user on the way", async () => {
    const errors: unknown[] = [];
    const [here, there] = twoHubs(({ kind, type, id }) => ({ kind, type, id }));
    const one = app({ hub: here! });
    const two = app({ hub: there!, onError: (error) => errors.push(error) });
    const page = await two.openAs("ann");
    await page.next();
    await one.hangUp("ann");
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    expect(errors).toMatchObject([{
      message: "Cannot hang up a user: the hub brought a value of type Object to " +
        '["_nasc","hangUp"]; make it hand on news with every field',
    }]);
    await send(two.app, counterMessage());
    expect((await page.next()).data).toEqual(update(1, 2));
  });

  test("ends the streams of this process also if the hub fails, and says that it failed", async () => {
    const hub = new MemoryHub();
    const one = app({ hub });
    const page = await one.openAs("ann");
    await page.next();
    hub.publish = () => {
      throw new Error("the channel is closed");
    };
    await expect(one.hangUp("ann")).rejects.toThrow("the channel is closed");
    hub.publish = () => Promise.reject(new Error("the channel is cut"));
    await expect(one.hangUp("ann")).rejects.toThrow("the channel is cut");
    expect(await page.rest()).toEqual([reopen]);
  });

  test("a hub that goes on bringing news to who has left is not believed", async () => {
    const hub = new MemoryHub();
    const subscribe = hub.subscribe.bind(hub);
    hub.subscribe = (...parameters) => {
      subscribe(...parameters);
      return () => {};
    };
    const clock = new SteppedClock();
    let refuses = false;
    const one = app({
      hub,
      clock,
      authorize: (_, { id, event }) => event !== "mount" || id !== "a" || !refuses,
    });
    const page = await one.openAs("ann", "scope=Counter:a&scope=Counter:b");
    await page.next();
    await page.next();
    refuses = true;
    clock.pass(60_000);
    expect((await page.next()).data.patches).toMatchObject([{ code: "forbidden" }]);
    await send(one.app, counterMessage({ instance: "a" }));
    await send(one.app, counterMessage({ instance: "b" }));
    expect((await page.next()).data).toEqual(update(1, 2, "b"));
  });

  test("no page can listen to who is hung up", async () => {
    const { app: routes, hangUp, openAs } = app();
    const page = await openAs("ann");
    await page.next();
    const response = await routes.request("/nasc/stream?scope=_nasc:hangUp", {
      headers: { user: "eve" },
    });
    expect(response.status).toBe(404);
    const event = { type: "_nasc", instance: "hangUp", event: "mount" };
    expect((await post(routes, event)).status).toBe(404);
    await hangUp("ann");
    expect(await page.rest()).toEqual([reopen]);
  });
});
