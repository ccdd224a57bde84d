import type { Hono } from "hono";
import { describe, expect, test, vi } from "vitest";
import { createProcessor, type HandlerContext, type Handlers, MemoryHub } from "../../mod.ts";
import type { NascOptions } from "../../src/router/mod.ts";
import { counterMessage } from "../support/counter.ts";
import { have, Page, send2 } from "./support-frames.ts";
import { countingHub, Heart, open, send } from "./support-stream.ts";
import { app as appOf, handlers as others, post, store } from "./support.ts";

const about = { type: "Counter", instance: "visits" };

const note =
  "a note that takes more characters than the operations that change the count beside it";

/** Handlers of a counter whose state is longer than what changes it. */
const handlers: Handlers = {
  ...others,
  Counter: {
    mount: () => ({ count: 0, note }),
    add: (by: number, state: { count: number }) => ({ ...state, count: state.count + by }),
  },
};

function app(options: Partial<NascOptions> = {}): Hono {
  return appOf({ handlers, ...options });
}

/** Handlers of a list, whose events change it or leave it as it is. */
const List = {
  mount: () => ({ items: Array.from({ length: 1_000 }, (_, id) => ({ id, done: false })) }),
  toggle: (at: number, { items }: { items: { id: number; done: boolean }[] }) => ({
    items: items.map((item) => item.id === at ? { ...item, done: !item.done } : item),
  }),
  reverse: (_: unknown, { items }: { items: unknown[] }) => ({ items: items.toReversed() }),
  nothing: (_: unknown, state: object) => state,
};
const list = { type: "List", instance: "l" };
const replace = (value: unknown) => [{ op: "replace", path: "/count", value }];

describe("GET /stream in protocol 2", () => {
  test("greets with its protocol, a token that no other stream has, and its times", async () => {
    const routes = app({ heartbeat: 1234, receiptTtl: 5678 });
    const pages = [
      await open(routes, "scope=Counter:a&have="),
      await open(routes, "scope=Counter:a&have="),
    ];
    const hellos = await Promise.all(
      pages.map(async (page) => JSON.parse((await page.frame()).slice(6))),
    );
    for (const hello of hellos) {
      expect(hello).toEqual({
        action: "hello",
        protocol: 2,
        heartbeat: 1234,
        receiptTtl: 5678,
        stream: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    }
    expect(hellos[0].stream).not.toBe(hellos[1].stream);
  });

  test("begins with a snapshot, and continues with the operations that make each change", async () => {
    const routes = app();
    const { page } = await Page.open(routes);
    const epoch = expect.stringMatching(/^[\w~-]+$/);
    const state = { count: 0, note };
    expect(await page.next()).toEqual({ action: "snapshot", ...about, rev: 1, epoch, state });
    await send(routes, counterMessage({ payload: 3 }));
    expect(await page.next()).toEqual({ action: "patch", ...about, rev: 2, ops: replace(3) });
    await page.close();
  });

  test("sends a slow reader many changes as one, which says what it leads on from", async () => {
    const routes = app();
    const { page } = await Page.open(routes);
    await page.next();
    for (let event = 1; event <= 20; event++) await send(routes, counterMessage());
    while (page.held.get("Counter:visits")?.rev !== 21) await page.next();
    expect(page.held.get("Counter:visits")?.state).toEqual({ count: 20, note });
    await page.close();
  });

  test("takes fewer than 150 bytes for one change in a list of 1,000, and a snapshot where all changes", async () => {
    const routes = app({ handlers: { List } });
    const stream = await open(routes, "scope=List:l&have=");
    await stream.frame();
    await stream.frame();
    await send(routes, { ...list, event: "toggle", payload: 522 });
    const frame = await stream.frame();
    expect(frame).toBe(
      'data: {"action":"patch","type":"List","instance":"l","rev":2,' +
        '"ops":[{"op":"replace","path":"/items/522/done","value":true}]}',
    );
    expect(frame.length).toBeLessThan(150);
    await send(routes, { ...list, event: "reverse" });
    expect(JSON.parse((await stream.frame()).slice(6))).toMatchObject({
      action: "snapshot",
      rev: 3,
    });
    await stream.close();
  });

  test("finds at a heartbeat what changed without its hub hearing of it, and beats besides", async () => {
    const heart = new Heart();
    const { page } = await Page.open(app({ clock: heart.clock }));
    await page.next();
    expect(await heart.beatUntil(page.frame())).toEqual({ action: "beat" });
    await createProcessor(handlers, store)(counterMessage({ payload: 4 }));
    expect(await heart.beatUntil(page.next())).toMatchObject({ rev: 2, ops: replace(4) });
    await page.close();
  });

  test("looks at each instance in time while another one keeps changing", async () => {
    const heart = new Heart();
    const routes = app({ clock: heart.clock });
    const stream = await open(routes, "scope=Counter:busy&have=&scope=Counter:quiet&have=");
    for (let frame = 0; frame < 3; frame++) await stream.frame();
    await createProcessor(handlers, store)(counterMessage({ instance: "quiet", payload: 7 }));
    const seen: string[] = [];
    while (!seen.includes("quiet")) {
      heart.clock.ring();
      await send(routes, counterMessage({ instance: "busy" }));
      const { instance } = JSON.parse((await stream.frame()).slice(6));
      seen.push(instance);
      expect(seen.length).toBeLessThan(20);
    }
    await stream.close();
  });

  test("shows an instance that was replaced whole, whatever its revision", async () => {
    const heart = new Heart();
    const { page } = await Page.open(app({ clock: heart.clock }));
    await page.next();
    for (const rev of [1, 9]) {
      await store.commit([{
        ...{ type: "Counter", key: "visits" },
        value: { count: rev },
        metadata: { rev },
      }]);
      expect(await heart.beatUntil(page.next())).toMatchObject({
        action: "snapshot",
        rev,
        state: { count: rev },
      });
    }
    await page.close();
  });

  test("believes no revision lower than one that it has told before it has read it twice", async () => {
    const heart = new Heart();
    const routes = app({ clock: heart.clock });
    const { page } = await Page.open(routes);
    await page.next();
    const old = (await store.get("Counter", "visits"))!;
    await send(routes, counterMessage({ payload: 4 }));
    await page.next();
    const get = store.get.bind(store);
    let lagging = 1;
    store.get = async (...parameters) => lagging-- > 0 ? old : await get(...parameters);
    expect(await heart.beatUntil(page.frame())).toEqual({ action: "beat" });
    expect(await heart.beatUntil(page.frame())).toEqual({ action: "beat" });
    lagging = Infinity;
    expect(await heart.beatUntil(page.next())).toMatchObject({ action: "snapshot", rev: 1 });
    await page.close();
  });

  test("says that an instance was deleted, and shows it whole once it is there again", async () => {
    const heart = new Heart();
    const routes = app({ clock: heart.clock });
    const { page } = await Page.open(routes);
    await page.next();
    await store.commit([{ type: "Counter", key: "visits", delete: true }]);
    expect(await heart.beatUntil(page.next())).toEqual({
      action: "gone",
      ...about,
      code: "deleted",
    });
    await send(routes, counterMessage({ payload: 2 }));
    expect(await page.next()).toMatchObject({ action: "snapshot", state: { count: 2 } });
    await page.close();
  });

  test("says at once that an event has deleted its instance, to its sender as well", async () => {
    const Note = {
      mount: () => ({ text: note }),
      end: (_: unknown, state: object, context: HandlerContext) => (context.delete(), state),
    };
    const routes = app({ handlers: { Note } });
    const { page, token } = await Page.open(routes, { scope: "Note:n" });
    await page.next();
    const gone = { action: "gone", type: "Note", instance: "n", code: "deleted" };
    const message = { type: "Note", instance: "n", event: "end", stream: token };
    expect((await send2(routes, message)).patches).toEqual([gone]);
    expect(await page.next()).toEqual(gone);
    await send(routes, { ...message, event: "mount" });
    expect(await page.next()).toMatchObject({ action: "snapshot", state: { text: note } });
    await page.close();
  });

  test("shows the scopes that are allowed, and says why others are not", async () => {
    const routes = app({ authorize: (_context, { id }) => id !== "secret" });
    const stream = await open(routes, "scope=Counter:open&have=&scope=Counter:secret&have=");
    await stream.frame();
    const frames = [await stream.frame(), await stream.frame()].map((text) =>
      JSON.parse(text.slice(6))
    );
    expect(frames).toMatchObject([
      { action: "snapshot", instance: "open" },
      { action: "error", type: "Counter", instance: "secret", code: "forbidden" },
    ]);
    expect(Object.keys(frames[1]).sort()).toEqual([
      "action",
      "code",
      "eventId",
      "instance",
      "message",
      "type",
    ]);
    await stream.close();
  });

  test.for([
    ["no have for each scope", "scope=Counter:a&have=&scope=Counter:b"],
    ["more haves than scopes", "scope=Counter:a&have=&have="],
    ["a have without a tag", "scope=Counter:a&have=e.1"],
    ["a have whose revision is none", "scope=Counter:a&have=e.-1.t"],
    ["a have whose revision is too high", "scope=Counter:a&have=e.9007199254740993.t"],
    ["a have with other characters", "scope=Counter:a&have=e%20.1.t"],
    ["a have with more parts", "scope=Counter:a&have=e.1.t.t"],
    ["a have that never ends", `scope=Counter:a&have=${"e".repeat(5_000)}.1.t`],
    ["have alone", "have="],
    ["101 scopes", Array.from({ length: 101 }, (_, id) => `scope=Counter:${id}&have=`).join("&")],
  ])("refuses %s, and opens nothing", async ([, query]) => {
    const response = await app().request(`/nasc/stream?${query}`);
    expect([response.status, (await response.json()).code]).toEqual([400, "invalid-message"]);
    expect(await store.get("Counter", "a")).toBeUndefined();
  });

  test("follows 100 scopes, each once, whatever their ids hold", async () => {
    const ids = [
      "a&have=",
      "b:c",
      "d.e",
      "ü 😀",
      ...Array.from({ length: 96 }, (_, id) => `n${id}`),
    ];
    const scopes = ids.map((id) => `scope=${encodeURIComponent(`Counter:${id}`)}&have=`);
    const stream = await open(app(), [...scopes, scopes[0]].join("&"));
    await stream.frame();
    const shown: string[] = [];
    for (const _ of ids) shown.push(JSON.parse((await stream.frame()).slice(6)).instance);
    expect(shown).toEqual(ids);
    await stream.close();
  });
});

describe("a page that opens its stream again", () => {
  test("is told that nothing has changed, if it has what is so now", async () => {
    const routes = app();
    const { page } = await Page.open(routes);
    await page.next();
    await page.close();
    const { page: again } = await Page.open(routes, { held: page.held.get("Counter:visits") });
    expect(await again.next()).toEqual({ action: "patch", ...about, rev: 1, base: 1, ops: [] });
    await send(routes, counterMessage());
    expect(await again.next()).toEqual({ action: "patch", ...about, rev: 2, ops: replace(1) });
    await again.close();
  });

  test("does not bring back what was deleted while it was away; an event does, and a page that comes anew", async () => {
    const Note = {
      mount: () => ({ text: note }),
      end: (_: unknown, state: object, context: HandlerContext) => (context.delete(), state),
      write: (text: string, state: object) => ({ ...state, text }),
    };
    const routes = app({ handlers: { Note } });
    const scope = "Note:n";
    const { page } = await Page.open(routes, { scope });
    await page.next();
    await page.close();
    const held = page.held.get(scope)!;
    const message = { type: "Note", instance: "n" };
    await send(routes, { ...message, event: "end" });

    const gone = { action: "gone", ...message, code: "deleted" };
    const { page: again } = await Page.open(routes, { scope, held });
    expect(await again.next()).toEqual(gone);
    const { epoch, rev } = held;
    const mount = { ...message, event: "mount", epoch, rev };
    expect((await send2(routes, mount)).patches).toEqual([gone]);
    expect(await store.get("Note", "n")).toBeUndefined();
    await send(routes, { ...message, event: "write", payload: "new" });
    expect(await again.next()).toMatchObject({
      action: "snapshot",
      rev: 1,
      state: { text: "new" },
    });
    await again.close();

    await send(routes, { ...message, event: "end" });
    const { page: anew } = await Page.open(routes, { scope });
    expect(await anew.next()).toMatchObject({ action: "snapshot", state: { text: note } });
    await anew.close();
  });

  test.for([
    ["another state than it should have", { state: { count: 9, note } }],
    ["another creation", { epoch: "other" }],
    ["a revision that is not there yet", { rev: 7 }],
    ["a revision that nobody remembers", { rev: 0 }],
  ])("gets the whole if it has %s", async ([, other]) => {
    const routes = app();
    const { page } = await Page.open(routes);
    await page.next();
    await page.close();
    const held = { ...page.held.get("Counter:visits")!, ...(other as object) };
    const { page: again } = await Page.open(routes, { held });
    expect(await again.next()).toMatchObject({ action: "snapshot", rev: 1, state: { count: 0 } });
    await again.close();
  });

  test("gets the whole if the way back cannot be read, and leaves the hub in the end", async () => {
    const { hub, listening } = countingHub();
    const routes = app({ hub });
    const { page } = await Page.open(routes);
    await page.next();
    await page.close();
    await send(routes, counterMessage());
    const get = store.get.bind(store);
    let reads = 0;
    store.get = (type, key) => {
      if (type === "Counter" && ++reads === 2) return Promise.reject(new Error("the disk failed"));
      return get(type, key);
    };
    const { page: again } = await Page.open(routes, { held: page.held.get("Counter:visits") });
    expect(await again.next()).toMatchObject({ action: "snapshot", rev: 2, state: { count: 1 } });
    expect(listening()).toBe(1);
    await again.close();
    await vi.waitFor(() => expect(listening()).toBe(0));
  });

  test("has a tag of what travels, though dates, maps and numbers are other things on the server", async () => {
    const routes = app();
    await send(routes, { type: "User", instance: "me", event: "rich" });
    const { page } = await Page.open(routes, { scope: "User:me" });
    await page.next();
    await page.close();
    const { page: again } = await Page.open(routes, {
      scope: "User:me",
      held: page.held.get("User:me"),
    });
    expect(await again.next()).toMatchObject({ action: "patch", ops: [] });
    await again.close();
  });
});

describe("POST /event in protocol 2", () => {
  test.for<[string, object]>([
    ["a protocol that is not there yet", { protocol: 3 }],
    ["a protocol as text", { protocol: "2" }],
    ["a stream that is no token", { protocol: 2, stream: { a: 1 } }],
    ["a revision below 0", { protocol: 2, epoch: "e", rev: -1 }],
    ["an epoch with other characters", { protocol: 2, epoch: "e.1", rev: 1 }],
  ])("refuses %s, and runs nothing", async ([, parts]) => {
    const response = await post(app(), { ...counterMessage(), ...parts });
    expect([response.status, (await response.json()).code]).toEqual([400, "invalid-message"]);
    expect(await store.get("Counter", "visits")).toBeUndefined();
  });

  test("answers a mount with a snapshot, and an event with what it has changed", async () => {
    const routes = app();
    const { epoch, ...mounted } = await send2(routes, { ...about, event: "mount", eventId: "m" });
    const state = { count: 0, note };
    expect(mounted).toEqual({
      ok: true,
      eventId: "m",
      rev: 1,
      patches: [{ action: "snapshot", ...about, rev: 1, epoch, state }],
    });
    expect(await send2(routes, counterMessage({ payload: 2, eventId: "e" }))).toEqual({
      ok: true,
      eventId: "e",
      rev: 2,
      epoch,
      patches: [{ action: "patch", ...about, rev: 2, ops: replace(2) }],
    });
  });

  test("answers an event that changed nothing with no operations at its revision", async () => {
    const routes = app({ handlers: { List } });
    await send2(routes, { ...list, event: "mount" });
    const { patches } = await send2(routes, { ...list, event: "nothing" });
    expect(patches).toEqual([{ action: "patch", ...list, rev: 1, base: 1, ops: [] }]);
  });

  test("answers a new instance, a repeat, and what is shorter whole with a snapshot", async () => {
    const routes = app({ handlers: { ...handlers, List } });
    const message = counterMessage({ payload: 5, eventId: "once" });
    for (let time = 0; time < 2; time++) {
      const { rev, patches } = await send2(routes, message);
      expect([rev, patches]).toMatchObject([1, [{ action: "snapshot", state: { count: 5 } }]]);
    }
    await send2(routes, { ...list, event: "mount" });
    const { patches } = await send2(routes, { ...list, event: "reverse" });
    expect(patches).toMatchObject([{ action: "snapshot", rev: 2 }]);
  });

  test("answers each message of an array in its own protocol", async () => {
    const message = counterMessage({ payload: 1 });
    const routes = app();
    await send2(routes, { ...about, event: "mount" });
    const response = await post(routes, [message, { ...message, protocol: 2 }]);
    expect(await response.json()).toMatchObject([
      { patches: [{ action: "bindUpdate", value: 1 }] },
      { patches: [{ action: "patch", ops: replace(2) }] },
    ]);
  });

  test("leaves to the sender's stream what it brings, where the patch names the event", async () => {
    const routes = app();
    const { page, token } = await Page.open(routes);
    const { page: other } = await Page.open(routes);
    for (const one of [page, other]) await one.next();
    const { epoch } = page.held.get("Counter:visits")!;
    const answer = await send2(routes, counterMessage({ eventId: "e1", stream: token }));
    expect(answer).toEqual({ ok: true, eventId: "e1", rev: 2, epoch, streamed: true });
    const patch = { action: "patch", ...about, rev: 2, ops: replace(1) };
    expect(await page.next()).toEqual({ ...patch, eventIds: ["e1"] });
    expect(await other.next()).toEqual(patch);
    for (const one of [page, other]) await one.close();
  });

  test("names at most 32 events in a patch", async () => {
    const routes = app();
    const { page, token } = await Page.open(routes);
    await page.next();
    const { page: blocked } = await Page.open(routes);
    const sent = Array.from({ length: 50 }, (_, index) => `e${index}`);
    await Promise.all(
      sent.map((eventId) => send2(routes, counterMessage({ eventId, stream: token }))),
    );
    const named: string[] = [];
    while (page.held.get("Counter:visits")!.rev < 51) {
      const frame = await page.next();
      const { eventIds = [] } = frame as { eventIds?: string[] };
      expect(eventIds.length).toBeLessThanOrEqual(32);
      named.push(...eventIds);
    }
    expect(new Set(named).size).toBe(named.length);
    expect(sent).toEqual(expect.arrayContaining(named));
    for (const one of [page, blocked]) await one.close();
  });

  test.for(["another token", "another user", "another instance", "a closed stream", "no change"])(
    "brings the change itself where the stream does not: %s",
    async (why) => {
      const routes = app({
        handlers: { ...handlers, List },
        user: (context) => context.req.header("x-user"),
      });
      const { page, token } = await Page.open(routes, { headers: { "x-user": "ann" } });
      await page.next();
      if (why === "a closed stream") await page.close();
      const instance = why === "another instance" ? "other" : "visits";
      if (why === "another instance") await send2(routes, { ...about, instance, event: "mount" });
      const answer = await send2(
        routes,
        counterMessage({
          instance,
          payload: why === "no change" ? 0 : 1,
          stream: why === "another token" ? "0".repeat(32) : token,
        }),
        { "x-user": why === "another user" ? "bob" : "ann" },
      );
      expect(answer.streamed).toBeUndefined();
      expect(answer.patches).toMatchObject([{ action: "patch" }]);
    },
  );

  test("brings the change itself where the hub has not carried it here yet", async () => {
    const hub = new MemoryHub();
    const publish = hub.publish.bind(hub);
    const late: (() => void)[] = [];
    hub.publish = (...parameters) => void late.push(() => publish(...parameters));
    const routes = app({ hub });
    const { page, token } = await Page.open(routes);
    await page.next();
    const { streamed, patches } = await send2(
      routes,
      counterMessage({ eventId: "e", stream: token }),
    );
    expect([streamed, patches]).toMatchObject([undefined, [{ rev: 2 }]]);
    for (const carry of late) carry();
    expect(await page.next()).toMatchObject({ rev: 2, eventIds: ["e"] });
    await page.close();
  });

  test("a change that was undone before the stream was read is told all the same, since its page waits", async () => {
    const routes = app();
    const { page, token } = await Page.open(routes);
    await page.next();
    // Held up by what comes first, so that both events are there when the reader goes on.
    const by = { stream: token };
    const [one, two] = await Promise.all([
      send2(routes, counterMessage({ payload: 1, ...by })),
      send2(routes, counterMessage({ payload: -1, ...by })),
    ]);
    expect([one.streamed, two.streamed]).toEqual([true, true]);
    while (page.held.get("Counter:visits")!.rev < 3) await page.next();
    expect(page.held.get("Counter:visits")!.state).toEqual({ count: 0, note });
    await page.close();
  });

  test("process() returns frames where the message asks for protocol 2", async () => {
    const process = createProcessor(handlers, store);
    const message = { ...about, protocol: 2 } as const;
    expect(await process({ ...message, event: "mount" })).toMatchObject([{
      action: "snapshot",
      rev: 1,
    }]);
    const payload = 2;
    expect(await process({ ...message, event: "add", payload })).toMatchObject([{
      rev: 2,
      ops: replace(2),
    }]);
    expect(await process({ ...message, event: "none" })).toMatchObject([{ action: "error" }]);
  });
});

test("what a page says that it has is empty, or its epoch, revision and tag", () => {
  expect(have(undefined)).toBe("");
  expect(have({ epoch: "e~1", rev: 3, state: {} })).toMatch(/^e~1\.3\.[\w~-]+$/);
});
