import { checkOptions } from "../shared/check-options.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { type Address, addressKey } from "./address.ts";
import { frameOf, patchesOf } from "./answer.ts";
import type { AttemptResult } from "./attempt-result.ts";
import { takeBroadcast } from "./broadcast-rate.ts";
import type { Limit } from "./call-handler.ts";
import type { Revision } from "./epoch.ts";
import type { EventEnd } from "./event-report.ts";
import { EventWatch, type Watched } from "./event-watch.ts";
import { HandlerTime } from "./handler-time.ts";
import { findEvent, findHandler, type Handlers } from "./handlers.ts";
import type { News } from "./hub.ts";
import type { Instances } from "./instances.ts";
import { assertPublic } from "./internal.ts";
import { contextKind } from "./kinds.ts";
import { type KeyOf, ListKeys } from "./list-keys.ts";
import { type InstanceStore, isAdapter, openInstances } from "./open-instances.ts";
import type {
  EventErrorContext,
  ProcessContext,
  ProcessorOptions,
  SenderContext,
} from "./options.ts";
import {
  type Applied,
  fail,
  type Outcome,
  type RawApplied,
  type RawOutcome,
  viewFailure,
} from "./outcome.ts";
import { type ParsedMessage, parseMessage } from "./parse-message.ts";
import { MessageChecks } from "./payload-check.ts";
import { permissionToCreate } from "./permission.ts";
import { ProcessMemory, type SourceMemory } from "./process-memory.ts";
import { type Projected, Projector, type Viewpoint } from "./projection.ts";
import type { Presence } from "./presence.ts";
import { publish } from "./publish.ts";
import { defaultReceiptTtl } from "./receipts.ts";
import { reportError } from "./report-error.ts";
import { runWithRetries } from "./retry.ts";
import { RunningWork } from "./running-work.ts";
import { type Source, sourceOf } from "./source.ts";
import type { Delivery } from "./send/delivery.ts";
import type { Elsewhere } from "./send/elsewhere.ts";
import { openSendQueue } from "./send/open-send-queue.ts";
import type { OutgoingMessage } from "./send/outgoing.ts";
import type { QueuedMessage } from "./send/queued-message.ts";
import type { SendQueue } from "./send/send-queue.ts";
import { Sends } from "./send/sends.ts";
import type { StoredInstance } from "./stored-instance.ts";
import type { Turn, Turns } from "./turns.ts";
import { assertMadeBySender, userKeyOf } from "./user-key.ts";
import { WatchedTime } from "./watched-time.ts";

/** Options of {@link Engine}, with what it shares with the others of its process. */
export interface EngineOptions extends ProcessorOptions {
  readonly memory?: ProcessMemory;
  readonly projector?: Projector;
  readonly work?: RunningWork;
  /** Learns of what an event has sent, which then waits until {@link Engine.drain}. */
  readonly holdSends?: (messages: readonly OutgoingMessage[]) => void;
  /** Throws unless handlers can reach this instance. Without it, they reach all that are stored. */
  readonly assertReachable?: (address: Address) => void;
  /** Returns what others may see of those who look at an instance, or throws. Without it, nobody looks. */
  readonly viewersOf?: (address: Address) => readonly Presence[];
  /** Returns whether an instance may broadcast once more. Without it, a bucket of its own says so. */
  readonly mayBroadcast?: (address: Address) => boolean;
  /** How other instances than a sender itself are reached, or why they are not. Without it, they are in the store. */
  readonly elsewhere?: Elsewhere | string;
}

const second = 1_000;
const defaultStorageTimeout = 5 * second;
const defaultHandlerTimeout = 10 * second;

const noContext: ProcessContext = {};

/** An event that has come. */
interface Begun {
  readonly outside: SenderContext;
  readonly errorContext: EventErrorContext;
  readonly watch: EventWatch | undefined;
  /** How it happens once, if another instance has sent it. */
  readonly delivery: Delivery | undefined;
}

/** Runs messages on one store, those of one instance one after the other, and publishes what they change. */
export class Engine {
  readonly #handlers: Handlers;
  readonly #store: InstanceStore;
  readonly #instances: Instances;
  readonly #options: EngineOptions;
  readonly #turns: Turns;
  readonly #memory: SourceMemory;
  readonly #clock: Clock;
  readonly #source: Source;
  readonly #projector: Projector;
  readonly #listKeys: ListKeys;
  readonly #work: RunningWork;
  /** What is sent between instances, or why nothing can be. */
  readonly #queue: SendQueue | string;

  constructor(handlers: Handlers, store: InstanceStore, given: EngineOptions = {}) {
    const options = own(given);
    const {
      clock = systemClock,
      receiptTtl = defaultReceiptTtl,
      history = true,
      storageTimeout = defaultStorageTimeout,
      memory = new ProcessMemory(),
      projector = new Projector(handlers, options),
      work = new RunningWork(),
    } = options;
    this.#store = store;
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
      versions: { handlers, checkState: options.checkState ?? false },
      report: (error, address) => reportError(error, { eventId: "receipts", ...address }, options),
    });
    this.#listKeys = new ListKeys(options.schemaProvider);
    this.#options = options;
    this.#clock = clock;
    this.#work = work;
    this.#queue = openSendQueue(store, {
      memory: this.#memory,
      clock,
      random: options.random ?? Math.random,
      storageTimeout,
      handlerTimeout: options.handlerTimeout ?? defaultHandlerTimeout,
      background: (work) => this.#work.add(work),
      report: (error, context) => reportError(error, context, options),
      elsewhere: options.elsewhere,
      receive: (...sent) => this.receive(...sent),
    });
  }

  /** Runs one message. It never rejects: what went wrong is in the outcome. */
  async run(message: unknown, outside: ProcessContext = noContext): Promise<Outcome> {
    try {
      if (outside !== noContext) {
        checkOptions("process a message", { context: outside }, { context: contextKind });
      }
      const parsed = parseMessage(message);
      const { user } = own(outside);
      await assertMadeBySender(parsed, () => userKeyOf(user, this.#options.identify));
      return await this.#process(parsed, own(outside));
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
  runParsed(message: ParsedMessage, outside: SenderContext = {}): Promise<Outcome> {
    return this.#process(message, own(outside), assertPublic);
  }

  /** Runs one message of the server that has been parsed, and never rejects. */
  runInternal(message: ParsedMessage, outside: SenderContext = {}): Promise<Outcome> {
    return this.#process(message, own(outside));
  }

  /**
   * Mounts an instance for a viewer, who may have shown it before. Its state is one that nobody may see as it is; there
   * is none if it was deleted since.
   */
  async mount(
    { type, id }: Address,
    outside: ProcessContext = {},
    shown?: Revision,
  ): Promise<RawOutcome> {
    const sent = { payload: undefined, eventId: undefined, made: shown };
    const message = { type, id, event: "mount", ...sent };
    const begun = this.#begin(message, own(outside));
    const outcome = await this.#runRaw(message, begun);
    begun.watch?.report(outcome, outcome.ok ? { end: endOf(outcome) } : {});
    return outcome;
  }

  /**
   * Delivers what instances have sent to each other and nobody has delivered, and resolves once no event is under way, nor
   * any work that outlasts its answer.
   */
  async drain(given: ProcessContext = noContext): Promise<void> {
    const { context } = checkOptions("drain", { context: given }, { context: contextKind });
    await this.#work.ended();
    if (typeof this.#queue === "string") return;
    this.#work.add(this.#deliverAll(this.#queue, context));
    await this.#work.ended();
  }

  async #deliverAll(queue: SendQueue, context: ProcessContext): Promise<void> {
    try {
      await queue.drain(context);
    } catch (error) {
      reportError(error, { eventId: "send queue" }, this.#options);
    }
  }

  /** Delivers nothing more by itself: what waits is left to the next process. */
  rest(): void {
    if (typeof this.#queue !== "string") this.#queue.stop();
  }

  /**
   * The send queue of the store.
   *
   * @throws {Error} if it can have none
   */
  get sendQueue(): SendQueue {
    if (typeof this.#queue !== "string") return this.#queue;
    throw new Error(`Cannot look for dead messages: ${this.#queue}`);
  }

  /** Returns by what the items of the lists in states of a type are told apart, where that is known. */
  keyOf(type: string): KeyOf | undefined {
    return this.#listKeys.of(type);
  }

  /** Returns whether what is seen of a type's states depends on who looks. */
  hasView(type: string): boolean {
    return this.#projector.hasView(type);
  }

  /** Returns a state as somebody may see it. */
  project(state: object, viewpoint: Viewpoint): Projected {
    return this.#projector.project(state, viewpoint);
  }

  async #process(
    message: ParsedMessage,
    outside: SenderContext,
    assertSendable?: typeof assertPublic,
  ): Promise<Outcome> {
    const begun = this.#begin(message, outside);
    const raw = await this.#runRaw(message, begun, assertSendable);
    const outcome = raw.ok ? this.#applied(message, raw, outside.user) : raw;
    begun.watch?.report(
      outcome,
      raw.ok && outcome.ok
        ? {
          end: endOf(raw),
          said: message.protocol === 2 ? [frameOf(outcome)] : patchesOf(outcome),
        }
        : {},
    );
    return outcome;
  }

  /** Runs the event of a message of another instance. It never rejects. */
  async receive(
    message: QueuedMessage,
    delivery: Delivery,
    outside: ProcessContext,
  ): Promise<RawOutcome> {
    const { type, id, event, payload, eventId } = message;
    const begun = this.#begin({ type, id, event, payload, eventId }, outside);
    // Without an id, since no receipt is needed: the message is taken off the queue in the same commit.
    const sent = { type, id, event, payload, eventId: undefined, made: undefined };
    const outcome = await this.#runRaw(sent, { ...begun, delivery });
    begun.watch?.report(outcome, outcome.ok ? { end: endOf(outcome) } : {});
    return outcome;
  }

  #begin(
    { type, id, event, eventId = crypto.randomUUID() }: ParsedMessage,
    outside: SenderContext,
  ): Begun {
    const errorContext = { eventId, type, id, event };
    const watch = this.#watch({ ...errorContext, user: outside.user });
    return { outside, errorContext, watch, delivery: undefined };
  }

  /** Returns what watches an event, if anybody wants to know of it. */
  #watch(event: Watched): EventWatch | undefined {
    const { onEvent, onError } = this.#options;
    return onEvent && new EventWatch(event, { onEvent, onError, clock: this.#clock });
  }

  async #runRaw(
    message: ParsedMessage,
    begun: Begun,
    assertSendable?: typeof assertPublic,
  ): Promise<RawOutcome> {
    const { type, id, event } = message;
    const { errorContext } = begun;
    const { eventId } = errorContext;
    this.#work.begin();
    try {
      const handler = findHandler(this.#handlers, type);
      if (event !== "mount") findEvent(handler, { type, event });
      assertSendable?.(handler, { type, event });
      const result = await this.#turns.run(
        this.#memory.turnKey(message),
        (turn) => this.#run(message, turn, begun),
        { clock: this.#clock },
      );
      const { hub } = this.#options;
      if (hub) {
        publish(result, { ...message, eventId }, {
          hub,
          source: this.#source,
          report: (error, { type, id }) =>
            reportError(error, { eventId: "hub", type, id }, this.#options),
          mayBroadcast: this.#options.mayBroadcast ??
            ((address) =>
              takeBroadcast(this.#memory.broadcasts, addressKey(address), this.#clock.now())),
        });
      }
      return { ok: true, eventId, type, id, ...result };
    } catch (error) {
      return fail(error, errorContext, this.#options);
    } finally {
      this.#work.end();
    }
  }

  /** Decides what the sender of a message may see of its outcome. */
  #applied({ event }: ParsedMessage, outcome: RawApplied, user: unknown): Outcome {
    const { eventId, type, id, rev, epoch, before, state, operations, schemas, changed } = outcome;
    const isChanged = changed.some((other) => other.type === type && other.id === id);
    const seenBefore = before && this.project(before, { type, id, user }).projection;
    const shown: Projected = state ? this.project(state, { type, id, user }) : { code: "deleted" };
    // A view may make anything of a state.
    const isWhole = seenBefore === before && shown.projection === state;
    const applied: Applied = {
      ok: true,
      eventId,
      type,
      id,
      rev,
      epoch,
      base: isChanged ? rev - 1 : rev,
      before: seenBefore,
      step: isWhole ? { operations } : undefined,
      shown,
      schemas,
    };
    const isBroken = applied.shown.projection === undefined && applied.shown.code === "internal";
    // Nothing came of a mount whose view has failed. What an event has changed stays.
    return isBroken && event === "mount" ? viewFailure(applied) : applied;
  }

  /** The identity of the storage. */
  get source(): Source {
    return this.#source;
  }

  /** Returns an instance as it is stored now, for a viewer. */
  async read(address: Address): Promise<StoredInstance | undefined> {
    return await this.#instances.read(address);
  }

  /** Returns the same, also where reads may lag behind. */
  async readLatest(address: Address): Promise<StoredInstance | undefined> {
    if (isAdapter(this.#store)) this.#store.catchUp?.();
    return await this.read(address);
  }

  /** Calls the listener with all news of an instance that the hub carries, until the returned function is called. */
  subscribe(address: Address, listener: (news: News) => void): () => void {
    return this.#options.hub?.subscribe(this.#source, address, listener) ?? (() => {});
  }

  #run(
    message: ParsedMessage,
    turn: Turn,
    { outside, errorContext, watch, delivery }: Begun,
  ): Promise<AttemptResult> {
    watch?.begin();
    const {
      assertReachable,
      viewersOf,
      attempts = 50,
      checkState = false,
      handlerTimeout = defaultHandlerTimeout,
      holdSends,
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
    const background = (work: Promise<unknown>) => {
      const guarded = work.catch(report);
      this.#work.add(guarded);
      outside.waitUntil?.(guarded);
    };
    return runWithRetries(message, {
      handlers: this.#handlers,
      instances: this.#instances,
      schemaProvider,
      listKeys: this.#listKeys,
      eventId: errorContext.eventId,
      outside,
      mayCreate: permissionToCreate(message, outside),
      identify,
      checks: new MessageChecks({ limit, report }),
      checkState,
      time,
      assertReachable,
      viewersOf,
      background,
      sends: new Sends(this.#queue, { outside, background, hold: holdSends }),
      delivery,
      report,
      attempts,
      clock,
      random,
      watch,
    });
  }
}

/** Returns how an event ended that did not fail. */
function endOf({ isRepeat, changed }: RawApplied): EventEnd {
  return isRepeat ? "repeated" : changed.length > 0 ? "applied" : "unchanged";
}
