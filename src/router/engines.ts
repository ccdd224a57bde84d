import type { Context, Env } from "hono";
import { Engine } from "../processor/engine.ts";
import { type Hub, type InstanceStore, MemoryHub, type ProcessContext } from "../processor/mod.ts";
import { ProcessMemory } from "../processor/process-memory.ts";
import { SerialQueue } from "../shared/serial.ts";
import type { NascOptions } from "./options.ts";

/** The engine of each store that requests bring along, all with one hub, one queue and one memory. */
export class Engines<E extends Env> {
  readonly hub: Hub;
  readonly #options: NascOptions<E>;
  readonly #queue: SerialQueue<string>;
  readonly #memory = new ProcessMemory();
  readonly #engines = new WeakMap<InstanceStore, Engine>();

  constructor(options: NascOptions<E>) {
    this.#options = options;
    this.hub = options.hub ?? new MemoryHub();
    this.#queue = new SerialQueue(options);
    // A store that cannot be used is better refused at start than at the first request.
    if (typeof options.store !== "function") this.#engine(options.store, this.hub);
  }

  /** The engine for a request. */
  for(context: Context<E>): Engine {
    const { store } = this.#options;
    if (typeof store !== "function") return this.#engine(store, this.hub);
    // Another request may have another store: a viewer is told that something changed, and looks into its own.
    const { hub } = this;
    return this.#engine(store(context), {
      publish: ({ type, id, rev }) => hub.publish({ type, id, rev }),
      subscribe: (...parameters) => hub.subscribe(...parameters),
    });
  }

  #engine(store: InstanceStore, hub: Hub): Engine {
    let engine = this.#engines.get(store);
    if (!engine) {
      const shared = { hub, queue: this.#queue, memory: this.#memory };
      engine = new Engine(this.#options.handlers, store, { ...this.#options, ...shared });
      this.#engines.set(store, engine);
    }
    return engine;
  }
}

/** What handlers learn of a request. */
export async function processContext<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
): Promise<ProcessContext> {
  return {
    user: await options.user?.(context),
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
    // Hono throws where there is none.
  }
}
