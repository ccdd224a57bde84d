import type { Address } from "./address.ts";
import type { AttemptResult, ChangedInstance, InstanceNow } from "./attempt-result.ts";
import { Broadcasts } from "./broadcasts.ts";
import { callEvent, callMount, callUpdate, type Limit } from "./call-handler.ts";
import { asCommitError } from "./commit-error.ts";
import { isConstraintError } from "./constraint.ts";
import { creationOf, unstoredEpoch } from "./epoch.ts";
import { NascError } from "./errors.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { HandlerTime } from "./handler-time.ts";
import { findHandler, type HandlerContext, type Handlers } from "./handlers.ts";
import type { InstanceChanges, Instances } from "./instances.ts";
import type { ListKeys } from "./list-keys.ts";
import { schemaPatches } from "./make-patches.ts";
import type { SchemaPatch } from "./message.ts";
import type { SenderContext } from "./options.ts";
import { parseAddress, type ParsedMessage } from "./parse-message.ts";
import type { MessageChecks } from "./payload-check.ts";
import { assertPermitted, type Permission } from "./permission.ts";
import type { Presence } from "./presence.ts";
import { type AppliedEvent, type Claim, isOf, type Receipt } from "./receipts.ts";
import { refusedBy } from "./refused.ts";
import { repeat } from "./repeat.ts";
import type { SchemaProvider } from "./schemas.ts";
import type { Delivery } from "./send/delivery.ts";
import { Outgoing } from "./send/outgoing.ts";
import type { Sends } from "./send/sends.ts";
import { assertStates } from "./state-check.ts";
import { isMigrated } from "./state-version.ts";
import type { StoredInstance } from "./stored-instance.ts";
import { UnitOfWork } from "./unit-of-work.ts";
import { type Identify, userKeyOf } from "./user-key.ts";

/** Options of {@link Attempt}. */
export interface AttemptOptions {
  readonly handlers: Handlers;
  readonly instances: Instances;
  readonly schemaProvider: SchemaProvider | undefined;
  readonly listKeys: ListKeys;
  /** The event's id: the sender's, or a generated one. */
  readonly eventId: string;
  readonly outside: SenderContext;
  /** Returns whether the message may create its instance. Without it, any message may. */
  readonly mayCreate: (() => Promise<Permission>) | undefined;
  readonly identify: Identify | undefined;
  /** Checks what the message brings, once for all attempts. */
  readonly checks: MessageChecks;
  /** Whether next states are checked against the schemas of their handlers. */
  readonly checkState: boolean;
  /** The time that handlers have. */
  readonly time: HandlerTime;
  /** Takes what the event sends to other instances. */
  readonly sends: Sends;
  /** How the event happens once, if it was sent by another instance. */
  readonly delivery: Delivery | undefined;
  /** Throws unless handlers can reach this instance. Without it, they reach all that are stored. */
  readonly assertReachable: ((address: Address) => void) | undefined;
  /** Returns what others may see of those who look at an instance, or throws. Without it, nobody looks. */
  readonly viewersOf: ((address: Address) => readonly Presence[]) | undefined;
  /** Takes work that outlasts the answer. */
  readonly background: (work: Promise<unknown>) => void;
  /** Receives an error that does not end the event. */
  readonly report: (error: unknown) => void;
}

/** What an {@link Attempt} begins with. */
export interface AttemptStart {
  /** The message's instance as it was written last, which another process may have changed since. */
  readonly written: StoredInstance | undefined;
}

/** An instance that is not there. */
const unstored: InstanceNow = {
  rev: 0,
  epoch: unstoredEpoch,
  state: undefined,
};
/** What is told of an instance that was deleted. */
const nothing = {
  state: undefined,
  before: undefined,
  operations: undefined,
  schemas: [],
  changed: [],
} as const;
const noChanges: InstanceChanges = { changes: [], deletions: [], reads: [] };

/**
 * Makes one attempt at one message: reads everything anew, and commits either all of it or nothing.
 *
 * Its methods throw a `ConflictError` when another commit came first, and an `UncertainCommitError` when the storage
 * failed to say whether it has committed. The caller then tries again.
 */
export class Attempt {
  readonly #message: ParsedMessage;
  readonly #options: AttemptOptions;
  readonly #unit: UnitOfWork;
  readonly #afterwards: (() => unknown)[] = [];
  readonly #outgoing: Outgoing;
  readonly #broadcasts = new Broadcasts();
  /** The updates of the message's own instance, which wait for the state that its handler returns. */
  #waiting: (() => Promise<void>)[] | undefined = [];
  /**
   * Whether how this attempt ends is how the event ends: it began with what is stored, or a commit has found that it did.
   */
  #counts: boolean;
  /** Whether the handler has deleted the message's own instance, so that what it returns makes no difference. */
  #deletesOwn = false;
  readonly #limit: Limit = (name, call) => this.#options.time.limit(name, call);

  constructor(message: ParsedMessage, options: AttemptOptions, { written }: AttemptStart) {
    this.#message = message;
    this.#options = options;
    this.#unit = new UnitOfWork(options.instances, options.listKeys);
    this.#outgoing = new Outgoing(options.sends.refusal, options.delivery?.hops ?? 0);
    this.#counts = written === undefined;
    if (written) this.#unit.begin(message, written);
  }

  /**
   * Returns whether how this attempt has ended is how the event ends. Otherwise it began with what this process has
   * written last, and has led to no commit that would have noticed if that is not stored any more.
   */
  get counts(): boolean {
    return this.#counts;
  }

  /** Ends an attempt that has failed: what its handlers still ask for is refused. */
  abandon(): void {
    this.#waiting = undefined;
    this.#unit.close();
    const refusal = "the event has failed, or was given up";
    this.#outgoing.close(refusal);
    this.#broadcasts.close(refusal);
  }

  /**
   * Loads the instance, or creates it, and returns its schemas and its whole state. Where it may not be created, its
   * first state is shown all the same, and nothing comes of it. A page that has shown it until it was deleted is told
   * so, and does not bring it back by looking.
   */
  async mount(): Promise<AttemptResult> {
    const { made } = this.#message;
    const { delivery } = this.#options;
    if (delivery && await receiptOf(delivery)) return await repeat(this.#message, this.#unit);
    const { before, gone } = await this.#unit.found(this.#message);
    if (!before && gone && made && creationOf(made.epoch) === creationOf(gone.epoch)) {
      const { rev, epoch } = gone;
      return { ...nothing, rev, epoch };
    }
    const isStored = before !== undefined || await this.#mayCreate() === true;
    const first = await this.#ensure(this.#message);
    await this.#end();
    const all = isStored ? await this.#changes() : noChanges;
    if (isStored) await this.#commit(all);
    const { state = first, ...now } = await this.#now(all) ?? unstored;
    const schemas = await this.#schemas();
    return {
      ...now,
      state,
      before: undefined,
      operations: undefined,
      schemas,
      changed: changedBy(all),
      broadcasts: isStored ? this.#broadcasts.all : undefined,
    };
  }

  /** Runs the event, on a new instance if need be, unless its receipt shows that it was applied before. */
  async apply(): Promise<AttemptResult> {
    const { type, event } = this.#message;
    const claim = await this.#claim();
    const found = await this.#unit.found(this.#message);
    const { delivery, sends } = this.#options;
    const receipt = delivery ? await receiptOf(delivery) : await this.#findReceipt(found, claim);
    if (receipt && !isOf(receipt, claim)) {
      throw new NascError(
        "event-id-reused",
        "The id of this event belongs to another one; nothing was changed",
      );
    }
    if (receipt) {
      // Its first run may have ended before it could deliver what it has sent.
      if (found.before?.sent !== undefined) sends.resume(this.#message);
      return await repeat(this.#message, this.#unit);
    }
    const stored = await this.#unit.read(this.#message);
    if (!stored) assertPermitted(await this.#mayCreate());
    const handler = findHandler(this.#options.handlers, type);
    const payload = await this.#options.checks.payload(handler, this.#message);
    const state = stored ?? await this.#create(this.#message);
    const context = this.#context(this.#message);
    const limit = this.#limit;
    const isDeleted = () => this.#deletesOwn;
    const next = await callEvent(handler, event, { payload, state, context, limit, isDeleted });
    if (next) await this.#unit.write(this.#message, next);
    await this.#end();

    const all = await this.#changes();
    const now = await this.#now(all) ?? unstored;
    await this.#commit(all, claim && { claim, rev: now.rev });
    const own = all.changes.find((change) => this.#isOwn(change));
    const operations = own ? own.operations : now.state && [];
    // A page that was not shown the migrated state has one of an older version.
    const isShown = !isMigrated(found.before) ||
      this.#message.made?.epoch === found.before?.epoch;
    const before = isShown ? found.before?.state : undefined;
    const broadcasts = this.#broadcasts.all;
    return { ...now, before, operations, schemas: [], changed: changedBy(all), broadcasts };
  }

  async #commit(
    all: InstanceChanges,
    receipt?: AppliedEvent["receipt"],
  ): Promise<void> {
    const { type, id, eventId } = this.#message;
    const applied = receipt && eventId !== undefined
      ? { event: { type, id, eventId }, receipt }
      : undefined;
    const { delivery, sends } = this.#options;
    const { messages } = this.#outgoing;
    const queue = { sends: messages, received: delivery?.received ?? [] };
    const writes = all.changes.length + all.deletions.length + messages.length +
      queue.received.length;
    if (writes > 0) {
      // A message that is taken makes room for one. Otherwise two full queues would wait for each other.
      if (messages.length > (delivery ? 1 : 0)) {
        await sends.assertRoom(messages, (sender) => this.#hasSent(sender));
      }
      this.#options.time.assertCommittable();
      try {
        await this.#options.instances.commit(all, applied, queue);
        this.#counts = true;
        if (messages.length > 0) sends.sent(messages);
      } catch (error) {
        // The versions were compared before any constraint was.
        if (isConstraintError(error)) this.#counts = true;
        throw refusedBy(asCommitError(error), {
          handler: findHandler(this.#options.handlers, type),
          context: this.#context(this.#message),
          report: this.#options.report,
        });
      }
    }
    if (!this.#counts) return;
    for (const work of this.#afterwards) this.#options.background(Promise.resolve().then(work));
  }

  async #hasSent(sender: Address): Promise<boolean> {
    const { before, gone } = await this.#unit.found(sender);
    return (before ?? gone)?.sent !== undefined;
  }

  /** Returns what is to be committed. */
  async #changes(): Promise<InstanceChanges> {
    const { checkState, handlers } = this.#options;
    const all = await this.#unit.changes();
    if (checkState) await assertStates(all.changes, { handlers, limit: this.#limit });
    return all;
  }

  /** Returns what this message's id belongs to, if it has one. */
  async #claim(): Promise<Claim | undefined> {
    const { event, payload, eventId } = this.#message;
    if (eventId === undefined) return undefined;
    const { identify, outside } = this.#options;
    return {
      fingerprint: fingerprintOf(event, payload),
      userKey: outside.userKey ?? await userKeyOf(outside.user, identify),
    };
  }

  async #schemas(): Promise<SchemaPatch[]> {
    const { handlers, schemaProvider, outside: { maySeeSchema }, time } = this.#options;
    if (!schemaProvider) return [];
    const sources = { handlers, schemaProvider, maySeeSchema };
    const name = `the schemas of ${this.#message.type}`;
    return await time.limit(name, () => schemaPatches(this.#message, sources));
  }

  async #findReceipt(
    found: Parameters<Instances["findReceipt"]>[1],
    claim: Claim | undefined,
  ): Promise<Receipt | undefined> {
    const { type, id, eventId, made } = this.#message;
    return await this.#options.instances.findReceipt({ type, id, eventId, claim, made }, found);
  }

  /** Returns the state of an instance, creating the instance if it does not exist yet. */
  async #ensure(address: Address): Promise<object> {
    return await this.#unit.read(address) ?? await this.#create(address);
  }

  async #mayCreate(): Promise<Permission> {
    const { mayCreate, time } = this.#options;
    if (!mayCreate) return true;
    return await time.limit(`the permission to create ${this.#message.type}`, mayCreate);
  }

  async #create(address: Address): Promise<object> {
    const handler = findHandler(this.#options.handlers, address.type);
    const params = await this.#options.checks.mountParams(handler, address);
    const context = this.#context(address);
    const first = await callMount(handler, context, { params, limit: this.#limit });
    await this.#unit.write(address, first);
    return (await this.#unit.read(address))!;
  }

  #isOwn({ type, id }: Address): boolean {
    return type === this.#message.type && id === this.#message.id;
  }

  /** Returns the message's instance as it is once these changes are committed. */
  async #now({ changes, deletions }: InstanceChanges): Promise<InstanceNow | undefined> {
    const isOwn = (row: Address) => this.#isOwn(row);
    const deleted = deletions.find(isOwn);
    if (deleted) return { rev: deleted.rev, epoch: deleted.epoch, state: undefined };
    const now = changes.find(isOwn) ?? await this.#unit.before(this.#message);
    return now && { rev: now.rev, epoch: now.epoch, state: now.state };
  }

  #context({ type, id }: Address): HandlerContext {
    const { eventId, outside: { user, env }, time, background } = this.#options;
    return {
      type,
      id,
      eventId,
      user,
      env,
      get signal() {
        return time.signal;
      },
      waitUntil: (work) => {
        if (typeof work === "function") this.#afterwards.push(work);
        // What a library returns for a promise may have no more than `then`.
        else background(Promise.resolve(work));
      },
      update: (type, id, change) => {
        const updated = this.#update(type, id, change);
        // It fails the event whether or not the handler awaits it.
        updated.catch((error) => this.#unit.fail(error));
        return updated;
      },
      read: (type, id) => this.#read(type, id),
      send: (...parameters) => this.#outgoing.add({ type, id }, parameters),
      sender: this.#options.delivery?.sender,
      viewers: () => this.#options.viewersOf?.({ type, id }) ?? [],
      broadcast: (payload) => this.#broadcasts.add({ type, id }, payload),
      delete: (...names) => {
        const deleted = names.length === 0 ? this.#delete(type, id) : this.#delete(...names);
        deleted.catch((error) => this.#unit.fail(error));
        return deleted;
      },
    };
  }

  /** Changes an instance once the updates of it that were requested before are done. */
  async #update(type: string, id: string, change: (state: object) => unknown): Promise<void> {
    const address = this.#declared(type, id);
    await this.#queue(address, async () => {
      const state = await this.#ensure(address);
      const next = await callUpdate(address.type, state, { change, limit: this.#limit });
      await this.#unit.write(address, next);
    });
  }

  async #read(type: string, id: string): Promise<object | undefined> {
    return await this.#unit.read(this.#declared(type, id));
  }

  async #delete(type: unknown, id?: unknown): Promise<void> {
    const address = this.#declared(type, id);
    if (this.#waiting && this.#isOwn(address)) this.#deletesOwn = true;
    await this.#queue(address, () => this.#unit.delete(address));
  }

  /**
   * Returns the address of an instance that a handler names.
   *
   * @throws {NascError} if its type is not declared, also where an entry of it is stored: it may be a receipt, or what
   * the app keeps beside its instances
   */
  #declared(type: unknown, id: unknown): Address {
    const address = parseAddress(type, id);
    findHandler(this.#options.handlers, address.type);
    this.#options.assertReachable?.(address);
    return address;
  }

  /** Makes a change once those of its instance that were requested before are made. */
  async #queue(address: Address, change: () => Promise<void>): Promise<void> {
    const queue = () => this.#unit.queue(address, change);
    // The handler is what a change of its own instance waits for: to await it would be to wait for oneself.
    if (this.#waiting && this.#isOwn(address)) this.#waiting.push(queue);
    else await queue();
  }

  /** Makes the updates that waited for the handler, and those that they request, and ends the unit of work. */
  async #end(): Promise<void> {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const queue of waiting) void queue();
    await this.#unit.end();
    this.#outgoing.close("the event has ended; send before the handler returns");
    this.#broadcasts.close("the event has ended; broadcast before the handler returns");
  }
}

/** Returns the receipt of a message that was applied before. */
async function receiptOf(delivery: Delivery): Promise<Receipt | undefined> {
  return await delivery.isPending() ? undefined : { claim: undefined, rev: 0 };
}

/** Returns the instances whose viewers have something new to see. */
function changedBy({ changes, deletions }: InstanceChanges): ChangedInstance[] {
  const deleted = deletions.map(({ type, id, rev, epoch }) => {
    return { type, id, rev, epoch, state: undefined };
  });
  return [...changes, ...deleted];
}
