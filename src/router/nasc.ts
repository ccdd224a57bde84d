import { type Context, type Env, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { secureHeaders } from "hono/secure-headers";
import { NascError } from "../processor/mod.ts";
import { refuse } from "../processor/refuse.ts";
import { drain } from "./body.ts";
import { clientRoute } from "./client-route.ts";
import { manifestRoute, schemaRoute, schemasRoute } from "./description-routes.ts";
import { Engines } from "./engines.ts";
import { eventRoute } from "./event-route.ts";
import { sameOrigin } from "./guard.ts";
import type { NascOptions } from "./options.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { streamRoute } from "./stream-route.ts";

const defaultBodyBytes = 256 * 1024;

/**
 * The routes of a processor as a Hono app: `POST /event`, `GET /stream`, `/schema`, `/schema/:type`,
 * `/manifest`, `/client.js` and `/health`.
 *
 * @throws {Error} when the store has no compare-and-set and `lastWriteWins` is not set
 *
 * @example Mount it in an app
 * ```ts
 * import { Hono } from "hono";
 * import { MemoryStore } from "rian";
 * import { nasc } from "rian/hono";
 *
 * const Counter = {
 *   mount: () => ({ count: 0 }),
 *   add: (_: unknown, state: { count: number }) => ({ count: state.count + 1 }),
 * };
 * const app = new Hono();
 * app.route("/nasc", nasc({ handlers: { Counter }, store: new MemoryStore() }));
 *
 * const answer = await app.request("/nasc/manifest");
 * if ((await answer.json()).Counter.events[0] !== "add") throw new Error("expected the event `add`");
 * ```
 */
export function nasc<E extends Env = Env>(options: NascOptions<E>): Hono<E> {
  const engines = new Engines(options);
  const app = new Hono<E>();
  const maxSize = options.maxBodyBytes ?? defaultBodyBytes;

  async function answer(error: unknown, context: Context<E>): Promise<Response> {
    await drain(context);
    const patch = refuse(error, { eventId: crypto.randomUUID() }, options.onError);
    return problemResponse(problemOf(patch));
  }
  app.onError(answer);
  app.notFound((context) => answer(new NascError("not-found", "There is nothing here"), context));

  app.use(secureHeaders());
  app.get("/health", (context) => context.json({ ok: true }));
  app.get("/client.js", etag(), clientRoute);

  const origins = [...options.origins ?? []];
  if (origins.length > 0) app.use(cors({ origin: origins, credentials: true }));
  app.use(sameOrigin(origins));
  const tooLarge = () => {
    throw new NascError("too-large", `A body is at most ${maxSize.toLocaleString("en")} bytes`);
  };
  app.post("/event", bodyLimit({ maxSize, onError: tooLarge }), eventRoute(options, engines));
  app.get("/stream", streamRoute(options, engines));
  app.get("/schema", etag(), schemasRoute(options));
  app.get("/schema/:type", etag(), schemaRoute(options));
  app.get("/manifest", etag(), manifestRoute(options));
  return app;
}

/** What {@link attachNasc} needs besides {@link NascOptions}. */
export interface AttachOptions<E extends Env = Env> extends NascOptions<E> {
  /** The app that gets the routes. */
  readonly app: Hono<E>;
  /** Where in the app. Default `"/nasc"`. */
  readonly path?: string;
}

/** Mounts {@link nasc} in an app, at `/nasc` if nothing else is said. */
export function attachNasc<E extends Env = Env>(options: AttachOptions<E>): void {
  options.app.route(options.path ?? "/nasc", nasc(options));
}
