import { describe, expect, test } from "vitest";
import { type InstanceStore, MemoryHub } from "../../mod.ts";
import { counterMessage } from "../support/counter.ts";
import { app, post } from "./support.ts";

/** The tenants whose stores {@link testTenants} asks for. */
export const tenants: readonly string[] = ["a", "b"];

const counter = {
  Counter: {
    mount: ({ id }: { id: string }) => ({ id, count: 0 }),
    add: (amount: number, state: { count: number }) => ({ ...state, count: state.count + amount }),
  },
};

/**
 * Tests that tenants do not meet, and that each finds what is its own.
 *
 * @param make Is called for each test, and returns what is called for the store of a tenant at each request.
 */
export function testTenants(name: string, make: () => (tenant: string) => InstanceStore): void {
  describe(name, () => {
    function start() {
      const storeOf = make();
      const hub = new MemoryHub();
      const routes = app({
        handlers: counter,
        hub,
        lastWriteWins: true,
        store: (context) => storeOf(context.req.header("x-tenant")!),
      });
      return {
        storeOf,
        routes,
        hub,
        async sendAs(tenant: string, parts: Parameters<typeof counterMessage>[0]) {
          const response = await post(routes, counterMessage(parts), { "x-tenant": tenant });
          expect(response.status).toBe(200);
          return await response.json();
        },
      };
    }

    test("keeps the ids of events apart by tenant", async () => {
      const { sendAs } = start();
      for (const tenant of tenants) await sendAs(tenant, { event: "mount" });
      expect(await sendAs("a", { eventId: "x", payload: 5 })).toMatchObject({
        rev: 2,
        patches: [{ value: 5 }],
      });
      expect(await sendAs("b", { eventId: "x", payload: 7 })).toMatchObject({
        rev: 2,
        patches: [{ value: 7 }],
      });
      for (const [tenant, value] of [["a", 5], ["b", 7]] as const) {
        const count = expect.objectContaining({ prop: "count", value, rev: 2 });
        const patches = expect.arrayContaining([count]);
        expect(await sendAs(tenant, { eventId: "x", payload: value })).toMatchObject({ patches });
      }
    });

    test("keeps revisions apart by tenant", async () => {
      const { sendAs } = start();
      await sendAs("a", { event: "mount" });
      for (let rev = 2; rev < 6; rev++) expect(await sendAs("a", {})).toMatchObject({ rev });
      expect(await sendAs("b", { event: "mount" })).toMatchObject({ rev: 1 });
      expect(await sendAs("b", {})).toMatchObject({ rev: 2 });
      expect(await sendAs("a", {})).toMatchObject({ rev: 6 });
    });

    test("loses no event of a tenant, and applies each once, when all are sent at once", async () => {
      const { sendAs } = start();
      for (const tenant of tenants) await sendAs(tenant, { event: "mount" });
      const ids = Array.from({ length: 20 }, (_, index) => `e${index}`);
      await Promise.all(
        [...ids, ...ids].flatMap((eventId) => tenants.map((name) => sendAs(name, { eventId }))),
      );
      for (const tenant of tenants) {
        const { patches } = await sendAs(tenant, { event: "mount" });
        expect(patches).toContainEqual(expect.objectContaining({ prop: "count", value: 20 }));
      }
    });

    test("wakes the streams of its own tenant, and no others", async () => {
      const { sendAs, routes, hub } = start();
      const heard: unknown[] = [];
      const subscribe = hub.subscribe.bind(hub);
      hub.subscribe = (source, address, listener) =>
        subscribe(source, address, (news) => {
          if (news.kind === "change") heard.push(news.rev);
          listener(news);
        });
      const stream = await routes.request("/nasc/stream?scope=Counter:visits", {
        headers: { "x-tenant": "a" },
      });
      expect(stream.status).toBe(200);
      heard.length = 0;
      await sendAs("b", { event: "mount" });
      for (let times = 0; times < 5; times++) await sendAs("b", {});
      expect(heard).toEqual([]);
      await sendAs("a", {});
      expect(heard).toEqual([2]);
      await stream.body?.cancel();
    });
  });
}
