import type { Context, Env } from "hono";
import { Engine } from "../processor/engine.ts";
import { storeKind } from "../processor/kinds.ts";
import { type Hub, type InstanceStore, MemoryHub, type Source } from "../processor/mod.ts";
import { ProcessMemory } from "../processor/process-memory.ts";
import { sourceOf } from "../processor/source.ts";
import { Turns } from "../processor/turns.ts";
import { checkOptions } from "../shared/check-options.ts";
import type { NascOptions } from "./options.ts";

/** Keeps an engine for each store that requests bring, all with one hub and one memory, and in turn. */
export class Engines<E extends Env> {
  readonly #options: NascOptions<E>;
  readonly #hub: Hub;
  readonly #turns = new Turns();
  readonly #memory = new ProcessMemory();
  readonly #engines = new WeakMap<InstanceStore, Engine>();
  /** The engine of the one store, if all requests share it. */
  readonly single: Engine | undefined;

  constructor(options: NascOptions<E>) {
    const { hub = new MemoryHub(), store } = options;
    this.#options = options;
    this.#hub = hub;
    // A store that cannot be used is refused at the start, not at the first request.
    if (typeof store !== "function") this.single = this.#engine(store, hub, sourceOf(store));
  }

  /** Returns the engine for a request. */
  for(context: Context<E>): Engine {
    const { store } = this.#options;
    if (typeof store !== "function") return this.single!;
    const own = store(context);
    const engine = this.#engines.get(own);
    if (engine !== undefined) return engine;
    checkOptions("run events", { "store(context)": own }, { "store(context)": storeKind });
    return this.#engine(own, this.#withoutStates(), this.#sourceOf(own));
  }

  #engine(store: InstanceStore, hub: Hub, source: Source): Engine {
    const shared = { hub, source, turns: this.#turns, memory: this.#memory };
    const engine = new Engine(this.#options.handlers, store, { ...this.#options, ...shared });
    this.#engines.set(store, engine);
    return engine;
  }

  /** Returns a hub that carries no states, so the viewers of other requests load from their own stores. */
  #withoutStates(): Hub {
    const hub = this.#hub;
    return {
      publish: (source, { kind, type, id, rev }) => hub.publish(source, { kind, type, id, rev }),
      subscribe: (...parameters) => hub.subscribe(...parameters),
    };
  }

  /** Returns the identity of a request's storage. Stores that name none count as one storage. */
  #sourceOf(store: InstanceStore): Source {
    const source = sourceOf(store);
    return source === store ? this.#options : source;
  }
}
