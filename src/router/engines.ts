import type { Context, Env } from "hono";
import { Engine } from "../processor/engine.ts";
import { storeKind } from "../processor/kinds.ts";
import { type Hub, type InstanceStore, MemoryHub } from "../processor/mod.ts";
import { ProcessMemory } from "../processor/process-memory.ts";
import { Projector } from "../processor/projection.ts";
import { RunningWork } from "../processor/running-work.ts";
import { isGuardedHere, sourceOf } from "../processor/source.ts";
import { checkOptions } from "../shared/check-options.ts";
import { withoutFailures } from "./failing-hub.ts";
import type { NascOptions } from "./options.ts";
import { SharedStates } from "./shared-states.ts";

/** Keeps an engine for each store that requests bring, all with one hub and one memory. */
export class Engines<E extends Env> {
  readonly #options: NascOptions<E>;
  readonly #memory = new ProcessMemory();
  readonly #projector: Projector;
  readonly #engines = new WeakMap<InstanceStore, Engine>();
  /** The store that requests brought without a source, though only this process guards it. */
  #unnamed: InstanceStore | undefined;
  /** The states that streams of all engines show. */
  readonly states: SharedStates = new SharedStates();
  /** What is under way on all engines, and the requests that bring it. */
  readonly work: RunningWork = new RunningWork();
  /** Carries the news of all engines. */
  readonly hub: Hub;
  /** The engine of the one store, if all requests share it. */
  readonly single: Engine | undefined;

  constructor(options: NascOptions<E>) {
    const { store } = options;
    const hub = options.hub ? withoutFailures(options.hub, options) : new MemoryHub();
    this.#options = options;
    this.#projector = new Projector(options.handlers, options);
    this.hub = hub;
    // A store that cannot be used is refused at the start, not at the first request.
    if (typeof store !== "function") this.single = this.#engine(store, hub);
  }

  /** Returns the engine for a request. */
  for(context: Context<E>): Engine {
    const { store } = this.#options;
    if (typeof store !== "function") return this.single!;
    const own = store(context);
    const engine = this.#engines.get(own);
    if (engine !== undefined) return engine;
    const given: unknown = own;
    // It is refused below, and what it rejects with would end the process.
    if (given instanceof Promise) given.catch(() => {});
    checkOptions("run events", { "store(context)": own }, { "store(context)": storeKind });
    this.#assertFound(own);
    return this.#engine(own, this.#withoutStates());
  }

  #engine(store: InstanceStore, hub: Hub): Engine {
    const { work } = this;
    const shared = { hub, memory: this.#memory, projector: this.#projector, work };
    const engine = new Engine(this.#options.handlers, store, { ...this.#options, ...shared });
    this.#engines.set(store, engine);
    return engine;
  }

  /** Returns a hub that carries no states, so the viewers of other requests load from their own stores. */
  #withoutStates(): Hub {
    const hub = this.hub;
    return {
      publish: (source, news) => {
        const { state: _, ...stateless } = news;
        // What an async hub rejects with belongs to the publisher.
        return hub.publish(source, stateless);
      },
      subscribe: (...parameters) => hub.subscribe(...parameters),
    };
  }

  /**
   * Refuses a second store that names no source and is guarded by this process alone. It may be another tenant's, or
   * the same storage made anew, whose receipts and turns would then be lost.
   */
  #assertFound(store: InstanceStore): void {
    if (!isGuardedHere(store) || sourceOf(store) !== store) return;
    this.#unnamed ??= store;
    if (this.#unnamed === store) return;
    throw new TypeError(
      "Cannot run events: store(context) returned a second store that names no source, so what was done on the " +
        "first may be done again; give each a source, such as the binding or the name of a tenant",
    );
  }
}
