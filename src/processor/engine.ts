import { checkOptions } from "../shared/check-options.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import type { AttemptResult, ChangedInstance } from "./attempt-result.ts";
import { HandlerTime } from "./handler-time.ts";
import { findEvent, findHandler, type Handlers } from "./handlers.ts";
import type { News } from "./hub.ts";
import type { Instances } from "./instances.ts";
import { contextKind } from "./kinds.ts";
import { type KeyOf, ListKeys } from "./list-keys.ts";
import { type InstanceStore, openInstances } from "./open-instances.ts";
import { remember } from "./operations-between.ts";
import type { EventErrorContext, ProcessContext, ProcessorOptions } from "./options.ts";
import { type Applied, fail, type Outcome, type RawApplied, type RawOutcome } from "./outcome.ts";
import { type ParsedMessage, parseMessage } from "./parse-message.ts";
import { permissionToCreate } from "./permission.ts";
import { ProcessMemory, type SourceMemory } from "./process-memory.ts";
import { type Projected, Projector, type Viewpoint } from "./projection.ts";
import { reportError } from "./report-error.ts";
import { runWithRetries } from "./retry.ts";
import { type Source, sourceOf } from "./source.ts";
import type { StoredInstance } from "./stored-instance.ts";
import type { Turn, Turns } from "./turns.ts";

/** Options of {@link Engine}, with what it shares with the others of its process. */
export interface EngineOptions extends ProcessorOptions {
  readonly memory?: ProcessMemory;
  readonly projector?: Projector;
}

const second = 1_000;
/** For how many milliseconds the id of an applied event is remembered, unless the app says otherwise. */
export const defaultReceiptTtl: number = 24 * 60 * 60 * second;
const defaultStorageTimeout = 5 * second;

/** Runs messages on one store, those of one instance one after the other, and publishes what they change. */
export class Engine {
  readonly #handlers: Handlers;
  readonly #instances: Instances;
  readonly #options: EngineOptions;
  readonly #turns: Turns;
  readonly #memory: SourceMemory;
  readonly #clock: Clock;
  readonly #source: Source;
  readonly #projector: Projector;
  readonly #listKeys: ListKeys;

  constructor(handlers: Handlers, store: InstanceStore, given: EngineOptions = {}) {
    const options = own(given);
    const {
      clock = systemClock,
      receiptTtl = defaultReceiptTtl,
      history = true,
      storageTimeout = defaultStorageTimeout,
      memory = new ProcessMemory(),
      projector = new Projector(handlers),
    } = options;
    this.#source = sourceOf(store);
    this.#memory = memory.of(this.#source);
    this.#turns = memory.turns;
    this.#handlers = handlers;
    this.#projector = projector;
    this.#instances = openInstances(store, {
      ...options,
      clock,
      receiptTtl,
      history,
      storageTimeout,
      memory: this.#memory,
    });
    this.#listKeys = new ListKeys(options.schemaProvider);
    this.#options = options;
    this.#clock = clock;
  }

  /** Runs one message. It never rejects: what went wrong is in the outcome. */
  async run(message: unknown, outside: ProcessContext = {}): Promise<Outcome> {
    try {
      checkOptions("process a message", { context: outside }, { context: contextKind });
      return await this.runParsed(parseMessage(message), outside);
    } catch (error) {
      return fail(error, { eventId: crypto.randomUUID() }, this.#options);
    }
  }

  /** Runs one message that has been parsed. It never rejects: what went wrong is in the outcome. */
  async runParsed(message: ParsedMessage, context: ProcessContext = {}): Promise<Outcome> {
    const outcome = await this.#runRaw(message, own(context));
    if (!outcome.ok) return outcome;
    try {
      return this.#shown(outcome, own(context).user);
    } catch (error) {
      const { eventId, type, id } = outcome;
      return fail(error, { eventId, type, id, event: message.event }, this.#options);
    }
  }

  /** Mounts an instance for a viewer. Its state is one that nobody may see as it is. */
  mount(address: Address, outside: ProcessContext = {}): Promise<RawOutcome> {
    const { type, id } = address;
    const message = { type, id, event: "mount", payload: undefined, eventId: undefined };
    return this.#runRaw(message, own(outside));
  }

  /** Returns by what the items of the lists in states of a type are told apart, where that is known. */
  keyOf(type: string): KeyOf | undefined {
    return this.#listKeys.of(type);
  }

  /** Returns a state as somebody may see it. */
  project(state: object, viewpoint: Viewpoint): Projected {
    return this.#projector.project(state, viewpoint);
  }

  async #runRaw(message: ParsedMessage, outside: ProcessContext): Promise<RawOutcome> {
    const { type, id, event, eventId = crypto.randomUUID() } = message;
    const errorContext = { eventId, type, id, event };
    try {
      const handler = findHandler(this.#handlers, type);
      if (event !== "mount") findEvent(handler, { type, event });
      const result = await this.#turns.run(
        this.#memory.turnKey(message),
        (turn) => this.#run(message, outside, { turn, errorContext }),
        { clock: this.#clock },
      );
      this.#publish(result.changed, { ...message, eventId });
      return { ok: true, eventId, type, id, ...result };
    } catch (error) {
      return fail(error, errorContext, this.#options);
    }
  }

  #shown(outcome: RawApplied, user: unknown): Applied {
    const { eventId, type, id, rev, epoch, before, state, operations, schemas, changed } = outcome;
    if (before && operations) remember(before, state, operations);
    const project = (raw: object) => this.project(raw, { type, id, user }).projection;
    const isChanged = changed.some((other) => other.type === type && other.id === id);
    return {
      ok: true,
      eventId,
      type,
      id,
      rev,
      epoch,
      base: isChanged ? rev - 1 : rev,
      before: before && project(before),
      state: project(state),
      schemas,
    };
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

  #run(
    message: ParsedMessage,
    outside: ProcessContext,
    { turn, errorContext }: { turn: Turn; errorContext: EventErrorContext },
  ): Promise<AttemptResult> {
    const {
      attempts = 50,
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
    return runWithRetries(message, {
      handlers: this.#handlers,
      instances: this.#instances,
      schemaProvider,
      listKeys: this.#listKeys,
      eventId: errorContext.eventId,
      outside,
      mayCreate: permissionToCreate(message, outside),
      identify,
      time: new HandlerTime(turn, timing),
      background: (work) => {
        const guarded = work.catch(report);
        outside.waitUntil?.(guarded);
      },
      report,
      attempts,
      clock,
      random,
    });
  }

  #publish(
    changed: readonly ChangedInstance[],
    { type, id, stream, eventId }: ParsedMessage & { readonly eventId: string },
  ): void {
    for (const { type: itsType, id: itsId, rev, epoch, state } of changed) {
      // The event is committed, and a viewer that missed the news finds the change at its next heartbeat.
      const report = (error: unknown) =>
        reportError(error, { eventId: "hub", type: itsType, id: itsId }, this.#options);
      const isOwn = itsType === type && itsId === id;
      try {
        const news: News = {
          kind: "change",
          type: itsType,
          id: itsId,
          rev,
          epoch,
          ...(state && { state }),
          ...(isOwn && stream !== undefined && { origin: { stream, eventId } }),
        };
        const published: unknown = this.#options.hub?.publish(this.#source, news);
        if (published instanceof Promise) published.catch(report);
      } catch (error) {
        report(error);
      }
    }
  }
}
