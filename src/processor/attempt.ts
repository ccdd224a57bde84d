import { ConflictError, StorageLimitError } from "../persistence/adapter/errors.ts";
import type { Address } from "./address.ts";
import { callEvent, callMount, ownState } from "./call-handler.ts";
import { NascError } from "./errors.ts";
import { findHandler, type HandlerContext, type Handlers } from "./handlers.ts";
import { type InstanceChange, type Instances, RefusedCommitError } from "./instances.ts";
import type { BindUpdatePatch, Patch } from "./message.ts";
import type { ProcessContext } from "./options.ts";
import { parseAddress, type ParsedMessage } from "./parse-message.ts";
import { schemaPatches, updatePatches } from "./patches.ts";
import { type Receipt, receiptOf } from "./receipts.ts";
import type { SchemaProvider } from "./schemas.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** What an attempt works with. */
export interface AttemptOptions {
  readonly handlers: Handlers;
  readonly instances: Instances;
  readonly schemaProvider: SchemaProvider | undefined;
  /** The event's id: the sender's, or one that was made up. */
  readonly eventId: string;
  readonly outside: ProcessContext;
  /** Takes work that outlasts the answer. */
  readonly background: (work: Promise<unknown>) => void;
}

/** What an attempt has done. */
export interface Attempted {
  readonly rev: number;
  /** After a mount, a copy of the whole state. */
  readonly state?: object;
  /** What the sender is told: of its own instance, and of no other. */
  readonly patches: readonly Patch[];
  /** The instances whose viewers have something new to see. */
  readonly changed: readonly Changed[];
}

/** An instance that an attempt has changed; where its state is not at hand, viewers load it. */
export interface Changed extends Address {
  readonly rev: number;
  readonly state?: object;
}

/** A commit failed in a way that leaves open whether it took effect. */
export class UncertainCommitError extends Error {}

/**
 * One try at one message: everything is read anew, and either all of it is committed or nothing.
 *
 * @throws {ConflictError} when somebody else was faster; the caller tries again
 * @throws {UncertainCommitError} when the storage failed to say whether it has committed
 */
export class Attempt {
  readonly #message: ParsedMessage;
  readonly #options: AttemptOptions;
  readonly #unit: UnitOfWork;
  readonly #afterwards: (() => unknown)[] = [];

  constructor(message: ParsedMessage, options: AttemptOptions) {
    this.#message = message;
    this.#options = options;
    this.#unit = new UnitOfWork(options.instances);
  }

  /** Loads the instance, or creates it, and answers with its schemas and its whole state. */
  async mount(): Promise<Attempted> {
    const { type, id } = this.#message;
    const state = await this.#ensure(type, id);
    await this.#unit.end();
    const changes = await this.#unit.changes();
    await this.#commit(changes);
    const rev = await this.#revAfter(changes);
    const schemas = await schemaPatches(this.#options.schemaProvider, { type, id });
    const updates = updatePatches({ type, id, rev }, state as Record<string, unknown>);
    return { rev, state, patches: [...schemas, ...updates], changed: changes };
  }

  /** Runs the event, unless its receipt shows that it was applied before. */
  async apply(): Promise<Attempted> {
    const { type, id, event, payload } = this.#message;
    const [state, receipt] = await Promise.all([this.#unit.read(type, id), this.#findReceipt()]);
    if (receipt) return await this.#repeat(receipt);
    if (!state) {
      throw new NascError(
        "not-mounted",
        `${type} ${JSON.stringify(id)} is not mounted; send mount first`,
      );
    }
    const handler = findHandler(this.#options.handlers, type);
    const context = this.#context(type, id);
    const next = await callEvent(handler, event, { payload, state, context });
    await this.#unit.write(type, id, next);
    await this.#unit.end();

    const changes = await this.#unit.changes();
    const own = changes.find((change) => change.type === type && change.id === id);
    const patches = own ? updatePatches(own, own.diff) : [];
    const rev = await this.#revAfter(changes);
    await this.#commit(changes, { rev, patches });
    return { rev, patches, changed: changes };
  }

  /** The answer to an event that was applied before. Viewers are told too: its first run may have ended before. */
  async #repeat(receipt: Receipt): Promise<Attempted> {
    const { type, id } = this.#message;
    const changed = [{ type, id, rev: receipt.rev }];
    if ("patches" in receipt) return { ...receipt, changed };
    const state = await this.#unit.read(type, id) as Record<string, unknown> | undefined;
    const rev = await this.#unit.rev(type, id);
    const values = Object.fromEntries(receipt.props.map((prop) => [prop, state?.[prop]]));
    return { rev, patches: updatePatches({ type, id, rev }, values), changed };
  }

  async #commit(
    changes: readonly InstanceChange[],
    answer?: { rev: number; patches: readonly BindUpdatePatch[] },
  ): Promise<void> {
    const { type, id, eventId } = this.#message;
    const applied = answer && eventId !== undefined
      ? { event: { type, id, eventId }, receipt: receiptOf(answer.rev, answer.patches) }
      : undefined;
    if (changes.length > 0) {
      try {
        await this.#options.instances.commit(changes, applied);
      } catch (error) {
        throw asCommitError(error);
      }
    }
    for (const work of this.#afterwards) this.#options.background(Promise.resolve().then(work));
  }

  async #findReceipt(): Promise<Receipt | undefined> {
    const { type, id, eventId } = this.#message;
    if (eventId === undefined) return undefined;
    return await this.#options.instances.findReceipt({ type, id, eventId });
  }

  /** The state of an instance; one that does not exist yet gets its first. */
  async #ensure(type: string, id: string): Promise<object> {
    const handler = findHandler(this.#options.handlers, type);
    const existing = await this.#unit.read(type, id);
    if (existing) return existing;
    const first = await callMount(handler, this.#context(type, id));
    await this.#unit.write(type, id, first);
    return structuredClone(first);
  }

  async #revAfter(changes: readonly InstanceChange[]): Promise<number> {
    const { type, id } = this.#message;
    const change = changes.find((change) => change.type === type && change.id === id);
    return change?.rev ?? await this.#unit.rev(type, id);
  }

  #context(type: string, id: string): HandlerContext {
    const { eventId, outside: { user, env, signal }, background } = this.#options;
    return {
      type,
      id,
      eventId,
      user,
      env,
      signal,
      waitUntil: (work) => {
        if (typeof work === "function") this.#afterwards.push(work);
        else background(work);
      },
      update: (...parameters) => this.#update(...parameters),
    };
  }

  async #update(type: string, id: string, change: (state: object) => unknown): Promise<void> {
    const other = parseAddress(type, id);
    if (other.type === this.#message.type && other.id === this.#message.id) {
      throw new TypeError(
        `Cannot update ${type}/${id} from its own event: return its next state instead`,
      );
    }
    await this.#unit.queue(other.type, other.id, async () => {
      const state = await this.#ensure(other.type, other.id);
      const next = ownState(await change(state), `${other.type} update`);
      await this.#unit.write(other.type, other.id, next);
    });
  }
}

function asCommitError(error: unknown): unknown {
  if (error instanceof ConflictError || error instanceof RefusedCommitError) return error;
  if (error instanceof StorageLimitError) {
    return new NascError("too-large", "This is more than can be stored", { cause: error });
  }
  return new UncertainCommitError("The storage failed while it committed", { cause: error });
}
