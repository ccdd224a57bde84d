import { ConflictError, StorageLimitError } from "../persistence/adapter/errors.ts";
import type { Address } from "./address.ts";
import { callEvent, callMount, type Limit, ownState } from "./call-handler.ts";
import { isConstraintError } from "./constraint.ts";
import { NascError } from "./errors.ts";
import type { HandlerTime } from "./handler-time.ts";
import { findHandler, type HandlerContext, type Handlers } from "./handlers.ts";
import { type InstanceChange, type Instances, RefusedCommitError } from "./instances.ts";
import { schemaPatches, updatePatches } from "./make-patches.ts";
import type { BindUpdatePatch, Patch, SchemaPatch } from "./message.ts";
import type { ProcessContext } from "./options.ts";
import { parseAddress, type ParsedMessage } from "./parse-message.ts";
import { type Receipt, receiptOf } from "./receipts.ts";
import type { SchemaProvider } from "./schemas.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** Options of {@link Attempt}. */
export interface AttemptOptions {
  readonly handlers: Handlers;
  readonly instances: Instances;
  readonly schemaProvider: SchemaProvider | undefined;
  /** The event's id: the sender's, or a generated one. */
  readonly eventId: string;
  readonly outside: ProcessContext;
  /** The time that handlers have. */
  readonly time: HandlerTime;
  /** Takes work that outlasts the answer. */
  readonly background: (work: Promise<unknown>) => void;
  /** Receives an error that does not end the event. */
  readonly report: (error: unknown) => void;
}

/** What an attempt has committed, or found committed before. */
export interface AttemptResult {
  readonly rev: number;
  /** After a mount, a copy of the whole state. */
  readonly state?: object;
  /** The patches for the sender: of its own instance only. */
  readonly patches: readonly Patch[];
  /** The instances whose viewers have something new to see. */
  readonly changed: readonly ChangedInstance[];
}

/** An instance that has changed. Without a state, viewers load it. */
export interface ChangedInstance extends Address {
  readonly rev: number;
  readonly state: object | undefined;
}

/** Thrown when a commit failed and may have taken effect or not. */
export class UncertainCommitError extends Error {}

/**
 * Makes one attempt at one message: reads everything anew, and commits either all of it or nothing.
 *
 * Its methods throw a {@link ConflictError} when another commit came first, and an {@link UncertainCommitError} when
 * the storage failed to say whether it has committed. The caller then tries again.
 */
export class Attempt {
  readonly #message: ParsedMessage;
  readonly #options: AttemptOptions;
  readonly #unit: UnitOfWork;
  readonly #afterwards: (() => unknown)[] = [];
  readonly #limit: Limit = (name, call) => this.#options.time.limit(name, call);

  constructor(message: ParsedMessage, options: AttemptOptions) {
    this.#message = message;
    this.#options = options;
    this.#unit = new UnitOfWork(options.instances);
  }

  /** Ends an attempt that has failed: what its handlers still ask for is refused. */
  abandon(): void {
    this.#unit.close();
  }

  /** Loads the instance, or creates it, and returns its schemas and its whole state. */
  async mount(): Promise<AttemptResult> {
    const { type, id } = this.#message;
    const state = await this.#ensure(this.#message);
    await this.#unit.end();
    const changes = await this.#unit.changes();
    await this.#commit(changes);
    const rev = await this.#revAfter(changes);
    const schemas = await this.#schemas();
    const updates = updatePatches({ type, id, rev }, state as Record<string, unknown>);
    return { rev, state, patches: [...schemas, ...updates], changed: changes };
  }

  /** Runs the event, unless its receipt shows that it was applied before. */
  async apply(): Promise<AttemptResult> {
    const { type, id, event, payload } = this.#message;
    const [state, receipt] = await Promise.all([
      this.#unit.read(this.#message),
      this.#findReceipt(),
    ]);
    if (receipt) return await this.#repeat(receipt);
    if (!state) {
      throw new NascError(
        "not-mounted",
        `${type} ${JSON.stringify(id)} is not mounted; send mount first`,
      );
    }
    const handler = findHandler(this.#options.handlers, type);
    const context = this.#context(this.#message);
    const next = await callEvent(handler, event, { payload, state, context, limit: this.#limit });
    await this.#unit.write(this.#message, next);
    await this.#unit.end();

    const changes = await this.#unit.changes();
    const own = this.#ownChange(changes);
    const patches = own ? updatePatches(own, own.diff) : [];
    const rev = await this.#revAfter(changes);
    await this.#commit(changes, { rev, patches });
    return { rev, patches, changed: changes };
  }

  /** Answers an event that was applied before. Its first run may have ended before the viewers heard of it. */
  async #repeat(receipt: Receipt): Promise<AttemptResult> {
    const { type, id, eventId } = this.#message;
    if (receipt.kind === "answer") {
      const { rev, patches } = receipt;
      return { rev, patches, changed: [{ type, id, rev, state: undefined }] };
    }
    const state = new Map(Object.entries(await this.#unit.read(this.#message) ?? {}));
    const rev = await this.#unit.rev(this.#message);
    if (receipt.kind === "damaged") {
      this.#options.report(
        new Error(
          `Cannot read the receipt of ${eventId} for ${type}/${id}: it is damaged; the event was applied, ` +
            "and is answered with the whole state",
        ),
      );
    }
    const props = receipt.kind === "damaged" ? [...state.keys()] : receipt.props;
    const values = Object.fromEntries(props.map((prop) => [prop, state.get(prop)]));
    const patches = updatePatches({ type, id, rev }, values);
    return { rev, patches, changed: [{ type, id, rev, state: undefined }] };
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
      this.#options.time.assertCommittable();
      try {
        await this.#options.instances.commit(changes, applied);
      } catch (error) {
        throw asCommitError(error);
      }
    }
    for (const work of this.#afterwards) this.#options.background(Promise.resolve().then(work));
  }

  async #schemas(): Promise<SchemaPatch[]> {
    const { schemaProvider, time } = this.#options;
    if (!schemaProvider) return [];
    const name = `the schemas of ${this.#message.type}`;
    return await time.limit(name, () => schemaPatches(schemaProvider, this.#message));
  }

  async #findReceipt(): Promise<Receipt | undefined> {
    const { type, id, eventId } = this.#message;
    if (eventId === undefined) return undefined;
    return await this.#options.instances.findReceipt({ type, id, eventId });
  }

  /** Returns the state of an instance, creating the instance if it does not exist yet. */
  async #ensure(address: Address): Promise<object> {
    const handler = findHandler(this.#options.handlers, address.type);
    const existing = await this.#unit.read(address);
    if (existing) return existing;
    const first = await callMount(handler, this.#context(address), this.#limit);
    await this.#unit.write(address, first);
    return structuredClone(first);
  }

  #ownChange(changes: readonly InstanceChange[]): InstanceChange | undefined {
    return changes.find((change) => this.#isOwn(change));
  }

  #isOwn({ type, id }: Address): boolean {
    return type === this.#message.type && id === this.#message.id;
  }

  async #revAfter(changes: readonly InstanceChange[]): Promise<number> {
    return this.#ownChange(changes)?.rev ?? await this.#unit.rev(this.#message);
  }

  #context({ type, id }: Address): HandlerContext {
    const { eventId, outside: { user, env }, time, background } = this.#options;
    return {
      type,
      id,
      eventId,
      user,
      env,
      signal: time.signal,
      waitUntil: (work) => {
        if (typeof work === "function") this.#afterwards.push(work);
        else background(work);
      },
      update: (type, id, change) => {
        const updated = this.#update(type, id, change);
        // It fails the event whether or not the handler awaits it.
        updated.catch((error) => this.#unit.fail(error));
        return updated;
      },
    };
  }

  async #update(type: string, id: string, change: (state: object) => unknown): Promise<void> {
    const other = parseAddress(type, id);
    if (this.#isOwn(other)) {
      throw new TypeError(
        `Cannot update ${other.type}/${other.id} from its own event: it would be overwritten; ` +
          "return its next state instead",
      );
    }
    await this.#unit.queue(other, async () => {
      const state = await this.#ensure(other);
      const name = `${other.type} update`;
      const next = ownState(await this.#limit(name, () => change(state)), name);
      await this.#unit.write(other, next);
    });
  }
}

function asCommitError(error: unknown): unknown {
  const isFinal = error instanceof ConflictError || error instanceof RefusedCommitError ||
    isConstraintError(error);
  if (isFinal) return error;
  if (error instanceof StorageLimitError) {
    return new NascError("too-large", "This is more than can be stored", { cause: error });
  }
  return new UncertainCommitError("The storage failed during a commit", { cause: error });
}
