import type { Context, Env } from "hono";
import { Engine, type EngineOptions } from "../processor/engine.ts";
import { storeKind } from "../processor/kinds.ts";
import { type Hub, type InstanceStore, MemoryHub } from "../processor/mod.ts";
import { noPresence } from "../processor/presence.ts";
import { ProcessMemory } from "../processor/process-memory.ts";
import { Projector } from "../processor/projection.ts";
import { reportError } from "../processor/report-error.ts";
import { RunningWork } from "../processor/running-work.ts";
import { isGuardedHere, sourceOf } from "../processor/source.ts";
import { checkOptions } from "../shared/check-options.ts";
import { systemClock } from "../shared/clock.ts";
import { withoutFailures } from "./failing-hub.ts";
import { EngineHome } from "./engine-home.ts";
import type { InstanceHome } from "./home.ts";
import { type InstanceNamespace, namespaceKind } from "./objects/namespace.ts";
import { ObjectHome } from "./objects/object-home.ts";
import type { NascOptions } from "./options.ts";
import { SharedStates } from "./shared-states.ts";
import { ViewerLists } from "./viewer-lists.ts";

/** Keeps an engine for each store that requests bring, all with one hub and one memory. */
export class Engines<E extends Env> {
  readonly #options: NascOptions<E>;
  readonly #memory = new ProcessMemory();
  readonly #projector: Projector;
  readonly #homes = new WeakMap<InstanceStore, EngineHome>();
  readonly #objectHomes = new WeakMap<InstanceNamespace, ObjectHome>();
  /** The store that requests brought without a source, though only this process guards it. */
  #unnamed: InstanceStore | undefined;
  /** The states that streams of all engines show. */
  readonly #states: SharedStates = new SharedStates();
  /** Who looks on, if the app says what others may see of them. */
  readonly #viewers: ViewerLists | undefined;
  /** What is under way on all engines, and the requests that bring it. */
  readonly work: RunningWork = new RunningWork();
  /** Carries the news of all engines. */
  readonly hub: Hub;
  /** Where the instances of the one store are, if all requests share it. */
  readonly single: EngineHome | undefined;

  constructor(options: NascOptions<E>) {
    const { store, presence, clock = systemClock } = options;
    const hub = options.hub ? withoutFailures(options.hub, options) : new MemoryHub();
    this.#options = options;
    this.#projector = new Projector(options.handlers, options);
    this.#viewers = presence && new ViewerLists({
      presence,
      clock,
      report: (error) => reportError(error, { eventId: "presence" }, options),
    });
    this.hub = hub;
    // A store that cannot be used is refused at the start, not at the first request.
    if (store && typeof store !== "function") this.single = this.#home(store, hub);
  }

  /** Returns where the instances of a request are. */
  for(context: Context<E>): InstanceHome {
    const { store, instances } = this.#options;
    if (instances) return this.objects(instances(context));
    if (typeof store !== "function") return this.single!;
    const own = store(context);
    const home = this.#homes.get(own);
    if (home !== undefined) return home;
    const given: unknown = own;
    // It is refused below, and what it rejects with would end the process.
    if (given instanceof Promise) given.catch(() => {});
    checkOptions("run events", { "store(context)": own }, { "store(context)": storeKind });
    this.#assertFound(own);
    return this.#home(own, this.#withoutStates());
  }

  /** Returns where the instances of a namespace of objects are. */
  objects(namespace: InstanceNamespace): ObjectHome {
    const known = this.#objectHomes.get(namespace);
    if (known !== undefined) return known;
    checkOptions("run events", { "instances(context)": namespace }, {
      "instances(context)": namespaceKind,
    });
    const { authorize, limit, ...options } = this.#options;
    const mayCreateAll = typeof authorize !== "function" && limit === undefined;
    const home = new ObjectHome(namespace, { ...options, mayCreateAll });
    this.#objectHomes.set(namespace, home);
    return home;
  }

  #home(store: InstanceStore, hub: Hub): EngineHome {
    const { work } = this;
    const shared = { hub, memory: this.#memory, projector: this.#projector, work };
    const viewers = this.#viewers;
    const viewersOf: EngineOptions["viewersOf"] = (address) => {
      if (!viewers) throw new Error(noPresence("createNasc"));
      return viewers.of(engine.source, address);
    };
    const options = { ...this.#options, ...shared, viewersOf };
    const engine: Engine = new Engine(this.#options.handlers, store, options);
    const home = new EngineHome(engine, { states: this.#states, viewers });
    this.#homes.set(store, home);
    return home;
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
