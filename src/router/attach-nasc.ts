import type { Context, Env, Hono } from "hono";
import type { Flash } from "../page/flash.ts";
import type { Handlers, InstanceStore, Processor } from "../processor/mod.ts";
import { MemoryStore } from "../processor/open-instances.ts";
import type { KnownHandlers } from "../processor/typed-messages.ts";
import * as kind from "../shared/kinds.ts";
import { memberOf } from "../shared/own.ts";
import { checkNascOptions } from "./check-options.ts";
import { createNasc } from "./create-nasc.ts";
import { refuseExpress } from "./express.ts";
import type { NascOptions } from "./options.ts";
import type { InstanceReader } from "./reader.ts";
import type { OptionsFor } from "./typed-options.ts";

/** Options of {@link attachNasc}. */
export interface AttachOptions<E extends Env = Env> extends Omit<NascOptions<E>, "store"> {
  /** The app that gets the routes. */
  readonly app: Hono<E>;
  /** Where to mount them. Default `"/nasc"`. */
  readonly path?: string;
  /** As in {@link NascOptions}. Default: the memory of this process, which one line in the console says. */
  readonly store?: NascOptions<E>["store"];
}

/** What {@link attachNasc} returns: what {@link createNasc} does, by the names that the first Nasc used. */
export interface AttachedNasc<Given = Handlers, E extends Env = Env> {
  /** The store, unless it is a function of the request. */
  readonly store?: InstanceStore;
  /** Runs one message from inside the server. */
  readonly processMessage: Processor<KnownHandlers<Given, Handlers>>;
  /** Returns what reads instances for the user of a request, as {@link Nasc} does. */
  readonly reader: (context: Context<E>) => InstanceReader;
  /** Returns why the form was refused that led to a request, as {@link Nasc} does. */
  readonly flash: (context: Context<E>) => Promise<Flash | undefined>;
  /** Ends all open streams of a user, as {@link Nasc} does. */
  readonly hangUp: (user: string) => Promise<void>;
  /** Makes ready to stop, as {@link Nasc} does. */
  readonly drain: () => Promise<void>;
}

const optionKinds: Readonly<Record<string, kind.Kind>> = {
  app: {
    fits: (value) => kind.hasMethods(value, "route", "fetch"),
    cure: "a Hono app, new Hono()",
    isRequired: true,
  },
  path: kind.text,
};

/**
 * Mounts the routes of {@link createNasc} in an app, at `/nasc` unless `path` says otherwise. Beside them, `/nasc.js`
 * leads to the runtime for pages of the first Nasc.
 *
 * @throws {TypeError} if an option is missing, misspelt, or not what it should be; for an app of Express, it says how
 * to mount the routes beside it
 */
export function attachNasc<E extends Env = Env, Given extends Handlers = Handlers>(
  options: OptionsFor<AttachOptions<E>, E, Given>,
): AttachedNasc<Given, E> {
  const action = "attach Nasc";
  refuseExpress(action, options);
  const inMemory = kind.record.fits(options) && memberOf(options, "store") === undefined &&
    memberOf(options, "instances") === undefined;
  const complete = inMemory ? { ...options, store: new MemoryStore() } : options;
  const checked = checkNascOptions(action, complete, optionKinds);
  const { app, path = "/nasc", ...nascOptions } = checked as unknown as AttachOptions<E>;
  const nasc = createNasc(nascOptions as unknown as OptionsFor<NascOptions<E>, E, Given>);
  const { process: processMessage, reader, flash, hangUp, drain, store } = nasc;
  app.route(path, nasc.app);
  // Where pages of the first Nasc load the runtime from.
  app.get(`${path}.js`, (context) => context.redirect(`${path}/client-nasc.js`));
  if (inMemory) {
    console.warn(
      "Nasc: store is not set, so instances are in memory and end with this process; pass a store",
    );
  }
  return { processMessage, reader, flash, hangUp, drain, ...(store && { store }) };
}
