import { describe, expect, test, vi } from "vitest";
import type { Handlers, InstanceStore } from "../../mod.ts";
import { app, post } from "./support.ts";

const account = { type: "Account", instance: "1" };

function routesOn(store: InstanceStore) {
  const pay = vi.fn((amount: { by: number }, state: { balance: number }) => ({
    ...state,
    balance: state.balance + amount.by,
  }));
  const handlers: Handlers = { Account: { mount: ({ id }) => ({ id, balance: 0 }), pay } };
  const routes = app({
    handlers,
    store,
    lastWriteWins: true,
    user: (context) => context.req.header("x-user") ?? undefined,
    authorize: (context, { event }) =>
      context.req.header("x-user") !== "mallory" || event === "mount",
  });
  return {
    pay,
    send: (body: unknown, user: string): Promise<Response> =>
      post(routes, body, { "x-user": user }),
  };
}

/**
 * Tests that the id of an event belongs to one event, payload and user.
 *
 * @param open Is called for each test, and returns an empty store.
 */
export function testEventIds(name: string, open: () => InstanceStore): void {
  describe(`POST /event on ${name}`, () => {
    async function applied() {
      const { pay, send } = routesOn(open());
      await send({ ...account, event: "mount" }, "ann");
      const message = { ...account, event: "pay", payload: { by: 4242, to: "bob" }, eventId: "x" };
      const first = await send(message, "ann");
      expect(first.status).toBe(200);
      return { pay, send, message, first: await first.json() };
    }

    test("refuses the id of another's event with a 409, and shows nothing of it", async () => {
      const { pay, send, message } = await applied();
      for (const body of [message, { ...message, payload: { by: 1 } }]) {
        const response = await send(body, "bob");
        expect(response.status).toBe(409);
        const problem = await response.json();
        expect(problem).toMatchObject({
          title: "Conflict",
          status: 409,
          code: "event-id-reused",
          eventId: "x",
          patches: [{ action: "error", code: "event-id-reused" }],
        });
        expect(problem.patches).toHaveLength(1);
        expect(JSON.stringify(problem)).not.toContain("4242");
      }
      expect(pay).toHaveBeenCalledTimes(1);
    });

    test("asks authorize, and looks for the event, before the receipt", async () => {
      const { pay, send, message } = await applied();
      for (
        const [body, user, status, code] of [
          [message, "mallory", 403, "forbidden"],
          [{ ...message, event: "missing" }, "mallory", 403, "forbidden"],
          [{ ...message, event: "missing" }, "ann", 404, "unknown-event"],
          [{ ...message, type: "Missing" }, "ann", 404, "unknown-type"],
        ] as const
      ) {
        const response = await send(body, user);
        const text = await response.text();
        expect([response.status, JSON.parse(text).code]).toEqual([status, code]);
        expect(text).not.toContain("4242");
      }
      expect(pay).toHaveBeenCalledTimes(1);
    });

    test("refuses what another user has made, before it looks for a receipt or asks who may", async () => {
      const { pay, send, message } = await applied();
      const made = { ...message, protocol: 2, user: "ann" };
      expect((await send(made, "ann")).status).toBe(200);
      for (
        const [body, user] of [
          [made, "bob"],
          [made, "mallory"],
          [{ ...made, user: "-" }, "ann"],
          [{ ...made, eventId: "z", user: "Ann" }, "ann"],
        ] as const
      ) {
        const response = await send(body, user);
        const text = await response.text();
        expect([response.status, JSON.parse(text).code]).toEqual([403, "other-user"]);
        expect(text).not.toContain("4242");
      }
      expect((await send({ ...made, user: 7 }, "ann")).status).toBe(400);
      expect(pay).toHaveBeenCalledTimes(1);
    });

    test("answers a repeat of the same sender with what is so now, however its JSON is written", async () => {
      const { pay, send, first } = await applied();
      const mounted = await (await send({ ...account, event: "mount" }, "ann")).json();
      const { type, instance } = account;
      const text = `{"eventId":"x","payload":{"to":"b\\u006fb","by":4242.0},"event":"pay",` +
        `"instance":"${instance}","type":"${type}"}`;
      const response = await send(text, "ann");
      const { patches, ...rest } = await response.json();
      const { patches: _, ...asFirst } = first;
      expect([response.status, rest]).toEqual([200, asFirst]);
      expect(patches).toEqual(mounted.patches);
      expect(patches).toEqual(expect.arrayContaining(first.patches));
      expect(pay).toHaveBeenCalledTimes(1);
    });

    test("applies an id once among the messages of one request", async () => {
      const { pay, send } = await applied();
      const message = { ...account, event: "pay", payload: { by: 1 }, eventId: "y" };
      const response = await send([message, message, { ...message, payload: { by: 2 } }], "ann");
      expect(await response.json()).toMatchObject([
        { ok: true, patches: [{ value: 4243 }] },
        { ok: true, patches: [{ value: "1" }, { value: 4243 }] },
        { status: 409, code: "event-id-reused" },
      ]);
      expect(pay).toHaveBeenCalledTimes(2);
    });
  });
}
