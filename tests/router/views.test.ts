import type { Context, Hono } from "hono";
import { describe, expect, test, vi } from "vitest";
import { createProcessor, type Handler, type NascError } from "../../mod.ts";
import type { HandlerParts } from "../../src/processor/handler-parts.ts";
import type { NascOptions } from "../../src/router/mod.ts";
import { EventStream } from "../support/event-stream.ts";
import { seenThrough } from "../support/view.ts";
import { Page, send2 } from "./support-frames.ts";
import { Heart, open, send } from "./support-stream.ts";
import { app as appOf, post, store } from "./support.ts";

interface Board {
  readonly title: string;
  readonly name: string;
  readonly owner: string;
  readonly secret: number;
  readonly open: boolean;
}

const title =
  "a title that takes more characters than what changes in the states beside it, by far";

const events: Handler = {
  mount: (): Board => ({ title, name: "", owner: "ann", secret: 0, open: true }),
  hide: (_: unknown, board: Board) => ({ ...board, secret: board.secret + 1 }),
  call: (name: string, board: Board) => ({ ...board, name }),
  close: (_: unknown, board: Board) => ({ ...board, open: false }),
  reopen: (_: unknown, board: Board) => ({ ...board, open: true }),
};

/** Owners see all; others no secret, and nothing of a board that is closed. */
const view: NonNullable<HandlerParts["view"]> = (state, { user }) => {
  const board = state as Board;
  if (user === board.owner) return board;
  if (!board.open) return undefined;
  const { secret: _, ...rest } = board;
  return rest;
};

const about = { type: "Board", instance: "b" };
const scope = "Board:b";
const as = (user: string) => ({ headers: { "x-user": user }, scope });

function app(parts: Partial<HandlerParts> = { view }, options: Partial<NascOptions> = {}): Hono {
  return appOf({
    handlers: { Board: seenThrough({ ...events }, parts) },
    user: (context: Context) => context.req.header("x-user"),
    ...options,
  });
}

const act = (event: string, payload?: unknown) => ({ ...about, event, payload });

describe("a view", () => {
  test("decides what each viewer sees, at first and of every change", async () => {
    const routes = app();
    const [ann, bob] = await Promise.all(["ann", "bob"].map((user) => Page.open(routes, as(user))));
    expect(await ann!.page.next()).toMatchObject({ state: { title, secret: 0 } });
    expect(await bob!.page.next()).toMatchObject({ state: { title, owner: "ann", open: true } });
    expect(bob!.page.held.get(scope)!.state).not.toHaveProperty("secret");
    await send(routes, act("hide"));
    await send(routes, act("call", "two"));
    const two = [{ op: "replace", path: "/name", value: "two" }];
    expect(await bob!.page.next()).toEqual({
      action: "patch",
      ...about,
      rev: 3,
      base: 1,
      ops: two,
    });
    while (ann!.page.held.get(scope)!.rev < 3) await ann!.page.next();
    expect(ann!.page.held.get(scope)!.state).toMatchObject({ secret: 1, name: "two" });
    for (const one of [ann, bob]) await one!.page.close();
  });

  test("decides what the answers to events and mounts hold, in both protocols and in process()", async () => {
    const routes = app();
    const process = createProcessor({ Board: seenThrough({ ...events }, { view }) }, store);
    for (const [user, sees] of [["ann", true], ["bob", false]] as const) {
      for (
        const message of [act("mount"), act("hide"), { ...act("hide"), eventId: user }, {
          ...act("hide"),
          eventId: user,
        }]
      ) {
        const texts = await Promise.all([
          post(routes, message, { "x-user": user }).then((response) => response.text()),
          post(routes, { ...message, protocol: 2 }, { "x-user": user }).then((response) =>
            response.text()
          ),
          process(message, { user }).then(JSON.stringify),
          process({ ...message, protocol: 2 }, { user }).then(JSON.stringify),
        ]);
        for (const text of texts) {
          expect([user, message, text.includes("secret")]).toEqual([user, message, sees]);
        }
      }
    }
  });

  test("that shows nothing any longer makes the instance go, and come back whole", async () => {
    const routes = app();
    const { page } = await Page.open(routes, as("bob"));
    const old = new EventStream(await routes.request(`/nasc/stream?scope=${scope}`, as("bob")));
    await page.next();
    await old.next();
    const { patches } = await send2(routes, act("close"), { "x-user": "bob" });
    const gone = { action: "gone", ...about, code: "forbidden" };
    expect(patches).toEqual([gone]);
    expect(await page.next()).toEqual(gone);
    expect((await old.next()).data).toMatchObject({
      patches: [{ action: "error", code: "gone", ...about }],
    });
    expect(await send2(routes, act("mount"), { "x-user": "bob" })).toMatchObject({
      patches: [gone],
    });
    expect(await (await post(routes, act("mount"), { "x-user": "bob" })).json()).toMatchObject({
      ok: true,
      patches: [{ action: "error", code: "gone" }],
    });
    await send(routes, act("reopen"));
    expect(await page.next()).toMatchObject({ action: "snapshot", rev: 3, state: { title } });
    expect(await old.next()).toMatchObject({ event: "snapshot", data: { rev: 3 } });
    await page.close();
    await old.close();
  });

  test("that shows nothing at first lets the page wait until it shows something", async () => {
    const routes = app();
    await send(routes, act("close"), { "x-user": "ann" });
    const { page } = await Page.open(routes, as("bob"));
    expect(await page.next()).toEqual({ action: "gone", ...about, code: "forbidden" });
    await send(routes, act("reopen"), { "x-user": "ann" });
    expect(await page.next()).toMatchObject({ action: "snapshot", rev: 2 });
    await page.close();
  });

  test("in which a change is not to be seen lets the revision follow at the next heartbeat", async () => {
    const heart = new Heart();
    const routes = app({ view }, { clock: heart.clock });
    const { page } = await Page.open(routes, as("bob"));
    await page.next();
    for (let event = 0; event < 3; event++) await send(routes, act("hide"), { "x-user": "ann" });
    const frame = await heart.beatUntil(page.next());
    expect(frame).toEqual({ action: "patch", ...about, rev: 4, base: 1, ops: [] });
    await page.close();
  });

  test("in which the sender's own change is not to be seen makes the answer say so", async () => {
    const routes = app();
    const { page, token } = await Page.open(routes, as("bob"));
    await page.next();
    const { streamed, patches } = await send2(
      routes,
      { ...act("hide"), stream: token },
      { "x-user": "bob" },
    );
    expect([streamed, patches]).toEqual([undefined, [{
      action: "patch",
      ...about,
      rev: 2,
      ops: [],
    }]]);
    await page.close();
  });

  test("is asked again once its user has become another kind of user", async () => {
    const heart = new Heart();
    const roles = { ann: "guest" };
    const routes = appOf({
      clock: heart.clock,
      user: () => ({ id: "ann", role: roles.ann }),
      handlers: {
        Board: seenThrough({ ...events }, {
          view: (state, { user }) =>
            (user as { role: string }).role === "admin" ? state : { title },
        }),
      },
    });
    const { page } = await Page.open(routes, { scope });
    expect(await page.next()).toMatchObject({ state: { title } });
    roles.ann = "admin";
    expect(await heart.beatUntil(page.next())).toMatchObject({
      action: "snapshot",
      rev: 1,
      state: { secret: 0 },
    });
    await page.close();
  });

  test("decides what a page gets that opens its stream again", async () => {
    const routes = app();
    const { page } = await Page.open(routes, as("bob"));
    await page.next();
    await page.close();
    const held = page.held.get(scope)!;
    await send(routes, act("hide"), { "x-user": "ann" });
    await send(routes, act("call", "two"), { "x-user": "ann" });
    const { page: again } = await Page.open(routes, { ...as("bob"), held });
    const ops = [{ op: "replace", path: "/name", value: "two" }];
    expect(await again.next()).toEqual({ action: "patch", ...about, rev: 3, base: 1, ops });
    await again.close();
    // What one may see proves nothing about what another may.
    const { page: ann } = await Page.open(routes, { ...as("ann"), held });
    expect(await ann.next()).toMatchObject({ action: "snapshot", state: { secret: 1 } });
    await ann.close();
  });

  test.for<[string, HandlerParts["view"]]>([
    ["throws", () => {
      throw new Error("the secret is xyzzy");
    }],
    ["returns a promise", (async () => ({ secret: "xyzzy" })) as unknown as HandlerParts["view"]],
    ["returns a text", (() => "xyzzy") as unknown as HandlerParts["view"]],
    ["returns null", (() => null) as unknown as HandlerParts["view"]],
    ["returns a list", (() => ["xyzzy"]) as unknown as HandlerParts["view"]],
    ["returns what does not travel", () => ({ secret: () => "xyzzy" })],
    ["returns what holds itself", () => {
      const seen: Record<string, unknown> = {};
      return seen["self"] = seen;
    }],
    ["changes the state", (state) => {
      (state as { secret: unknown }).secret = "xyzzy";
      return state;
    }],
  ])("that %s shows nothing, and is reported once for each state", async ([, broken]) => {
    const onError = vi.fn();
    let isBroken = true;
    const parts: Partial<HandlerParts> = {
      view: (state, viewer) => isBroken ? broken!(state, viewer) : view(state, viewer),
    };
    const routes = app(parts, { onError });
    const mounts = await Promise.all([
      post(routes, act("mount")),
      post(routes, { ...act("mount"), protocol: 2 }),
    ]);
    for (const mount of mounts) {
      expect([mount.status, await mount.text()]).toEqual([
        500,
        expect.not.stringContaining("xyzzy"),
      ]);
    }
    onError.mockClear();
    const { page } = await Page.open(routes, as("bob"));
    const old = await open(routes, `scope=${scope}`);
    const gone = { action: "gone", ...about, code: "internal" };
    expect(await page.next()).toEqual(gone);
    expect((await old.next()).data).toMatchObject({
      patches: [{ action: "error", code: "internal" }],
    });
    const { ok, patches } = await send2(routes, act("hide"));
    expect([ok, patches]).toEqual([true, [gone]]);
    isBroken = false;
    await send(routes, act("hide"));
    expect(await page.next()).toMatchObject({ action: "snapshot", rev: 3 });
    expect(await old.next()).toMatchObject({ event: "snapshot", data: { rev: 3 } });
    expect(onError).toHaveBeenCalled();
    expect(onError.mock.calls.every(([, { type, id }]) => type === "Board" && id === "b")).toBe(
      true,
    );
    await page.close();
    await old.close();
  });

  test("that changes a state which cannot be frozen changes nobody else's", async () => {
    const Rich = seenThrough({
      mount: () => ({ at: new Date(0), by: new Map([["a", 1]]), sizes: new Uint8Array([1]) }),
      touch: (_: unknown, state: object) => ({ ...state, touched: true }),
    }, {
      view: (state, { user }) => {
        const rich = state as { at: Date; by: Map<string, number>; sizes: Uint8Array };
        if (user !== "vandal") return rich;
        rich.at.setTime(1e12);
        rich.by.set("a", 666);
        rich.sizes[0] = 66;
        return rich;
      },
    });
    const routes = app({}, { handlers: { Rich } });
    const mount = { type: "Rich", instance: "r", event: "mount" };
    await send2(routes, mount, { "x-user": "vandal" });
    const vandal = await Page.open(routes, { scope: "Rich:r", headers: { "x-user": "vandal" } });
    const good = await Page.open(routes, { scope: "Rich:r", headers: { "x-user": "bob" } });
    expect(await vandal.page.next()).toMatchObject({ state: { by: { a: 666 } } });
    const state = { at: "1970-01-01T00:00:00.000Z", by: { a: 1 }, sizes: [1] };
    expect(await good.page.next()).toMatchObject({ state });
    await send(routes, { ...mount, event: "touch" }, { "x-user": "vandal" });
    expect(await good.page.next()).toMatchObject({ rev: 2 });
    expect(good.page.held.get("Rich:r")!.state).toEqual({ ...state, touched: true });
    expect((await store.get("Rich", "r"))!.value).toMatchObject({
      at: new Date(0),
      sizes: new Uint8Array([1]),
    });
    for (const one of [vandal, good]) await one.page.close();
  });

  test("that returns the same object each time shows each viewer what is theirs, and every change", async () => {
    const out = { who: "", deep: { name: "" } };
    const routes = app({
      view(state, { user }) {
        out.who = String(user);
        out.deep.name = (state as Board).name;
        return out;
      },
    });
    const pages = await Promise.all(["ann", "bob"].map((user) => Page.open(routes, as(user))));
    for (const { page } of pages) await page.next();
    await send(routes, act("call", "two"));
    for (const [index, { page }] of pages.entries()) {
      await page.next();
      const who = ["ann", "bob"][index];
      expect(page.held.get(scope)!.state).toEqual({ who, deep: { name: "two" } });
    }
  });

  test("leaves the document of a db and the value of a Map as they are, and unfrozen", async () => {
    const map = new Map<string, Board>();
    const routes = app({ view }, { store: map as never });
    await send(routes, act("mount"));
    for (const value of map.values()) expect(Object.isFrozen(value)).toBe(false);
  });
});

describe("a viewKey", () => {
  const viewers = 40;

  async function watched(parts: Partial<HandlerParts>, onError: NascOptions["onError"] = () => {}) {
    const seen = vi.fn(parts.view!);
    const routes = app({ ...parts, view: seen }, { onError });
    await send(routes, act("mount"), { "x-user": "ann" });
    const pages = await Promise.all(
      Array.from({ length: viewers }, (_, index) => Page.open(routes, as(`guest${index}`))),
    );
    for (const { page } of pages) await page.next();
    return { seen, routes, pages };
  }

  test("lets viewers share what they see, so a change is looked at a few times for all", async () => {
    const { seen, routes, pages } = await watched({ view, viewKey: () => "guests" });
    seen.mockClear();
    await send(routes, act("call", "two"));
    for (const { page } of pages) expect(await page.next()).toMatchObject({ rev: 2 });
    expect(seen.mock.calls.length).toBeLessThan(2 + Math.log2(viewers) + 4);
    for (const { page } of pages) await page.close();
  });

  test("without one, each viewer is looked for, and a view that returns the state is shared all the same", async () => {
    const { seen, routes, pages } = await watched({ view });
    seen.mockClear();
    await send(routes, act("call", "two"));
    for (const { page } of pages) await page.next();
    expect(seen.mock.calls.length).toBeGreaterThanOrEqual(viewers);
    for (const { page } of pages) await page.close();
  });

  test("that is the same for viewers who see different things is reported, and each gets their own", async () => {
    const onError = vi.fn();
    const own: HandlerParts["view"] = (_state, { user }) => ({ only: `for ${user}`, title });
    const { pages } = await watched({ view: own, viewKey: () => "all" }, onError);
    expect(onError.mock.calls.map(([error]) => (error as NascError).message)).toContainEqual(
      expect.stringContaining("viewKey"),
    );
    for (const [index, { page }] of pages.entries()) {
      if (index > 1) expect(page.held.get(scope)!.state["only"]).toBe(`for guest${index}`);
      await page.close();
    }
  });

  test.for<[string, HandlerParts["viewKey"]]>([
    ["throws", () => {
      throw new Error("none");
    }],
    ["returns no text", (() => undefined) as unknown as HandlerParts["viewKey"]],
  ])("that %s shows nothing and is reported", async ([, viewKey]) => {
    const onError = vi.fn();
    const routes = app({ view, viewKey }, { onError });
    expect((await post(routes, act("mount"))).status).toBe(500);
    expect(onError).toHaveBeenCalled();
  });

  test("of one instance shares nothing with another instance of the same state", async () => {
    const shown: HandlerParts["view"] = (_state, { id }) => ({ id, title });
    const map = new Map<string, object>();
    const routes = app({ view: shown, viewKey: () => "all" }, { store: map as never });
    for (const id of ["a", "b"]) {
      const { patches } = await send2(routes, { type: "Board", instance: id, event: "mount" });
      expect(patches).toMatchObject([{ state: { id } }]);
    }
  });
});
