import { Hono } from "hono";
import { beforeEach } from "vitest";
import { type Handlers, MemoryStore, NascError } from "../../mod.ts";
import { attachNasc, type NascOptions } from "../../src/router/mod.ts";
import { counterHandlers } from "../support/counter.ts";

export { post } from "./support-post.ts";

/** A counter, and a user whose events are accepted, refused, fail, or return every type. */
export const handlers: Handlers = {
  ...counterHandlers,
  User: {
    mount: () => ({ name: "Guest" }),
    rename({ name }, state) {
      if (!name) {
        throw new NascError("no-name", "Everybody has a name", { fields: { name: "missing" } });
      }
      return { ...state, name };
    },
    fail() {
      throw new Error("the database at 10.0.0.7 said no");
    },
    rich: () => ({
      at: new Date(0),
      big: 10n,
      map: new Map([["a", 1]]),
      set: new Set([1]),
      gone: NaN,
    }),
  },
};

export const user = { type: "User", instance: "me" };

/** The store behind {@link app}, new for each test. */
export let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

/** Returns an app with the routes under /nasc, over that store. */
export function app(options: Partial<NascOptions> = {}): Hono {
  const app = new Hono();
  attachNasc({
    app,
    handlers,
    store,
    authorize: "everyone",
    hosts: "any",
    onError: () => {},
    ...options,
  });
  return app;
}
