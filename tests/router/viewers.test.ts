import { Hono } from "hono";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { MemoryStore } from "../../mod.ts";
import { Engine } from "../../src/processor/engine.ts";
import { EngineHome } from "../../src/router/engine-home.ts";
import { createNasc, type NascOptions } from "../../src/router/mod.ts";
import { SharedStates } from "../../src/router/shared-states.ts";
import { Viewer } from "../../src/router/viewer.ts";
import { ViewerLists } from "../../src/router/viewer-lists.ts";
import { systemClock } from "../../src/shared/clock.ts";
import {
  act,
  enter,
  type Entered,
  expectListed,
  namesSeen,
  presence,
  user,
} from "./passing-suite.ts";
import { roomHandlers as handlers } from "./room.ts";
import { countingHub } from "./support-stream.ts";
import { post } from "./support.ts";

function start(options: Partial<NascOptions> = {}) {
  const errors: unknown[] = [];
  const { app, hangUp, process } = createNasc({
    ...{ handlers, store: new MemoryStore(), user, presence, authorize: "everyone", hosts: "any" },
    onError: (error, { eventId }) => void errors.push(`${eventId}: ${String(error)}`),
    ...options,
  });
  return { app: new Hono().route("/nasc", app), hangUp, process, errors };
}

describe("context.viewers", () => {
  test("says which option is missing, where nobody has said what others may see", async () => {
    const errors: unknown[] = [];
    const { app } = createNasc({
      ...{ handlers, store: new MemoryStore(), user, authorize: "everyone", hosts: "any" },
      onError: (error) => void errors.push(String(error)),
    });
    const routes = new Hono().route("/nasc", app);
    const response = await post(routes, { type: "Room", instance: "r", event: "look" });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("presence");
    expect(errors).toEqual([
      "Error: Cannot tell who looks on: pass createNasc the option presence, such as " +
      "presence: (user) => ({ name: user.name })",
    ]);
  });

  test("finds those of the same storage alone, also where a store is made for each request", async () => {
    const tenants = new Map(["x", "y"].map((name) => [name, new MemoryStore()]));
    const { app } = start({
      store: (context) => {
        const tenant = context.req.header("x-user")!.at(-1)!;
        const one = tenants.get(tenant) ?? tenants.get("x")!;
        // Made anew, and the same storage.
        return Object.assign(Object.create(one), { source: `tenant ${tenant}` }, {
          capabilities: one.capabilities,
          get: one.get.bind(one),
          commit: one.commit.bind(one),
        });
      },
    });
    const pages = [await enter(app, "annx"), await enter(app, "boby"), await enter(app, "evex")];
    await expectListed(pages[0]!.page, "annx", "evex");
    await expectListed(pages[1]!.page, "boby");
    for (const { page } of pages) await page.close();
  });

  test("forgets a page whose user is hung up, and whoever posts or mounts was never there", async () => {
    const { hub, listening } = countingHub();
    const { app, hangUp, process } = start({ hub });
    const [ann, bob] = [await enter(app, "ann"), await enter(app, "bob")];
    await expectListed(ann.page, "ann", "bob");
    await process({ type: "Room", instance: "r", event: "mount" }, { user: { id: "server" } });
    expect(await namesSeen(app)).toEqual(["ann", "bob"]);
    await hangUp("bob");
    await expectListed(ann.page, "ann");
    expect(await namesSeen(app)).toEqual(["ann"]);
    for (const { page } of [ann, bob]) await page.close();
    await vi.waitFor(() => expect(listening()).toBe(0));
    expect(await namesSeen(app)).toEqual([]);
  });

  test("forgets a page that may not look any longer", async () => {
    let allowed = true;
    const { app } = start({
      reauthorize: 20,
      authorize: (context, { event }) =>
        event !== "mount" || allowed || context.req.header("x-user") !== "bob",
    });
    const [ann, bob] = [await enter(app, "ann"), await enter(app, "bob")];
    await expectListed(ann.page, "ann", "bob");
    allowed = false;
    await expectListed(ann.page, "ann");
    for (const { page } of [ann, bob]) await page.close();
  });
});

function nobody(): never {
  throw new Error("no such user");
}

describe("presence", () => {
  test.for<[string, () => unknown, string]>([
    [
      "too much",
      () => ({ name: "x".repeat(990) }),
      "presence returned 1,001 bytes, and may return 1,000",
    ],
    ["a text", () => "ann", 'presence returned "ann"; return an object of plain JSON'],
    ["null", () => null, "presence returned null;"],
    ["a list", () => ["ann"], "presence returned a value of type Array;"],
    [
      "a promise",
      () => Promise.reject(new Error("late")),
      "presence returned a value of type Promise;",
    ],
    [
      "a path to a prototype",
      () => ({ constructor: { prototype: { isAdmin: true } } }),
      "presence returned a name that no page accepts",
    ],
    ["a Date", () => ({ at: new Date(0) }), "presence returned a value of type Object;"],
    ["an error", nobody, "Error: no such user"],
  ])(
    "that returns or throws %s is reported, and its viewer is not listed",
    async ([, given, error]) => {
      const { app, errors } = start({
        presence(user) {
          const { id } = user as { id: string };
          if (id === "ann") return { name: "ann" };
          return given() as object;
        },
      });
      const [bob, ann] = [await enter(app, "bob"), await enter(app, "ann")];
      await expectListed(ann.page, "ann");
      await expectListed(bob.page, "ann");
      expect(await namesSeen(app)).toEqual(["ann"]);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toContain(error);
      expect(errors[0]).toMatch(/^presence: /);
      for (const { page } of [ann, bob]) await page.close();
    },
  );

  test("is all that anybody sees of a user", async () => {
    const { app } = start();
    const [ann, bob] = [await enter(app, "ann"), await enter(app, "bob")];
    const frames: unknown[] = [ann.first, bob.first];
    await act(app, "look");
    await act(app, "say", "the end");
    for (const { page } of [ann, bob]) {
      for (;;) {
        const frame = await page.next();
        frames.push(frame);
        if (frame.action === "broadcast") break;
      }
    }
    expect(frames.some((frame) => JSON.stringify(frame).includes("viewers"))).toBe(true);
    expect(JSON.stringify(frames)).not.toContain("xyzzy");
    for (const { page } of [ann, bob]) await page.close();
  });
});

test("those who look on are the open pages that are shown something, whatever opens, closes and is hidden", async () => {
  type Step = readonly [what: "open" | "close" | "ban" | "admit", which: number];
  const step: fc.Arbitrary<Step> = fc.tuple(
    fc.constantFrom<Step[0]>("open", "open", "close", "ban", "admit"),
    fc.nat(3),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      const { app, errors } = start();
      const open: (Entered & { readonly name: string })[] = [];
      const banned = new Set<string>();
      let order: string[] = [];
      const frames = new Map<string, string[]>();
      for (const [what, which] of steps) {
        const name = `user${which}`;
        if (what === "open") {
          const entered = { ...await enter(app, name), name };
          open.push(entered);
          // A page reads on by itself.
          void (async () => {
            for (;;) {
              const frame = await entered.page.next();
              const told = frames.get(name) ?? [];
              frames.set(name, [...told, frame.action]);
            }
          })().catch(() => {});
        } else if (what === "close") {
          const at = open.findIndex((one) => one.name === name);
          if (at >= 0) await open.splice(at, 1)[0]!.page.close();
        } else {
          await act(app, what, name);
          if (what === "ban") banned.add(name);
          else banned.delete(name);
        }
        const present = new Set(open.map(({ name }) => name).filter((name) => !banned.has(name)));
        order = order.filter((name) => present.has(name));
        for (const name of present) if (!order.includes(name)) order.push(name);
        await vi.waitFor(async () => expect(await namesSeen(app)).toEqual(order), { interval: 1 });
      }
      for (const { page } of open) await page.close();
      await vi.waitFor(async () => expect(await namesSeen(app)).toEqual([]), { interval: 1 });
      expect(errors).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("a page that looks once is not listed, nor does anybody hear of it", async () => {
  const viewers = new ViewerLists({
    ...{ presence, report: () => {}, clock: systemClock },
  });
  const engine = new Engine(handlers, new MemoryStore());
  const home = new EngineHome(engine, { states: new SharedStates(), viewers });
  const options = { clock: systemClock, token: "t", protocol: 2, until: Infinity } as const;
  const address = { type: "Room", id: "r" };
  for (const [isPoll, listed] of [[true, []], [false, [{ name: "ann" }]]] as const) {
    const viewer = new Viewer(home, { ...options, isPoll });
    viewer.user = { id: "ann" };
    expect(await viewer.open(address, { context: {} })).toMatchObject({ ok: true });
    expect(viewers.of(engine.source, address)).toEqual(listed);
    viewer.close();
    expect(viewers.of(engine.source, address)).toEqual([]);
  }
});
