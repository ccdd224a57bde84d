import { ConflictError } from "../persistence/adapter/errors.ts";
import { backoff, type Clock, pause, systemClock } from "../shared/clock.ts";
import { SerialQueue } from "../shared/serial.ts";
import { type Address, addressKey } from "./address.ts";
import { Attempt, type Attempted, type Changed, UncertainCommitError } from "./attempt.ts";
import { NascError } from "./errors.ts";
import { findHandler, type Handlers } from "./handlers.ts";
import type { News } from "./hub.ts";
import type { Instances, StoredInstance } from "./instances.ts";
import type { ErrorPatch, Patch } from "./message.ts";
import { type InstanceStore, openInstances } from "./open-instances.ts";
import type { EventErrorContext, ProcessContext, ProcessorOptions } from "./options.ts";
import { type ParsedMessage, parseMessage } from "./parse-message.ts";
import { ProcessMemory } from "./process-memory.ts";
import { refuse, report } from "./refuse.ts";
import { type Source, sourceOf } from "./source.ts";

/** How one message ended. */
export type Outcome = Applied | Refused;

/** The message was run. */
export interface Applied {
  readonly ok: true;
  /** The sender's idempotency key, or one that was made up. */
  readonly eventId: string;
  /** The revision of the message's instance afterwards. */
  readonly rev: number;
  /** What to tell the page. */
  readonly patches: readonly Patch[];
}

/** An instance was mounted: its whole state is there as well, which is not for a page to have as it is. */
export interface Mounted extends Applied {
  readonly state: object;
}

/** The message was refused, or failed. */
export interface Refused {
  readonly ok: false;
  /** What the page may know of the reason. */
  readonly error: ErrorPatch;
}

/** What an engine shares with the others of its process. */
export interface EngineOptions extends ProcessorOptions {
  readonly memory?: ProcessMemory;
  /** Lets the events of one instance run one after the other, by the key of its address. */
  readonly queue?: SerialQueue<string>;
  /** The storage's identity, by which the hub tells storages apart. */
  readonly source?: Source;
}

const second = 1_000;
const day = 24 * 60 * 60 * second;
const mostUncertain = 3;
const retryDelays = { minDelay: 2, maxDelay: 100 };

/** Runs messages, those of one instance one after the other: try, and again if somebody else was faster. */
export class Engine {
  readonly #handlers: Handlers;
  readonly #instances: Instances;
  readonly #options: EngineOptions;
  readonly #queue: SerialQueue<string>;
  readonly #clock: Clock;
  readonly #source: Source;

  constructor(handlers: Handlers, store: InstanceStore, options: EngineOptions = {}) {
    const { clock = systemClock, receiptTtl = day, memory = new ProcessMemory() } = options;
    this.#handlers = handlers;
    this.#instances = openInstances(store, { ...options, receiptTtl, memory });
    this.#options = options;
    this.#clock = clock;
    this.#source = options.source ?? sourceOf(store);
    this.#queue = options.queue ?? new SerialQueue({ clock });
  }

  /** Runs one message. It never rejects: what went wrong is in the outcome. */
  async run(message: unknown, outside: ProcessContext = {}): Promise<Outcome> {
    try {
      return await this.runParsed(parseMessage(message), outside);
    } catch (error) {
      return this.#refuse(error, { eventId: crypto.randomUUID() });
    }
  }

  /** Runs one message that was looked at already. */
  async runParsed(message: ParsedMessage, outside: ProcessContext = {}): Promise<Outcome> {
    const outcome = await this.#attempt(message, outside);
    if (!outcome.ok) return outcome;
    const { ok, eventId, rev, patches } = outcome;
    return { ok, eventId, rev, patches };
  }

  /** Mounts an instance for a viewer. */
  async mount(address: Address, outside: ProcessContext = {}): Promise<Mounted | Refused> {
    const message = { ...address, event: "mount", payload: undefined, eventId: undefined };
    return await this.#attempt(message, outside) as Mounted | Refused;
  }

  async #attempt(
    message: ParsedMessage,
    outside: ProcessContext,
  ): Promise<Applied & Pick<Attempted, "state"> | Refused> {
    const { type, id, event, eventId = crypto.randomUUID() } = message;
    try {
      findHandler(this.#handlers, type);
      // The queue is the only guard of a store that cannot compare and set; elsewhere it just spares retries.
      const patience = this.#instances.conditional ? { patience: second } : {};
      const { changed, ...attempted } = await this.#queue.run(
        addressKey({ type, id }),
        () => this.#retry(message, eventId, outside),
        patience,
      );
      this.#publish(changed);
      return { ok: true, eventId, ...attempted };
    } catch (error) {
      return this.#refuse(error, { eventId, type, id, event });
    }
  }

  /** An instance as it is stored now, for a viewer. */
  async read(type: string, id: string): Promise<StoredInstance | undefined> {
    return await this.#instances.read(type, id);
  }

  /** Calls the listener with all news of an instance that the hub carries, until the returned function is called. */
  subscribe(address: Address, listener: (news: News) => void): () => void {
    return this.#options.hub?.subscribe(this.#source, address, listener) ?? (() => {});
  }

  #refuse(error: unknown, context: EventErrorContext): Refused {
    return { ok: false, error: refuse(error, context, this.#options.onError) };
  }

  #report(error: unknown, context: EventErrorContext): void {
    report(error, context, this.#options.onError);
  }

  async #retry(
    message: ParsedMessage,
    eventId: string,
    outside: ProcessContext,
  ): Promise<Attempted> {
    const { attempts = 50, random = Math.random, schemaProvider } = this.#options;
    const { type, id, event } = message;
    const context = { eventId, type, id, event };
    const options = {
      handlers: this.#handlers,
      instances: this.#instances,
      schemaProvider,
      eventId,
      outside,
      background: (work: Promise<unknown>) => {
        const guarded = work.catch((error) => this.#report(error, context));
        outside.waitUntil?.(guarded);
      },
    };
    let uncertain = 0;
    for (let count = 1; count <= attempts; count++) {
      try {
        const attempt = new Attempt(message, options);
        return event === "mount" ? await attempt.mount() : await attempt.apply();
      } catch (error) {
        if (error instanceof UncertainCommitError) {
          this.#report(error.cause, context);
          this.#assertRepeatable(message, ++uncertain);
        } else if (!(error instanceof ConflictError)) throw error;
        await pause(backoff(count, { ...retryDelays, random }), { clock: this.#clock });
      }
    }
    throw new NascError(
      "conflict",
      "Others keep changing this at the same time; nothing was changed, try again",
    );
  }

  /** Whether an event that may have been committed can be run again: its receipt tells, if it has an id. */
  #assertRepeatable({ event, eventId }: ParsedMessage, times: number): void {
    if (eventId === undefined && event !== "mount") {
      throw new NascError(
        "uncertain",
        "It is not known whether this was saved; look before you repeat it",
      );
    }
    if (times >= mostUncertain) {
      throw new NascError(
        "unavailable",
        "The storage does not answer; it is safe to send this again",
      );
    }
  }

  #publish(changed: readonly Changed[]): void {
    for (const { type, id, rev, state } of changed) {
      try {
        const news: News = { kind: "change", type, id, rev, ...(state && { state }) };
        this.#options.hub?.publish(this.#source, news);
      } catch (error) {
        // The event is committed, and a viewer that was not told finds out at its next heartbeat.
        this.#report(error, { eventId: "hub", type, id });
      }
    }
  }
}
