/**
 * The Worker that is measured: `/objects` is a router over one Durable Object an instance, `/d1` one over D1 where that
 * is bound; `/hand` changes a row of an object by hand, and `/bare` reads JSON and answers with JSON.
 */
import type { D1Database } from "@cloudflare/workers-types/index.ts";
import { Hono } from "hono";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { type InstanceNamespace, nascObject, type NascObjectClass } from "../../src/edge/mod.ts";
import { nasc } from "../../src/router/mod.ts";

interface Bindings {
  readonly NASC: InstanceNamespace;
  readonly HAND: InstanceNamespace;
  readonly DB: D1Database;
}

interface Count {
  readonly count: number;
  readonly note: string;
}

const handlers = {
  Counter: {
    mount: (): Count => ({ count: 0, note: "as long as a small document is ".repeat(10) }),
    add: (by: number, state: Count): Count => ({ ...state, count: state.count + by }),
  },
};

/** How many requests the Worker and its objects have had. */
const requests = { worker: 0, objects: 0 };

const objects: NascObjectClass = nascObject({ handlers });

export class Nasc extends objects {
  override fetch(request: Request): Promise<Response> {
    requests.objects++;
    return super.fetch(request);
  }
}

/** What one would write by hand: an object that keeps JSON in a row, and nothing else. */
export class Hand {
  readonly #sql: SqlStorage;

  constructor({ storage: { sql } }: { readonly storage: { readonly sql: SqlStorage } }) {
    this.#sql = sql;
    sql.exec("create table if not exists instances (id text primary key, data text, version int)");
    const first = JSON.stringify(handlers.Counter.mount());
    sql.exec("insert or ignore into instances values ('own', ?, 1)", first);
  }

  async fetch(request: Request): Promise<Response> {
    const { payload } = await request.json() as { readonly payload: number };
    const [row] = [...this.#sql.exec("select data, version from instances where id = 'own'")];
    const { data, version } = row as { readonly data: string; readonly version: number };
    const next = JSON.stringify(handlers.Counter.add(payload, JSON.parse(data)));
    const update =
      "update instances set data = ?, version = version + 1 where id = 'own' and version = ?";
    this.#sql.exec(update, next, version);
    return Response.json({ ok: true, rev: version + 1 });
  }
}

/** What is used of an object's SQL. */
interface SqlStorage {
  exec(query: string, ...bindings: readonly unknown[]): Iterable<unknown>;
}

const shared = { handlers, authorize: "everyone", hosts: "any" } as const;
const app: Hono<{ Bindings: Bindings }> = new Hono();
app.use(async (_, next) => {
  requests.worker++;
  await next();
});
app.post(
  "/bare/event",
  async (context) => context.json({ ok: true, sent: await context.req.json() }),
);
app.post("/hand/event", async (context) => {
  const message = await context.req.json();
  const { HAND } = context.env;
  const object = HAND.get(HAND.idFromName(message.instance));
  return await object.fetch("http://object/", { method: "POST", body: JSON.stringify(message) });
});
app.get("/requests", (context) => context.json(requests));
app.route("/objects", nasc({ ...shared, instances: ({ env }) => env.NASC }));
app.route("/d1", nasc({ ...shared, store: ({ env }) => new D1Store(env.DB) }));

export default app;
