/** Counters in D1, as a Worker, where each isolate looks into D1 for what others have changed. */
import { Hono } from "hono";
import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";
import { createNasc } from "../../src/router/mod.ts";
import { counterHandlers } from "../support/counter.ts";

type Env = { Bindings: { DB: D1Binding } };

const app: Hono<Env> = new Hono<Env>();
app.route(
  "/nasc",
  createNasc<Env>({
    handlers: counterHandlers,
    store: (context) => new D1Store(context.env.DB),
    authorize: "everyone",
    hosts: "any",
    heartbeat: 100,
  }).app,
);

export default app;
