import { ConflictError } from "../persistence/errors.ts";
import { Attempt, type Attempted } from "./attempt.ts";
import { type Delay, delay as timer } from "./delay.ts";
import { NascError } from "./errors.ts";
import { findHandler, type Handlers } from "./handlers.ts";
import { address } from "./hub.ts";
import type { InstanceChange, Instances, StoredInstance } from "./instances.ts";
import type { Patch } from "./message.ts";
import { type InstanceStore, openInstances } from "./open-instances.ts";
import type { EventErrorContext, ProcessContext, ProcessorOptions } from "./options.ts";
import { type ParsedMessage, parseMessage } from "./parse-message.ts";
import { errorPatch } from "./patches.ts";
import { Turns } from "./turns.ts";

/** How one message ended. */
export interface Outcome {
  /** The sender's idempotency key, or one that was made up. */
  readonly eventId: string;
  /** The revision of the message's instance afterwards; 0 when it was refused. */
  readonly rev: number;
  /** What to tell the page. */
  readonly patches: readonly Patch[];
  /** Why nothing was done, as it was thrown. */
  readonly error: unknown;
}

const second = 1_000;
const day = 24 * 60 * 60 * second;

/** Runs messages, those of one instance one after the other: try, and again if somebody else was faster. */
export class Engine {
  readonly #handlers: Handlers;
  readonly #instances: Instances;
  readonly #options: ProcessorOptions;
  readonly #turns: Turns;
  readonly #delay: Delay;

  constructor(handlers: Handlers, store: InstanceStore, options: ProcessorOptions = {}) {
    this.#handlers = handlers;
    this.#instances = openInstances(store, options);
    this.#options = options;
    this.#delay = options.delay ?? timer;
    this.#turns = options.turns ?? new Turns({ delay: this.#delay });
  }

  /** Runs one message. It never rejects: what went wrong is in the outcome. */
  async run(message: unknown, outside: ProcessContext = {}): Promise<Outcome> {
    let about: EventErrorContext = { eventId: crypto.randomUUID() };
    try {
      const parsed = parseMessage(message);
      const { eventId = about.eventId, type, id, event } = parsed;
      about = { eventId, type, id, event };
      findHandler(this.#handlers, type);
      // The queue is the only guard of a store that cannot compare and set; elsewhere it just spares retries.
      const patience = this.#instances.conditional ? { patience: second } : {};
      const { rev, patches, changes } = await this.#turns.run(
        address(type, id),
        () => this.#retry(parsed, eventId, outside),
        patience,
      );
      this.#publish(changes);
      return { eventId, rev, patches, error: undefined };
    } catch (error) {
      if (!(error instanceof NascError)) this.#report(error, about);
      return { eventId: about.eventId, rev: 0, patches: [errorPatch(error, about)], error };
    }
  }

  /** An instance as it is stored now, for a viewer. */
  async read(type: string, id: string): Promise<StoredInstance | undefined> {
    return await this.#instances.read(type, id);
  }

  async #retry(
    message: ParsedMessage,
    eventId: string,
    outside: ProcessContext,
  ): Promise<Attempted> {
    const { attempts = 50, random = Math.random, receiptTtl = day, schemaProvider } = this.#options;
    const options = {
      handlers: this.#handlers,
      instances: this.#instances,
      schemaProvider,
      receiptTtl,
      eventId,
      outside,
    };
    for (let count = 1; count <= attempts; count++) {
      try {
        const attempt = new Attempt(message, options);
        return message.event === "mount" ? await attempt.mount() : await attempt.apply();
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        // Full jitter, so that those who collided do not collide again.
        await this.#delay(random() * Math.min(2 ** count, 100));
      }
    }
    throw new NascError(
      "conflict",
      "Others keep changing this at the same time; nothing was changed, try again",
    );
  }

  #publish(changes: readonly InstanceChange[]): void {
    for (const { type, id, rev, state } of changes) {
      try {
        this.#options.hub?.publish({ type, id, rev, state });
      } catch (error) {
        // The event is committed, and a viewer that was not told finds out at its next heartbeat.
        this.#report(error, { eventId: "hub", type, id });
      }
    }
  }

  #report(error: unknown, about: EventErrorContext): void {
    try {
      (this.#options.onError ?? logError)(error, about);
    } catch (failure) {
      logError(failure, about);
    }
  }
}

function logError(error: unknown, about: EventErrorContext): void {
  console.error("Nasc event failed", about, error);
}
