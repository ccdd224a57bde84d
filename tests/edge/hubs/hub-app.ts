import { Hono } from "hono";
import { defineHandler, type Hub, type InstanceStore } from "../../../mod.ts";
import { createNasc } from "../../../src/router/mod.ts";

const Counter = defineHandler()({
  mount: () => ({ count: 0 }),
  add: (amount: number, state: { count: number }) => ({ count: state.count + amount }),
  say(payload: unknown, state: { count: number }, context) {
    context.broadcast({ payload, é: "\u2028" });
    return state;
  },
  remove(_: unknown, state: { count: number }, context) {
    context.delete();
    return state;
  },
});

/**
 * Returns an app of one of several processes, whose streams hear by nothing but the hub. `GET /heard` says of how many
 * changes after the mount it has told its streams, and `POST /log-out/ann` hangs Ann up.
 */
export function hubApp({ store, hub }: { readonly store: InstanceStore; readonly hub: Hub }): Hono {
  let heard = 0;
  const { app: routes, hangUp } = createNasc({
    handlers: { Counter },
    store,
    hub: {
      publish: (source, news) => hub.publish(source, news),
      subscribe: (source, address, listener) =>
        hub.subscribe(source, address, (news) => {
          if (news.kind === "change" && news.rev > 1) heard++;
          listener(news);
        }),
    },
    heartbeat: 600_000,
    user: (context) => context.req.header("x-user"),
    authorize: "everyone",
    hosts: "any",
  });
  const app = new Hono();
  app.route("/nasc", routes);
  app.get("/heard", (context) => context.json(heard));
  app.post("/log-out/:user", async (context) => {
    await hangUp(context.req.param("user"));
    return context.json(true);
  });
  return app;
}
