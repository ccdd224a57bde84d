import { type Address, addressKey } from "../processor/address.ts";
import { Engine, type EngineOptions } from "../processor/engine.ts";
import type { EventReport } from "../processor/event-report.ts";
import { protocolVersion } from "../processor/frames.ts";
import { frozenCopy } from "../processor/frozen-copy.ts";
import type { Handlers } from "../processor/handlers.ts";
import type { Hub, News } from "../processor/hub.ts";
import { handlersKind, sharedKinds, storeKind } from "../processor/kinds.ts";
import { type InstanceStore, MemoryStore } from "../processor/open-instances.ts";
import type { EventErrorContext } from "../processor/options.ts";
import { parseAddress } from "../processor/parse-message.ts";
import { ProcessMemory } from "../processor/process-memory.ts";
import { type Projected, Projector } from "../processor/projection.ts";
import { reportError } from "../processor/report-error.ts";
import { RunningWork } from "../processor/running-work.ts";
import type { OutgoingMessage } from "../processor/send/outgoing.ts";
import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { own } from "../shared/own.ts";
import { HarnessClock } from "./harness-clock.ts";
import type { Harness, HarnessOptions, SendOptions } from "./harness-types.ts";
import { recordedStore } from "./recorded-store.ts";
import { type Changed, sentOf } from "./run.ts";
import type { Sent } from "./sent.ts";

const { hub: _, ...processorKinds } = sharedKinds;

const optionKinds: kind.Kinds<HarnessOptions> = {
  store: { ...storeKind, isRequired: false },
  user: kind.anything,
  env: kind.anything,
  viewers: { fits: Array.isArray, cure: "a list of what presence returns", each: kind.record },
  ...processorKinds,
  attempts: kind.attempts,
};

const sendKinds: kind.Kinds<SendOptions> = {
  user: kind.anything,
  env: kind.anything,
  eventId: kind.text,
  epoch: kind.text,
  rev: kind.anything,
};

/**
 * Sends events to handlers as a server does, and shows what becomes of them: states, differences, what is stored, what
 * the sender and others are told, and why an event was refused. It works with any test runner.
 *
 * The ids of events are counted, the clock says the same at each run, and next states are checked against
 * `schemas.state`, unless `checkState` is `false`. The epochs of instances are random, as they are for a server.
 *
 * @throws {TypeError} if an argument is not what it should be, or an option is misspelt
 * @throws {Error} if the store has no compare-and-set and `lastWriteWins` is not set
 *
 * @example Test an event, and a refusal
 * ```ts
 * import { NascError } from "rian";
 * import { harness } from "rian/testing";
 *
 * const Counter = {
 *   mount: () => ({ count: 0 }),
 *   add(by: number, { count }: { count: number }) {
 *     if (by < 1) throw new NascError("too-little", "Add 1 at least");
 *     return { count: count + by };
 *   },
 * };
 * const { send } = harness({ Counter });
 *
 * const { state } = await send("Counter", "visits", "add", 2);
 * if (state?.count !== 2) throw new Error("expected 2");
 * const { error, writes } = await send("Counter", "visits", "add", 0);
 * if (error?.code !== "too-little" || writes.length > 0) throw new Error("expected a refusal");
 * ```
 */
export function harness<Given extends Handlers>(
  handlers: Given,
  options: HarnessOptions = {},
): Harness<Given> {
  const checked = checkOptions("make a harness", { handlers, options }, {
    handlers: handlersKind,
    options: kind.optionsOf(optionKinds),
  });
  const runner = new Runner(handlers, own(checked.options));
  const send = (...[type, id, event, payload, options]: Parameters<Runner["send"]>) =>
    runner.send(type, id, event, payload, options);
  return {
    send,
    mount: (type: string, id: string, options?: SendOptions) =>
      runner.send(type, id, "mount", undefined, options),
    state: (type: string, id: string) => runner.state({ type, id }),
    see: (type: string, id: string, options?: SendOptions) => runner.see({ type, id }, options),
    drain: () => runner.drain(),
  } as unknown as Harness<Given>;
}

/** Lets nobody decide what is seen of a state: the harness shows it as it is, and then as others see it. */
class Unprojected extends Projector {
  override project(state: object): Projected {
    return { projection: state, isShared: true };
  }
}

/** Runs each event on an engine of its own, so what each has read, written and reported is known. */
class Runner {
  readonly #handlers: Handlers;
  readonly #store: InstanceStore;
  readonly #options: HarnessOptions;
  readonly #shared: EngineOptions;
  readonly #projector: Projector;
  /** Reads what is stored, and delivers what events have sent. */
  readonly #engine: Engine;
  readonly #work = new RunningWork();
  /** The states that events have led to, by the keys of their addresses. */
  readonly #known = new Map<string, object | undefined>();
  #viewError: unknown;

  constructor(handlers: Handlers, options: HarnessOptions) {
    const { store, user: _user, env: _env, viewers = [], ...others } = options;
    const { clock = new HarnessClock(), random = () => 0, checkState = true } = options;
    this.#handlers = handlers;
    this.#options = options;
    this.#store = store ?? new MemoryStore({ clock });
    this.#projector = new Projector(handlers, {
      onError: (error, context) => {
        this.#viewError = error;
        this.#report(error, context);
      },
    });
    this.#shared = {
      ...others,
      clock,
      random,
      checkState,
      memory: new ProcessMemory(),
      projector: new Unprojected(handlers, {}),
      viewersOf: () => frozenCopy([...viewers]),
      // The clock stands still, and no bucket would fill.
      mayBroadcast: () => true,
      work: this.#work,
    };
    const hub: Hub = {
      publish: (_source, one) => {
        if (one.kind === "change") this.#known.set(addressKey(one), one.state);
      },
      subscribe: () => () => {},
    };
    this.#engine = new Engine(handlers, this.#store, { ...this.#shared, hub });
  }

  async send(
    type: string,
    id: string,
    event: string,
    payload: unknown,
    options: SendOptions = {},
  ): Promise<Sent> {
    checkOptions(`send ${String(event)}`, { options }, { options: kind.optionsOf(sendKinds) });
    const { user, env, eventId = nextId(this.#store), epoch, rev } = this.#sender(options);
    const message = {
      ...{ type, instance: id, event, payload, eventId, epoch, rev },
      protocol: protocolVersion,
    } as const;
    const { store, recording } = recordedStore(this.#store);
    const reported: [unknown, EventErrorContext][] = [];
    let isOver = false;
    let report: EventReport | undefined;
    const news: News[] = [];
    const sends: OutgoingMessage[] = [];
    const hub: Hub = { publish: (_source, one) => void news.push(one), subscribe: () => () => {} };
    const engine = new Engine(this.#handlers, store, {
      ...this.#shared,
      hub,
      holdSends: (messages) => void sends.push(...messages),
      onError: (error, context) => {
        if (isOver) this.#report(error, context);
        else reported.push([error, context]);
      },
      onEvent: (one) => {
        report = one;
        return this.#options.onEvent?.(one);
      },
    });
    const outcome = await engine.run(message, { user, env });
    isOver = true;
    // What has ended the event is in its error.
    const cause = outcome.ok ? undefined : outcome.cause;
    for (const [error, context] of reported) {
      if (error !== cause) this.#report(error, context);
    }
    const before = (address: Address): object | undefined => {
      const key = addressKey(address);
      if (outcome.ok && outcome.type === address.type && outcome.id === address.id) {
        return outcome.before;
      }
      const { read } = recording;
      return (read.has(key) ? read.get(key) : this.#known.get(key)) as object | undefined;
    };
    const changed = report!.outcome === "repeated" ? [] : news.flatMap((one): Changed[] => {
      if (one.kind !== "change") return [];
      const { type, id, rev, epoch = "", state } = one;
      return [{ type, id, rev, epoch, state, before: before({ type, id }) }];
    });
    for (const { type, id, state } of changed) this.#known.set(addressKey({ type, id }), state);
    return sentOf({
      event,
      user,
      outcome,
      report: report!,
      changed,
      sends,
      broadcasts: news.flatMap((one) => one.kind === "broadcast" ? [one.payload] : []),
      written: recording.written,
      stored: outcome.ok ? outcome.shown.projection : await this.#stored({ type, id }),
      projector: this.#projector,
      viewError: () => this.#viewError,
      keyOf: (type) => engine.keyOf(type),
    });
  }

  async state(address: Address): Promise<object | undefined> {
    const state = (await this.#engine.read(checked(address)))?.state;
    return state && structuredClone(state);
  }

  async see(address: Address, options: SendOptions = {}): Promise<object | undefined> {
    const { user } = this.#sender(options);
    const state = (await this.#engine.read(checked(address)))?.state;
    const projection = state && this.#projector.project(state, { ...address, user }).projection;
    return projection && structuredClone(projection);
  }

  async drain(): Promise<void> {
    const { env } = this.#options;
    await this.#engine.drain({ env });
  }

  /** Returns how an event is sent, and by whom. */
  #sender(options: SendOptions): SendOptions {
    const { user, env } = this.#options;
    return own({ user, env, ...options });
  }

  /** Returns what is stored, if the address is one and the store answers. */
  async #stored(address: Address): Promise<object | undefined> {
    try {
      return (await this.#engine.read(checked(address)))?.state;
    } catch {
      return undefined;
    }
  }

  #report(error: unknown, context: EventErrorContext): void {
    reportError(error, context, this.#options);
  }
}

/** How many ids of events were made for each store, which several harnesses may share. */
const counts = new WeakMap<InstanceStore, number>();

/** Returns an id that no event of a store has had from a harness of this process. */
function nextId(store: InstanceStore): string {
  const count = (counts.get(store) ?? 0) + 1;
  counts.set(store, count);
  return `event-${count}`;
}

function checked({ type, id }: Address): Address {
  return parseAddress(String(type), id);
}
