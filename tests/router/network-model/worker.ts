// One of two Workers on one D1, run by network-model-d1.test.ts.
import type { Hono } from "hono";
import { type D1Binding, D1Store } from "../../../adapters/cloudflare-d1.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { Beats } from "../../support/beats.ts";
import { modelApp, modelStorage } from "./app.ts";
import type { ModelStorage } from "./schedule.ts";

interface Env {
  readonly DB: D1Binding;
}

/** The runtime ends requests that wait for nothing but others, and a stream between two beats seems to. */
class LivelyBeats extends Beats {
  override setTimeout(callback: () => void, milliseconds: number): unknown {
    if (milliseconds === this.heartbeat) systemClock.setTimeout(() => {}, milliseconds);
    return super.setTimeout(callback, milliseconds);
  }
}

const beats = new LivelyBeats();
const stores = new WeakMap<D1Binding, D1Store>();

function storeOf({ env }: { readonly env: unknown }): D1Store {
  const { DB } = env as Env;
  const store = stores.get(DB) ?? new D1Store(DB);
  stores.set(DB, store);
  return store;
}

const app: Hono = modelApp(storeOf, beats);
app.get("/ring", (context) => {
  beats.ring();
  return context.body(null);
});
app.get("/stored/:what/:id", async (context) => {
  const { what, id } = context.req.param();
  const storage = modelStorage(storeOf(context));
  return context.json(await storage[what as keyof ModelStorage](id) ?? null);
});

export default app;
