import { describe, expect, test, vi } from "vitest";
import type { Handlers } from "../../mod.ts";
import { app, post, store, user } from "./support.ts";

describe("authorize", () => {
  test("is asked about every event, stream and schema, and refuses with a 403", async () => {
    const authorize = vi.fn(() => false);
    const routes = app({ authorize, schemaProvider: { User: {} } });
    const answers = [
      await post(routes, { ...user, event: "rename" }),
      await routes.request("/nasc/stream?scope=User:me"),
      await routes.request("/nasc/schema/User"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(authorize.mock.calls.map((call) => (call as unknown[])[1])).toEqual([
      { type: "User", id: "me", event: "rename" },
      { type: "User", id: "me", event: "mount" },
      { type: "User", id: undefined, event: "schema" },
    ]);
  });

  test("hides the types that it does not allow", async () => {
    const routes = app({
      authorize: (_context, { type }) => type !== "User",
      schemaProvider: { User: {}, Counter: {} },
    });
    expect(Object.keys(await (await routes.request("/nasc/manifest")).json())).toEqual(["Counter"]);
    expect(await (await routes.request("/nasc/schema")).json()).toEqual({ types: ["Counter"] });
  });

  test("keeps an instance out of the answer if it allows only the event that changes it", async () => {
    const bank: Handlers = {
      Account: {
        mount: () => ({ balance: 100, owner: "secret" }),
        async pay({ to, amount }, state, context) {
          await context.update(
            "Account",
            to,
            (other) => ({ ...other, balance: other.balance + amount }),
          );
          return { ...state, balance: state.balance - amount };
        },
      },
    };
    const routes = app({ handlers: bank, authorize: (_context, { id }) => id === "mallory" });
    const account = { type: "Account", instance: "mallory" };
    await post(routes, { ...account, event: "mount" });
    const response = await post(routes, {
      ...account,
      event: "pay",
      payload: { to: "victim", amount: 1 },
    });
    expect(await response.json()).toMatchObject({ ok: true, patches: [{ instance: "mallory" }] });
    expect(await store.load("Account", "victim")).toEqual({ balance: 101, owner: "secret" });
  });

  test("receives the request, and handlers receive its user", async () => {
    const seen: unknown[] = [];
    const routes = app({
      handlers: { User: { mount: (_, context) => (seen.push(context.user), {}) } },
      authorize: (context) => context.req.header("x-user") === "ada",
      user: async (context) => context.req.header("x-user"),
    });
    expect((await post(routes, { ...user, event: "mount" })).status).toBe(403);
    expect((await post(routes, { ...user, event: "mount" }, { "x-user": "ada" })).status).toBe(200);
    expect(seen).toEqual(["ada"]);
  });
});
