import type { Context, Env } from "hono";
import { Engine } from "../processor/engine.ts";
import {
  type Hub,
  type InstanceStore,
  MemoryHub,
  type ProcessContext,
  Turns,
} from "../processor/mod.ts";
import type { NascOptions } from "./options.ts";

/** The engine of each store that requests bring along, all with one hub and one queue. */
export class Engines<E extends Env> {
  readonly hub: Hub;
  readonly #options: NascOptions<E>;
  readonly #turns: Turns;
  readonly #engines = new WeakMap<InstanceStore, Engine>();

  constructor(options: NascOptions<E>) {
    this.#options = options;
    this.hub = options.hub ?? new MemoryHub();
    this.#turns = new Turns(options.delay ? { delay: options.delay } : {});
    // A store that cannot be used is better refused at start than at the first request.
    if (typeof options.store !== "function") this.#engine(options.store);
  }

  /** The engine for a request. */
  for(context: Context<E>): Engine {
    const { store } = this.#options;
    return this.#engine(typeof store === "function" ? store(context) : store);
  }

  #engine(store: InstanceStore): Engine {
    let engine = this.#engines.get(store);
    if (!engine) {
      engine = new Engine(this.#options.handlers, store, {
        ...this.#options,
        hub: this.hub,
        turns: this.#turns,
      });
      this.#engines.set(store, engine);
    }
    return engine;
  }
}

/** What handlers learn of a request. */
export function processContext<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
): ProcessContext {
  return {
    user: options.user?.(context),
    env: context.env,
    signal: context.req.raw.signal,
    waitUntil: (work) => waitUntil(context, work),
  };
}

// Only Workers have an execution context; elsewhere work simply goes on.
function waitUntil(context: Context, work: Promise<unknown>): void {
  try {
    context.executionCtx.waitUntil(work);
  } catch {
    work.catch(() => {});
  }
}
