import type { Hono } from "hono";
import { type D1Binding, D1Store } from "rian/cloudflare-d1";
import { demo } from "../demo/app.ts";

interface WorkerEnv {
  Bindings: { DB: D1Binding };
}

// A Worker runs in many isolates that do not hear each other, so each stream looks into D1 once a second.
const app: Hono<WorkerEnv> = demo<WorkerEnv>({
  store: (context) => new D1Store(context.env.DB),
  heartbeat: 1_000,
  // Cloudflare routes no names but one's own.
  hosts: "any",
  runsOn: "examples/worker/worker.ts",
}).app;

export default app;
