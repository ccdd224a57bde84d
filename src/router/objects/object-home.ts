import type { Address } from "../../processor/address.ts";
import { findEvent, findHandler } from "../../processor/handlers.ts";
import { assertPublic } from "../../processor/internal.ts";
import { schemaPatches } from "../../processor/make-patches.ts";
import type { SchemaPatch } from "../../processor/message.ts";
import type { Handlers, ProcessContext, SchemaProvider } from "../../processor/mod.ts";
import type { ProcessorOptions } from "../../processor/options.ts";
import type { Failed } from "../../processor/outcome.ts";
import type { ParsedMessage } from "../../processor/parse-message.ts";
import { formatLine, isPlainJson } from "../../processor/transfer/instance-line.ts";
import { assertMadeBySender, type Identify, userKeyOf } from "../../processor/user-key.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import type { Followed, FollowOptions, InstanceHome, ReadOutcome } from "../home.ts";
import { permissionInTime } from "../permission-in-time.ts";
import { askToCreate, failedOf, ObjectCalls, plainUser } from "./calls.ts";
import { FollowedObject } from "./followed-object.ts";
import type { InstanceNamespace } from "./namespace.ts";
import { ObjectAnswer } from "./object-answer.ts";
import { readSeen } from "./seen-line.ts";
import { type Call, type EventCall, status } from "./wire.ts";

/** Options of {@link ObjectHome}. */
export interface ObjectHomeOptions {
  readonly handlers: Handlers;
  /** Whether an instance may come into being without anybody being asked. */
  readonly mayCreateAll: boolean;
  readonly identify?: Identify | undefined;
  readonly schemaProvider?: SchemaProvider | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  /** How long it may take to answer whether an instance may be created, in milliseconds. */
  readonly handlerTimeout?: number | undefined;
  readonly onError?: ProcessorOptions["onError"];
}

const defaultHandlerTimeout = 10_000;

/** Instances in Durable Objects, one each. */
export class ObjectHome implements InstanceHome {
  /** The identity of the storage. */
  readonly source: InstanceNamespace;
  readonly #options: ObjectHomeOptions;
  readonly #calls: ObjectCalls;

  constructor(namespace: InstanceNamespace, options: ObjectHomeOptions) {
    this.source = namespace;
    this.#options = options;
    const { clock = systemClock, random = Math.random } = options;
    this.#calls = new ObjectCalls(namespace, { clock, random });
  }

  /**
   * Runs one message of a page in the object of its instance.
   *
   * @throws {NascError} if it is refused before the object has heard of it, or the object does not answer
   */
  async runParsed(
    message: ParsedMessage,
    outside: ProcessContext,
  ): Promise<ObjectAnswer | Failed> {
    const { type, event } = message;
    // No object comes into being for what does not exist.
    const handler = findHandler(this.#options.handlers, type);
    if (event !== "mount") findEvent(handler, { type, event });
    assertPublic(handler, { type, event });
    return await this.#run(message, outside);
  }

  /**
   * Runs one message of the server in the object of its instance.
   *
   * @throws {NascError} if the instance may not be created, or the object does not answer
   */
  runInternal(message: ParsedMessage, outside: ProcessContext): Promise<ObjectAnswer | Failed> {
    const { type, id, payload, ...rest } = message;
    if (isPlainJson(payload)) return this.#run(message, outside, { isInternal: true });
    const typed = {
      isInternal: true,
      payload: formatLine({ type, key: id, value: payload }),
    } as const;
    return this.#run({ type, id, payload: undefined, ...rest }, outside, typed);
  }

  async #run(
    message: ParsedMessage,
    outside: ProcessContext,
    origin: Pick<EventCall, "isInternal" | "payload"> = {},
  ): Promise<ObjectAnswer | Failed> {
    const { type, id, ...rest } = message;
    const { event, eventId } = rest;
    const call = { ...await this.#callOf({ type, id }, outside), ...origin };
    await assertMadeBySender(message, () => call.userKey);
    const response = await askToCreate(
      (creation) =>
        this.#calls.ask<EventCall>("event", { ...call, creation, message: rest }, {
          isRepeatable: eventId !== undefined || event === "mount",
        }),
      {
        mayCreate: this.#mayCreate({ type, id }, outside),
        refuse(refusal) {
          if (event === "mount") return "refused";
          throw refusal;
        },
      },
    );
    if (response.status !== status.ok) return await failedOf(response);
    const answer = new ObjectAnswer(await response.text());
    if (event !== "mount" || message.protocol === 2) return answer;
    const schemas = await this.#schemas({ type, id }, outside);
    if (schemas.length === 0) return answer;
    const { body } = answer;
    const patches = [...schemas, ...body.patches ?? []];
    return new ObjectAnswer(JSON.stringify({ ...body, patches }));
  }

  /** Listens to what the object of an instance says, once it is mounted. */
  follow(address: Address, options: FollowOptions): Followed {
    const { identify, clock = systemClock, random = Math.random } = this.#options;
    return new FollowedObject(address, {
      ...options,
      calls: this.#calls,
      clock,
      random,
      keyOf: (user) => userKeyOf(user, identify),
      mayCreate: (context) => this.#mayCreate(address, context),
      assertKnown: () => void findHandler(this.#options.handlers, address.type),
      schemas: (context) => this.#schemas(address, context),
    });
  }

  /** Mounts an instance, and returns what somebody may see of it. */
  async read(address: Address, outside: ProcessContext): Promise<ReadOutcome> {
    const call = await this.#callOf(address, outside);
    const response = await askToCreate(
      (creation) => this.#calls.ask<Call>("read", { ...call, creation }, { isRepeatable: true }),
      { mayCreate: this.#mayCreate(address, outside), refuse: () => "refused" },
    );
    if (response.status !== status.ok) return await failedOf(response);
    return { ok: true, seen: readSeen(await response.text()) };
  }

  async #callOf(address: Address, { user }: ProcessContext): Promise<Omit<Call, "creation">> {
    const userKey = await userKeyOf(user, this.#options.identify);
    return { address, ...plainUser(user), userKey };
  }

  #mayCreate(address: Address, { mayCreate }: ProcessContext) {
    if (!mayCreate || this.#options.mayCreateAll) return undefined;
    const { type, id } = address;
    const { clock = systemClock, handlerTimeout = defaultHandlerTimeout, onError } = this.#options;
    return async () => {
      const asked = Promise.resolve(mayCreate({ type, id }));
      const permission = await permissionInTime(asked, {
        clock,
        milliseconds: handlerTimeout,
        question: `to create ${type}/${id}`,
        option: "handlerTimeout",
        about: { eventId: "create", type, id },
        onError,
      });
      // Nobody has refused it, so nothing may be shown as if it were.
      if (permission !== true && permission.code === "timeout") throw permission;
      return permission;
    };
  }

  async #schemas(
    address: Address,
    { maySeeSchema }: ProcessContext,
  ): Promise<readonly SchemaPatch[]> {
    const { handlers, schemaProvider } = this.#options;
    if (!schemaProvider) return [];
    return await schemaPatches(address, { handlers, schemaProvider, maySeeSchema });
  }
}
