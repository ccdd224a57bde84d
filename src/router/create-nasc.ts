import { type Context, type Env, Hono } from "hono";
import { cors } from "hono/cors";
import { etag } from "hono/etag";
import { secureHeaders } from "hono/secure-headers";
import type { Flash } from "../page/flash.ts";
import type { Handlers, InstanceStore, ProcessContext, Processor } from "../processor/mod.ts";
import { processorOf } from "../processor/processor.ts";
import type { KnownHandlers } from "../processor/typed-messages.ts";
import { userKeyOf } from "../processor/user-key.ts";
import { checkNascOptions } from "./check-options.ts";
import {
  clientModuleRoute,
  clientNascRoute,
  clientRoute,
  clientTag,
  shareResource,
} from "./client-route.ts";
import { ClientStreams } from "./client-streams.ts";
import { manifestRoute, schemaRoute, schemasRoute } from "./description-routes.ts";
import { Engines } from "./engines.ts";
import { eventRoute } from "./event-route.ts";
import { refuseExpress } from "./express.ts";
import { answerFailures, failureAnswer } from "./failures.ts";
import { takeFlash } from "./flash-cookie.ts";
import { guardedRoute } from "./guarded-route.ts";
import { HangUps } from "./hang-ups.ts";
import { ownHost, readHosts } from "./hosts.ts";
import { jsonResponse } from "./json.ts";
import { processInObject } from "./objects/object-processor.ts";
import { OpenStreams } from "./open-streams.ts";
import type { NascOptions } from "./options.ts";
import { pollRoute } from "./poll-route.ts";
import { type InstanceReader, readerOf } from "./reader.ts";
import { sameOrigin } from "./same-origin.ts";
import { Shutdown } from "./shutdown.ts";
import { socketRoute } from "./socket-route.ts";
import { streamRoute } from "./stream-route.ts";
import type { OptionsFor } from "./typed-options.ts";
import { warnerOfUnguarded } from "./unguarded.ts";
import { answerUnrouted } from "./unrouted.ts";
import { askUser } from "./user.ts";

/** A processor behind HTTP: what {@link createNasc} returns. */
export interface Nasc<E extends Env = Env, Given = Handlers> {
  /**
   * The routes: `POST /event`, `GET /stream`, `/poll`, `/ws`, `/schema`, `/schema/:type`, `/manifest`,
   * `/client.js`, `/client-nasc.js`, `/client/:module` and `/health`.
   */
  readonly app: Hono<E>;
  /**
   * Runs one message from inside the server, with the hub and the turns of the routes, so open pages see what it
   * changes. `authorize` is not asked.
   *
   * With `instances`, the context holds the bindings: `process(message, { env, user })`.
   *
   * @throws {Error} if `store` is a function of the request, since there is no request
   */
  readonly process: Processor<KnownHandlers<Given, Handlers>>;
  /**
   * Returns what reads instances for the user of a request, to render a page: as a stream of that request would show
   * them at first, asked of `user` and `authorize`.
   */
  readonly reader: (context: Context<E>) => InstanceReader;
  /**
   * Returns why the form without script was refused that led to this request, and clears the cookie that says so; for
   * the page that the form is on. What is forged, or older than a minute, counts as nothing.
   */
  readonly flash: (context: Context<E>) => Promise<Flash | undefined>;
  /**
   * Ends all open streams of a user, in this process and, through the hub, in all others. Their pages open new ones,
   * for which `user` and `authorize` decide. End the user's session first.
   *
   * @param user What `identify` returns of the user.
   * @throws {TypeError} if that names nobody, or there is neither a `user` nor a `hub`
   */
  readonly hangUp: (user: string) => Promise<void>;
  /**
   * Makes ready to stop: ends all open streams of this process, whose pages then open others elsewhere, lets none open
   * any more, delivers what `context.send` has sent, and resolves once the events under way have ended, and the work of
   * `context.waitUntil` that outlasts their answers. Call it when the server takes no new connections, and close the store
   * afterwards. What is not due yet, or cannot be delivered now, is left to the next process.
   */
  readonly drain: () => Promise<void>;
  /** The store, unless it is a function of the request. */
  readonly store?: InstanceStore;
}

/**
 * Puts a processor behind HTTP.
 *
 * @throws {Error} if the store has no compare-and-set and `lastWriteWins` is not set
 * @throws {TypeError} if an option is missing, misspelt, or not what it should be
 *
 * @example Mount the routes in an app, and send an event from the server
 * ```ts
 * import { Hono } from "hono";
 * import { MemoryStore } from "rian";
 * import { createNasc } from "rian/hono";
 *
 * const Counter = {
 *   mount: () => ({ count: 0 }),
 *   add: (_: unknown, state: { count: number }) => ({ count: state.count + 1 }),
 * };
 * const nasc = createNasc({
 *   handlers: { Counter },
 *   store: new MemoryStore(),
 *   authorize: "everyone",
 *   hosts: "any",
 * });
 * const app = new Hono();
 * app.route("/nasc", nasc.app);
 *
 * const response = await app.request("/nasc/manifest");
 * if ((await response.json()).Counter.events[0] !== "add") throw new Error("expected the event `add`");
 * await nasc.process({ type: "Counter", instance: "visits", event: "mount" });
 * ```
 */
export function createNasc<E extends Env = Env, Given extends Handlers = Handlers>(
  given: OptionsFor<NascOptions<E>, E, Given>,
): Nasc<E, Given> {
  refuseExpress("create Nasc", given);
  const options = checkNascOptions("create Nasc", given) as unknown as NascOptions<E>;
  const engines = new Engines(options);
  // A Nasc without users may hang up those of others on its hub.
  const knowsUsers = options.user !== undefined || options.hub !== undefined;
  const hangUps = new HangUps(options.hub ?? engines.hub, { ...options, knowsUsers });
  const shutdown = new Shutdown();
  const { store } = options;
  const drained = async (context?: Pick<ProcessContext, "env">) => {
    await (engines.single ? engines.single.engine.drain(context) : engines.work.ended());
  };
  return {
    app: routes(options, { engines, hangUps, shutdown }),
    reader: (context) => readerOf(context, { options, engines }),
    flash: (context) =>
      takeFlash(context, {
        ...options,
        userKey: async () => userKeyOf(await askUser(context, options), options.identify),
      }),
    hangUp: (user) => hangUps.hangUp(user),
    process: options.instances ? objectProcessor(options, engines) : processorOf(() => {
      if (engines.single) return engines.single.engine;
      throw new Error(
        "Cannot process a message outside a request: the store is a function of the request; " +
          "call createProcessor with the store",
      );
    }, drained),
    async drain() {
      shutdown.begin();
      await drained();
      engines.single?.engine.rest();
      await shutdown.written();
    },
    ...(store && typeof store !== "function" && { store }),
  };
}

/** Returns the `app` of {@link createNasc}, to be mounted with Hono's `route`. */
// deno-lint-ignore no-explicit-any -- nothing here says what the bindings of the app are that mounts it
export function nasc<E extends Env = { Bindings: any }, Given extends Handlers = Handlers>(
  options: OptionsFor<NascOptions<E>, E, Given>,
): Hono<E> {
  return createNasc<E, Given>(options).app;
}

/** Returns what runs messages from inside the server in the objects that the bindings in `env` name. */
function objectProcessor<E extends Env, Known>(
  { instances, onError }: NascOptions<E>,
  engines: Engines<E>,
): Processor<Known> {
  const process = (message: unknown, context: ProcessContext = {}) =>
    processInObject(
      () => {
        if (context.env === undefined) {
          throw new TypeError(
            "Cannot process a message: nobody knows where the objects are; pass { env }, the bindings of the Worker",
          );
        }
        return engines.objects(instances!({ env: context.env } as Context<E>));
      },
      message,
      { context, onError },
    );
  const refuse = async () => {
    throw new Error(
      "Cannot look for dead messages: each object keeps its own; ask sendQueueOf of rian/edge for those of one",
    );
  };
  const drain = () => engines.work.ended();
  const dead = { deadMessages: refuse, resend: refuse, discard: refuse };
  return Object.assign(process, { drain, ...dead }) as unknown as Processor<Known>;
}

/** What the routes share with what else {@link createNasc} returns. */
interface Shared<E extends Env> {
  readonly engines: Engines<E>;
  readonly hangUps: HangUps;
  readonly shutdown: Shutdown;
}

function routes<E extends Env>(
  options: NascOptions<E>,
  { engines, hangUps, shutdown }: Shared<E>,
): Hono<E> {
  const clients = new ClientStreams<E>();
  const streams = new OpenStreams();
  const hosts = readHosts(options.hosts);
  const origins = [...options.origins ?? []];
  const warn = warnerOfUnguarded(options);
  const answer = failureAnswer(options);

  // What comes with every event is guarded at once: each middleware would cost it some microseconds. So would an
  // `onError` of the app that it is on. Nor may one touch the answer that makes a connection a socket.
  const guards = { hosts, origins, warn, answer, work: engines.work };
  const { respond, run } = eventRoute(options, { engines, clients, streams, hosts });
  const sockets = socketRoute(options, { engines, hangUps, shutdown, streams, run });
  const outer = new Hono<E>()
    .post("/event", guardedRoute(respond, guards))
    .get("/ws", guardedRoute(sockets, guards));

  const app = new Hono<E>();
  if (origins.length > 0) {
    app.use("/client.js", shareResource);
    app.use("/client-nasc.js", shareResource);
    app.use("/client/*", shareResource);
  }
  // Without a referrer, a browser sends a form of the site itself as if it came from nowhere.
  app.use(secureHeaders({ referrerPolicy: "same-origin" }));
  answerFailures(app, answer);
  app.use(async (_context, next) => {
    warn();
    await next();
  });
  // What asks for the health of a server may know it by its address only.
  app.get("/health", (context) => jsonResponse(context, JSON.stringify({ ok: true })));
  app.use(ownHost(hosts));
  if (origins.length > 0) app.use(cors({ origin: origins, credentials: true }));
  app.get("/client.js", clientTag, clientRoute);
  app.get("/client-nasc.js", clientTag, clientNascRoute);
  app.get("/client/:module", clientTag, clientModuleRoute);

  app.use(sameOrigin({ origins, hosts }));
  app.get("/stream", streamRoute(options, { engines, hangUps, shutdown, clients, streams }));
  app.get("/poll", pollRoute(options, { engines, hangUps, shutdown }));
  app.get("/schema", etag(), schemasRoute(options));
  app.get("/schema/:type", etag(), schemaRoute(options));
  app.get("/manifest", etag(), manifestRoute(options));

  answerUnrouted(app, [...outer.routes, ...app.routes]);
  return outer.route("/", app);
}
