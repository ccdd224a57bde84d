import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";
import { createProcessor, MemoryStore } from "../../../mod.ts";
import { attachNasc } from "../../../src/router/mod.ts";
import { handlers } from "../todos.ts";

const origins = ["https://app.example"];
const maxSize = 262_144;

type Route = (context: Context) => Promise<Response>;

/** A route as one would write it first, with the states in a Map. */
function byHand(): Route {
  const counts = new Map<string, { count: number; rev: number }>();
  return async (context) => {
    const { type, instance, payload } = await context.req.json();
    const { count, rev } = counts.get(instance) ?? { count: 0, rev: 0 };
    const next = { count: count + payload, rev: rev + 1 };
    counts.set(instance, next);
    const patch = {
      action: "bindUpdate",
      type,
      instance,
      prop: "count",
      value: next.count,
      rev: next.rev,
    };
    return context.json({ ok: true, rev: next.rev, patches: [patch] });
  };
}

/** A route without guards in front of a processor. */
function processed(): Route {
  const process = createProcessor(handlers, new MemoryStore());
  return async (context) => {
    const patches = await process(await context.req.json());
    return context.json({ ok: true, patches });
  };
}

function served(route: Route): Hono {
  return new Hono().route("/nasc", new Hono().post("/event", route));
}

/** The bare route behind what Hono itself has against strangers: the same work as the router's. */
function guarded(hasOrigins: boolean): Hono {
  const app = new Hono();
  app.use(secureHeaders({ referrerPolicy: "same-origin" }));
  if (hasOrigins) app.use(cors({ origin: origins, credentials: true }));
  app.use(csrf({ origin: (origin, { req }) => origin === `http://${req.header("host")}` }));
  app.use(bodyLimit({ maxSize }));
  app.post("/event", byHand());
  return new Hono().route("/nasc", app);
}

function ours(host: string, options: { readonly origins?: readonly string[] }): Hono {
  const app = new Hono();
  attachNasc({
    app,
    handlers,
    store: new MemoryStore(),
    authorize: "everyone",
    hosts: [host],
    ...options,
  });
  return app;
}

/** The names of what is measured. The header `x-app` of a request picks one. */
export const appNames = [
  "bare",
  "guards",
  "guards, cors",
  "processor",
  "Rian",
  "Rian, origins",
] as const;

/** The name of an app. */
export type AppName = typeof appNames[number];

/** Returns what serves all of the apps, for a host. */
export function serveAll(host: string): Pick<Hono, "fetch"> {
  const apps: Readonly<Record<AppName, Hono>> = {
    "bare": served(byHand()),
    "guards": guarded(false),
    "guards, cors": guarded(true),
    "processor": served(processed()),
    "Rian": ours(host, {}),
    "Rian, origins": ours(host, { origins }),
  };
  return {
    fetch(request, ...rest) {
      return apps[request.headers.get("x-app") as AppName].fetch(request, ...rest);
    },
  };
}
