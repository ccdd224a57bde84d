import type { Env } from "hono";
import type { Address } from "../../processor/address.ts";
import { partsOf } from "../../processor/handler-parts.ts";
import { findEvent, findHandler } from "../../processor/handlers.ts";
import { assertPublic } from "../../processor/internal.ts";
import { schemaPatches } from "../../processor/make-patches.ts";
import type { SchemaPatch } from "../../processor/message.ts";
import type { ProcessContext } from "../../processor/mod.ts";
import type { Failed } from "../../processor/outcome.ts";
import type { ParsedMessage } from "../../processor/parse-message.ts";
import { userKeyOf } from "../../processor/user-key.ts";
import { systemClock } from "../../shared/clock.ts";
import type { Followed, FollowOptions, InstanceHome, ReadOutcome } from "../home.ts";
import type { NascOptions } from "../options.ts";
import { askToCreate, failedOf, ObjectCalls, plainUser } from "./calls.ts";
import { FollowedObject } from "./followed-object.ts";
import type { InstanceNamespace } from "./namespace.ts";
import { ObjectAnswer } from "./object-answer.ts";
import { readSeen } from "./seen-line.ts";
import { type Call, type EventCall, status } from "./wire.ts";

/** Instances in Durable Objects, one each. */
export class ObjectHome<E extends Env> implements InstanceHome {
  /** The identity of the storage. */
  readonly source: InstanceNamespace;
  readonly #options: NascOptions<E>;
  readonly #calls: ObjectCalls;

  constructor(namespace: InstanceNamespace, options: NascOptions<E>) {
    this.source = namespace;
    this.#options = options;
    const { clock = systemClock, random = Math.random } = options;
    this.#calls = new ObjectCalls(namespace, { clock, random });
  }

  /** Returns whether what is seen of a type's states depends on who looks. */
  hasView(type: string): boolean {
    return partsOf(findHandler(this.#options.handlers, type)).view !== undefined;
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
    const { type, id, ...rest } = message;
    const { event, eventId } = rest;
    const handler = findHandler(this.#options.handlers, type);
    if (event !== "mount") findEvent(handler, { type, event });
    assertPublic(handler, { type, event });
    const call = await this.#callOf({ type, id }, outside);
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
      mayCreateAll: this.#mayCreateAll,
      schemas: (context) => this.#schemas(address, context),
    });
  }

  /** Mounts an instance, and returns what somebody may see of it. */
  async read(address: Address, outside: ProcessContext): Promise<ReadOutcome> {
    findHandler(this.#options.handlers, address.type);
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

  /** Whether an instance may come into being without anybody being asked. */
  get #mayCreateAll(): boolean {
    const { authorize, limit } = this.#options;
    return typeof authorize !== "function" && limit === undefined;
  }

  #mayCreate(address: Address, { mayCreate }: ProcessContext) {
    return this.#mayCreateAll || !mayCreate ? undefined : async () => await mayCreate(address);
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
