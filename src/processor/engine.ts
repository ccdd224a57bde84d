import { checkOptions } from "../shared/check-options.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import type { AttemptResult, ChangedInstance } from "./attempt-result.ts";
import type { Limit } from "./call-handler.ts";
import { EventWatch, type Watched } from "./event-watch.ts";
import { HandlerTime } from "./handler-time.ts";
import { findEvent, findHandler, type Handlers } from "./handlers.ts";
import type { News } from "./hub.ts";
import type { Instances } from "./instances.ts";
import { assertPublic } from "./internal.ts";
import { contextKind } from "./kinds.ts";
import { type InstanceStore, openInstances } from "./open-instances.ts";
import type { EventErrorContext, ProcessContext, ProcessorOptions } from "./options.ts";
import { type Applied, fail, type Failed, type Mounted, type Outcome } from "./outcome.ts";
import { type ParsedMessage, parseMessage } from "./parse-message.ts";
import { MessageChecks } from "./payload-check.ts";
import { permissionToCreate } from "./permission.ts";
import { ProcessMemory, type SourceMemory } from "./process-memory.ts";
import { reportError } from "./report-error.ts";
import { runWithRetries } from "./retry.ts";
import { type Source, sourceOf } from "./source.ts";
import type { StoredInstance } from "./stored-instance.ts";
import type { Turn, Turns } from "./turns.ts";
import { WatchedTime } from "./watched-time.ts";

/** Options of {@link Engine}, with what it shares with the others of its process. */
export interface EngineOptions extends ProcessorOptions {
  readonly memory?: ProcessMemory;
}

const second = 1_000;
const day = 24 * 60 * 60 * second;
const defaultStorageTimeout = 5 * second;

/** How a message was processed that did not fail. */
type Processed = Applied & Pick<AttemptResult, "state">;

/** Runs messages on one store, those of one instance one after the other, and publishes what they change. */
export class Engine {
  readonly #handlers: Handlers;
  readonly #instances: Instances;
  readonly #options: EngineOptions;
  readonly #turns: Turns;
  readonly #memory: SourceMemory;
  readonly #clock: Clock;
  readonly #source: Source;

  constructor(handlers: Handlers, store: InstanceStore, given: EngineOptions = {}) {
    const options = own(given);
    const {
      clock = systemClock,
      receiptTtl = day,
      storageTimeout = defaultStorageTimeout,
      memory = new ProcessMemory(),
    } = options;
    this.#source = sourceOf(store);
    this.#memory = memory.of(this.#source);
    this.#turns = memory.turns;
    this.#handlers = handlers;
    this.#instances = openInstances(store, {
      ...options,
      clock,
      receiptTtl,
      storageTimeout,
      memory: this.#memory,
    });
    this.#options = options;
    this.#clock = clock;
  }

  /** Runs one message. It never rejects: what went wrong is in the outcome. */
  async run(message: unknown, outside: ProcessContext = {}): Promise<Outcome> {
    try {
      checkOptions("process a message", { context: outside }, { context: contextKind });
      return outcomeOf(await this.#process(parseMessage(message), outside));
    } catch (error) {
      const eventContext = { eventId: crypto.randomUUID() };
      const failed = fail(error, eventContext, this.#options);
      this.#watch({ ...eventContext, user: own(Object(outside)).user })?.report(failed);
      return failed;
    }
  }

  /**
   * Runs one message of a page that has been parsed, to which internal events are unknown. It never rejects: what went
   * wrong is in the outcome.
   */
  async runParsed(message: ParsedMessage, outside: ProcessContext = {}): Promise<Outcome> {
    return outcomeOf(await this.#process(message, outside, assertPublic));
  }

  /** Mounts an instance for a viewer. */
  async mount(address: Address, outside: ProcessContext = {}): Promise<Mounted | Failed> {
    const message = { ...address, event: "mount", payload: undefined, eventId: undefined };
    return await this.#process(message, outside) as Mounted | Failed;
  }

  /** The identity of the storage. */
  get source(): Source {
    return this.#source;
  }

  /** Returns an instance as it is stored now, for a viewer. */
  async read(address: Address): Promise<StoredInstance | undefined> {
    return await this.#instances.read(address);
  }

  /** Calls the listener with all news of an instance that the hub carries, until the returned function is called. */
  subscribe(address: Address, listener: (news: News) => void): () => void {
    return this.#options.hub?.subscribe(this.#source, address, listener) ?? (() => {});
  }

  async #process(
    message: ParsedMessage,
    context: ProcessContext,
    assertSendable: typeof assertPublic = () => {},
  ): Promise<Processed | Failed> {
    const outside = own(context);
    const { type, id, event, eventId = crypto.randomUUID() } = message;
    const errorContext = { eventId, type, id, event };
    const watch = this.#watch({ ...errorContext, user: outside.user });
    try {
      const handler = findHandler(this.#handlers, type);
      if (event !== "mount") findEvent(handler, { type, event });
      assertSendable(handler, { type, event });
      const { changed, isRepeat, ...result } = await this.#turns.run(
        this.#memory.turnKey(message),
        (turn) => this.#run(message, outside, { turn, errorContext, watch }),
        { clock: this.#clock },
      );
      this.#publish(changed);
      const applied: Processed = { ok: true, eventId, ...result };
      watch?.report(applied, isRepeat ? "repeated" : changed.length > 0 ? "applied" : "unchanged");
      return applied;
    } catch (error) {
      const failed = fail(error, errorContext, this.#options);
      watch?.report(failed);
      return failed;
    }
  }

  /** Returns what watches an event, if anybody wants to know of it. */
  #watch(event: Watched): EventWatch | undefined {
    const { onEvent, onError } = this.#options;
    return onEvent && new EventWatch(event, { onEvent, onError, clock: this.#clock });
  }

  #run(
    message: ParsedMessage,
    outside: ProcessContext,
    { turn, errorContext, watch }: {
      turn: Turn;
      errorContext: EventErrorContext;
      watch: EventWatch | undefined;
    },
  ): Promise<AttemptResult> {
    watch?.begin();
    const {
      attempts = 50,
      checkState = false,
      handlerTimeout = 10 * second,
      identify,
      random = Math.random,
      schemaProvider,
      storageTimeout = defaultStorageTimeout,
    } = this.#options;
    const clock = this.#clock;
    const report = (error: unknown) => reportError(error, errorContext, this.#options);
    const { signal } = outside;
    const timing = { clock, handlerTimeout, storageTimeout, signal, report };
    const time = watch
      ? new WatchedTime(turn, { ...timing, watch })
      : new HandlerTime(turn, timing);
    const limit: Limit = (name, call) => time.limit(name, call);
    return runWithRetries(message, {
      handlers: this.#handlers,
      instances: this.#instances,
      schemaProvider,
      eventId: errorContext.eventId,
      outside,
      mayCreate: permissionToCreate(message, outside),
      identify,
      checks: new MessageChecks({ limit, report }),
      checkState,
      time,
      background: (work) => {
        const guarded = work.catch(report);
        outside.waitUntil?.(guarded);
      },
      report,
      attempts,
      clock,
      random,
      watch,
    });
  }

  #publish(changed: readonly ChangedInstance[]): void {
    for (const { type, id, rev, state } of changed) {
      // The event is committed, and a viewer that missed the news finds the change at its next heartbeat.
      const report = (error: unknown) =>
        reportError(error, { eventId: "hub", type, id }, this.#options);
      try {
        const news: News = { kind: "change", type, id, rev, ...(state && { state }) };
        const published: unknown = this.#options.hub?.publish(this.#source, news);
        if (published instanceof Promise) published.catch(report);
      } catch (error) {
        report(error);
      }
    }
  }
}

/** Returns what a sender may see of how its message was processed: of a mount, no state. */
function outcomeOf(processed: Processed | Failed): Outcome {
  if (!processed.ok) return processed;
  const { ok, eventId, rev, patches } = processed;
  return { ok, eventId, rev, patches };
}
