import { ConflictError } from "../persistence/adapter/errors.ts";
import { Attempt, type Attempted, UncertainCommitError } from "./attempt.ts";
import { type Delay, delay as timer } from "./delay.ts";
import { NascError } from "./errors.ts";
import { findHandler, type Handlers } from "./handlers.ts";
import { address, type Publication } from "./hub.ts";
import type { Instances, StoredInstance } from "./instances.ts";
import type { ErrorPatch, Patch } from "./message.ts";
import { type InstanceStore, openInstances } from "./open-instances.ts";
import type { EventErrorContext, ProcessContext, ProcessorOptions } from "./options.ts";
import { type ParsedMessage, parseMessage } from "./parse-message.ts";
import { ProcessMemory } from "./process-memory.ts";
import { refuse, report } from "./refuse.ts";
import { Turns } from "./turns.ts";

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

/** The message was refused, or failed. */
export interface Refused {
  readonly ok: false;
  /** What the page may know of the reason. */
  readonly error: ErrorPatch;
}

/** What an engine shares with the others of its process. */
export interface EngineOptions extends ProcessorOptions {
  readonly memory?: ProcessMemory;
}

const second = 1_000;
const day = 24 * 60 * 60 * second;
const mostUncertain = 3;

/** Runs messages, those of one instance one after the other: try, and again if somebody else was faster. */
export class Engine {
  readonly #handlers: Handlers;
  readonly #instances: Instances;
  readonly #options: EngineOptions;
  readonly #turns: Turns;
  readonly #delay: Delay;

  constructor(handlers: Handlers, store: InstanceStore, options: EngineOptions = {}) {
    const { receiptTtl = day, memory = new ProcessMemory() } = options;
    this.#handlers = handlers;
    this.#instances = openInstances(store, { ...options, receiptTtl, memory });
    this.#options = options;
    this.#delay = options.delay ?? timer;
    this.#turns = options.turns ?? new Turns({ delay: this.#delay });
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
    const { type, id, event, eventId = crypto.randomUUID() } = message;
    try {
      findHandler(this.#handlers, type);
      // The queue is the only guard of a store that cannot compare and set; elsewhere it just spares retries.
      const patience = this.#instances.conditional ? { patience: second } : {};
      const { rev, patches, publications } = await this.#turns.run(
        address(type, id),
        () => this.#retry(message, eventId, outside),
        patience,
      );
      this.#publish(publications);
      return { ok: true, eventId, rev, patches };
    } catch (error) {
      return this.#refuse(error, { eventId, type, id, event });
    }
  }

  /** An instance as it is stored now, for a viewer. */
  async read(type: string, id: string): Promise<StoredInstance | undefined> {
    return await this.#instances.read(type, id);
  }

  #refuse(error: unknown, about: EventErrorContext): Refused {
    return { ok: false, error: refuse(error, about, this.#options.onError) };
  }

  #report(error: unknown, about: EventErrorContext): void {
    report(error, about, this.#options.onError);
  }

  async #retry(
    message: ParsedMessage,
    eventId: string,
    outside: ProcessContext,
  ): Promise<Attempted> {
    const { attempts = 50, random = Math.random, schemaProvider } = this.#options;
    const { type, id, event } = message;
    const about = { eventId, type, id, event };
    const options = {
      handlers: this.#handlers,
      instances: this.#instances,
      schemaProvider,
      eventId,
      outside,
      background: (work: Promise<unknown>) => {
        const guarded = work.catch((error) => this.#report(error, about));
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
          this.#report(error.cause, about);
          this.#assertRepeatable(message, ++uncertain);
        } else if (!(error instanceof ConflictError)) throw error;
        // Full jitter, so that those who collided do not collide again.
        await this.#delay(random() * Math.min(2 ** count, 100));
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

  #publish(publications: readonly Publication[]): void {
    for (const { type, id, rev, state } of publications) {
      try {
        this.#options.hub?.publish({ type, id, rev, ...(state && { state }) });
      } catch (error) {
        // The event is committed, and a viewer that was not told finds out at its next heartbeat.
        this.#report(error, { eventId: "hub", type, id });
      }
    }
  }
}
