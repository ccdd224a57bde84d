import { type D1Database, D1Store } from "rian/cloudflare-d1";
import { demo } from "../demo/app.ts";

interface WorkerEnv {
  Bindings: { DB: D1Database };
}

// A worker runs in many isolates that do not hear each other: each stream looks into D1 once a second.
export default demo<WorkerEnv>({
  store: (context) => new D1Store(context.env.DB),
  heartbeat: 1_000,
});
