import type { Hono } from "hono";
import { type InstanceNamespace, nascObject, type NascObjectClass } from "rian/edge";
import { demo, handlers } from "../demo/app.ts";
import { presenceOf } from "../demo/guest.ts";

interface Bindings {
  NASC: InstanceNamespace;
}

const objects: NascObjectClass = nascObject({
  handlers,
  presence: presenceOf,
  instances: (env: Bindings) => env.NASC,
});

/** One object for each board, profile and to-do list: it runs the events, and open pages hear of them at once. */
export class Nasc extends objects {}

const app: Hono<{ Bindings: Bindings }> = demo<{ Bindings: Bindings }>({
  instances: (context) => context.env.NASC,
  // Cloudflare routes no names but one's own.
  hosts: "any",
  runsOn: "examples/worker-durable-object/worker.ts",
}).app;

export default app;
