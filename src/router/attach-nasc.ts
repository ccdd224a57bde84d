import type { Env, Hono } from "hono";
import type { InstanceStore, Processor } from "../processor/mod.ts";
import { MemoryStore } from "../processor/open-instances.ts";
import * as kind from "../shared/kinds.ts";
import { memberOf } from "../shared/own.ts";
import { checkNascOptions } from "./check-options.ts";
import { createNasc } from "./create-nasc.ts";
import { refuseExpress } from "./express.ts";
import type { NascOptions } from "./options.ts";

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
export interface AttachedNasc {
  /** The store, unless it is a function of the request. */
  readonly store?: InstanceStore;
  /** Runs one message from inside the server. */
  readonly processMessage: Processor;
  /** Ends all open streams of a user, as {@link Nasc} does. */
  readonly hangUp: (user: string) => Promise<void>;
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
 * Mounts the routes of {@link createNasc} in an app, at `/nasc` unless `path` says otherwise.
 *
 * @throws {TypeError} if an option is missing, misspelt, or not what it should be; for an app of Express, it says how
 * to mount the routes beside it
 */
export function attachNasc<E extends Env = Env>(options: AttachOptions<E>): AttachedNasc {
  const action = "attach Nasc";
  refuseExpress(action, options);
  const inMemory = kind.record.fits(options) && memberOf(options, "store") === undefined;
  const complete = inMemory ? { ...options, store: new MemoryStore() } : options;
  const { app, path = "/nasc", ...nascOptions } = checkNascOptions(action, complete, optionKinds);
  const nasc = createNasc(nascOptions as NascOptions<E>);
  const { process: processMessage, hangUp, store } = nasc;
  app.route(path, nasc.app);
  if (inMemory) {
    console.warn(
      "Nasc: store is not set, so instances are in memory and end with this process; pass a store",
    );
  }
  return { processMessage, hangUp, ...(store && { store }) };
}
