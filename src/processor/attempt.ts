import { callEvent, callMount, ownState } from "./call-handler.ts";
import { NascError } from "./errors.ts";
import { findHandler, type HandlerContext, type Handlers } from "./handlers.ts";
import type { InstanceChange, Instances } from "./instances.ts";
import type { Patch } from "./message.ts";
import type { ProcessContext } from "./options.ts";
import type { ParsedMessage } from "./parse-message.ts";
import { schemaPatches, updatePatches } from "./patches.ts";
import { findReceipt, receiptWrite } from "./receipts.ts";
import type { SchemaProvider } from "./schemas.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** What an attempt works with. */
export interface AttemptOptions {
  readonly handlers: Handlers;
  readonly instances: Instances;
  readonly schemaProvider: SchemaProvider | undefined;
  readonly receiptTtl: number;
  /** The event's id: the sender's, or one that was made up. */
  readonly eventId: string;
  readonly outside: ProcessContext;
}

/** What an attempt has done. */
export interface Attempted {
  readonly rev: number;
  readonly patches: readonly Patch[];
  /** What was committed, for the hub. */
  readonly changes: readonly InstanceChange[];
}

/**
 * One try at one message: everything is read anew, and either all of it is committed or nothing.
 *
 * @throws {ConflictError} when somebody else was faster; the caller tries again
 */
export class Attempt {
  readonly #message: ParsedMessage;
  readonly #options: AttemptOptions;
  readonly #unit: UnitOfWork;

  constructor(message: ParsedMessage, options: AttemptOptions) {
    this.#message = message;
    this.#options = options;
    this.#unit = new UnitOfWork(options.instances);
  }

  /** Loads the instance, or creates it, and answers with its schemas and its whole state. */
  async mount(): Promise<Attempted> {
    const { type, id } = this.#message;
    const state = await this.#ensure(type, id);
    const changes = await this.#unit.changes();
    if (changes.length > 0) await this.#unit.commit(changes, []);
    const rev = await this.#revAfter(changes);
    const schemas = await schemaPatches(this.#options.schemaProvider, { type, id });
    const updates = updatePatches({ type, id, rev }, state as Record<string, unknown>);
    return { rev, patches: [...schemas, ...updates], changes };
  }

  /** Runs the event, unless its receipt shows that it was applied before. */
  async apply(): Promise<Attempted> {
    const { type, id, event, payload } = this.#message;
    const [state, receipt] = await Promise.all([this.#unit.read(type, id), this.#receipt()]);
    if (receipt) return { ...receipt, changes: [] };
    if (!state) {
      throw new NascError(
        "not-mounted",
        `${type} ${JSON.stringify(id)} is not mounted; send mount first`,
      );
    }
    const handler = findHandler(this.#options.handlers, type);
    const context = this.#context(type, id);
    await this.#unit.write(type, id, await callEvent(handler, event, { payload, state, context }));

    const changes = await this.#unit.changes();
    const patches = changes.flatMap((change) => updatePatches(change, change.diff));
    const rev = await this.#revAfter(changes);
    if (changes.length > 0) await this.#commit(changes, { rev, patches });
    return { rev, patches, changes };
  }

  async #commit(
    changes: readonly InstanceChange[],
    answer: { rev: number; patches: readonly Patch[] },
  ): Promise<void> {
    const { instances: { adapter }, receiptTtl: ttl } = this.#options;
    const { type, id, eventId } = this.#message;
    const keyed = adapter && eventId !== undefined;
    const beside = keyed ? [receiptWrite(adapter, { type, id, eventId }, { ...answer, ttl })] : [];
    await this.#unit.commit(changes, beside);
  }

  async #receipt(): ReturnType<typeof findReceipt> {
    const { type, id, eventId } = this.#message;
    const { adapter } = this.#options.instances;
    return adapter && eventId !== undefined
      ? await findReceipt(adapter, { type, id, eventId })
      : undefined;
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
    const { eventId, outside: { user, env, signal, waitUntil = () => {} } } = this.#options;
    const update: HandlerContext["update"] = async (otherType, otherId, change) => {
      const state = await this.#ensure(otherType, otherId);
      await this.#unit.write(
        otherType,
        otherId,
        ownState(await change(state), `${otherType} update`),
      );
    };
    return { type, id, eventId, user, env, signal, waitUntil, update };
  }
}
