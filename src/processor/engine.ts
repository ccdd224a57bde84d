import { ConflictError } from "../persistence/errors.ts";
import { callEvent, callMount, ownState } from "./call-handler.ts";
import { type Delay, delay as timer } from "./delay.ts";
import { NascError } from "./errors.ts";
import { findHandler, type HandlerContext, type Handlers } from "./handlers.ts";
import { address, type Hub } from "./hub.ts";
import type { InstanceChange, Instances, StoredInstance } from "./instances.ts";
import type { Patch } from "./message.ts";
import { type InstanceStore, openInstances, type OpenOptions } from "./open-instances.ts";
import { type ParsedMessage, parseMessage } from "./parse-message.ts";
import { errorPatch, schemaPatches, updatePatches } from "./patches.ts";
import { findReceipt, receiptWrite } from "./receipts.ts";
import type { SchemaProvider } from "./schemas.ts";
import { Turns } from "./turns.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** How a processor works. */
export interface ProcessorOptions extends OpenOptions {
  /** JSON Schemas by type; a page gets them on mount. */
  readonly schemaProvider?: SchemaProvider;
  /** Is told every committed change. */
  readonly hub?: Hub;
  /** Is told every error that is not meant for people, whole. Default: `console.error`. */
  readonly onError?: (error: unknown, about: ErrorContext) => void;
  /** How often an event is run when others keep changing its instance first. Default 50. */
  readonly attempts?: number;
  /** Milliseconds for which an applied `eventId` is remembered. Default: a day. */
  readonly receiptTtl?: number;
  /** Who runs at the same time as whom; processors that share it queue together. */
  readonly turns?: Turns;
  /** Waits; for tests. */
  readonly delay?: Delay;
  /** A number from 0 up to 1; for tests. */
  readonly random?: () => number;
}

/** Which event an error belongs to. */
export interface ErrorContext {
  /** The sender's idempotency key, or one that was made up; it is in the answer too. */
  readonly eventId: string;
  /** The message's type, where it could be read. */
  readonly type?: string;
  /** The instance, where it could be read. */
  readonly id?: string;
  /** The event, where it could be read. */
  readonly event?: string;
}

/** What the caller knows of the sender and the platform; handlers see it in their context. */
export interface ProcessContext {
  /** Who sent the message. */
  readonly user?: unknown;
  /** The platform's bindings. */
  readonly env?: unknown;
  /** Aborts when the sender has gone. */
  readonly signal?: AbortSignal;
  /** Keeps a Worker alive for work that outlasts the answer. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
}

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

interface Run extends ParsedMessage {
  readonly eventId: string;
  readonly outside: ProcessContext;
}

const second = 1_000;
const day = 24 * 60 * 60 * second;

/** Runs messages one by one an instance: load, handle, diff, commit, and again if somebody was faster. */
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
    let about: ErrorContext = { eventId: crypto.randomUUID() };
    try {
      const parsed = parseMessage(message);
      const run: Run = { ...parsed, eventId: parsed.eventId ?? about.eventId, outside };
      const { eventId, type, id, event } = run;
      about = { eventId, type, id, event };
      findHandler(this.#handlers, type);
      // The queue is the only guard of a store that cannot compare and set; elsewhere it just spares retries.
      const patience = this.#instances.conditional ? { patience: second } : {};
      return await this.#turns.run(
        address(type, id),
        () => this.#retry(run, parsed.eventId !== undefined),
        patience,
      );
    } catch (error) {
      if (!(error instanceof NascError)) this.#report(error, about);
      return { eventId: about.eventId, rev: 0, patches: [errorPatch(error, about)], error };
    }
  }

  /** An instance as it is stored now, for a viewer. */
  async read(type: string, id: string): Promise<StoredInstance | undefined> {
    return await this.#instances.read(type, id);
  }

  async #retry(run: Run, keyed: boolean): Promise<Outcome> {
    const { attempts = 50, random = Math.random } = this.#options;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        return run.event === "mount" ? await this.#mount(run) : await this.#apply(run, keyed);
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        // Full jitter, so that those who collided do not collide again.
        await this.#delay(random() * Math.min(2 ** attempt, 100));
      }
    }
    throw new NascError(
      "conflict",
      "Others keep changing this at the same time; nothing was changed, try again",
    );
  }

  async #mount(run: Run): Promise<Outcome> {
    const { type, id, eventId } = run;
    const unit = new UnitOfWork(this.#instances);
    await this.#ensure(unit, run, type, id);
    const changes = await unit.changes();
    if (changes.length > 0) await this.#commit(unit, changes);
    const rev = changes.find((change) => change.type === type && change.id === id)?.rev ??
      await unit.rev(type, id);
    const state = await unit.read(type, id) as Record<string, unknown>;
    const schemas = await schemaPatches(this.#options.schemaProvider, run);
    return {
      eventId,
      rev,
      patches: [...schemas, ...updatePatches({ type, id, rev }, state)],
      error: undefined,
    };
  }

  async #apply(run: Run, keyed: boolean): Promise<Outcome> {
    const { type, id, event, payload, eventId } = run;
    const { adapter } = this.#instances;
    const handler = findHandler(this.#handlers, type);
    const unit = new UnitOfWork(this.#instances);
    const [state, receipt] = await Promise.all([
      unit.read(type, id),
      adapter && keyed ? findReceipt(adapter, run) : undefined,
    ]);
    if (receipt) return { eventId, ...receipt, error: undefined };
    if (!state) {
      throw new NascError(
        "not-mounted",
        `${type} ${JSON.stringify(id)} is not mounted; send mount first`,
      );
    }
    const context = this.#context(unit, run, type, id);
    await unit.write(type, id, await callEvent(handler, event, { payload, state, context }));

    const changes = await unit.changes();
    const patches = changes.flatMap((change) => updatePatches(change, change.diff));
    const rev = changes.find((change) => change.type === type && change.id === id)?.rev ??
      await unit.rev(type, id);
    if (changes.length > 0) {
      const { receiptTtl: ttl = day } = this.#options;
      const beside = adapter && keyed ? [receiptWrite(adapter, run, { rev, patches, ttl })] : [];
      await this.#commit(unit, changes, beside);
    }
    return { eventId, rev, patches, error: undefined };
  }

  async #commit(
    unit: UnitOfWork,
    changes: readonly InstanceChange[],
    beside: Parameters<UnitOfWork["commit"]>[1] = [],
  ): Promise<void> {
    await unit.commit(changes, beside);
    for (const { type, id, rev, state } of changes) {
      this.#options.hub?.publish({ type, id, rev, state });
    }
  }

  /** Gives an instance that does not exist yet its first state. */
  async #ensure(unit: UnitOfWork, run: Run, type: string, id: string): Promise<object> {
    const existing = await unit.read(type, id);
    if (existing) return existing;
    const handler = findHandler(this.#handlers, type);
    const first = await callMount(handler, this.#context(unit, run, type, id));
    await unit.write(type, id, first);
    return structuredClone(first);
  }

  #context(unit: UnitOfWork, run: Run, type: string, id: string): HandlerContext {
    const { user, env, signal, waitUntil = () => {} } = run.outside;
    const update: HandlerContext["update"] = async (otherType, otherId, change) => {
      findHandler(this.#handlers, otherType);
      const state = await this.#ensure(unit, run, otherType, otherId);
      await unit.write(otherType, otherId, ownState(await change(state), `${otherType} update`));
    };
    return { type, id, eventId: run.eventId, user, env, signal, waitUntil, update };
  }

  #report(error: unknown, about: ErrorContext): void {
    const { onError } = this.#options;
    if (onError) onError(error, about);
    else console.error("Nasc event failed", about, error);
  }
}
