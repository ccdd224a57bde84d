import type { Address } from "../../processor/address.ts";
import { NascError, uncertainError } from "../../processor/errors.ts";
import type { Failed } from "../../processor/outcome.ts";
import type { Permission } from "../../processor/permission.ts";
import { backoff, type Clock, pause } from "../../shared/clock.ts";
import { describe, describeCount } from "../../shared/describe.ts";
import { equal } from "../../shared/equal.ts";
import { toBase64Json } from "../base64-json.ts";
import { Refusal } from "../refusal.ts";
import type { InstanceNamespace, ObjectResponse } from "./namespace.ts";
import {
  type Call,
  callHeader,
  type CallName,
  type Creation,
  maxViewerLength,
  objectName,
  status,
  type ViewerCall,
  wireVersion,
} from "./wire.ts";

/** How often an object is asked that has failed to answer. */
const mostAttempts = 3;
const delays = { minDelay: 20, maxDelay: 500 };

/** Options of {@link ObjectCalls}. */
export interface CallOptions {
  readonly clock: Clock;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
}

/** Calls the objects of a namespace. */
export class ObjectCalls {
  readonly #namespace: InstanceNamespace;
  readonly #options: CallOptions;

  constructor(namespace: InstanceNamespace, options: CallOptions) {
    this.#namespace = namespace;
    this.#options = options;
  }

  /**
   * Asks the object of an instance for something. One that has failed to answer is asked again, if it may be.
   *
   * @throws {NascError} `unavailable`, or `uncertain` where the object may have done what must not be done twice
   */
  async ask<Asked extends Call>(
    name: CallName,
    call: Asked,
    { isRepeatable }: { readonly isRepeatable: boolean },
  ): Promise<ObjectResponse> {
    const { address } = call;
    const init = {
      method: "POST",
      headers: { [callHeader]: wireVersion, "content-type": "application/json" },
      body: JSON.stringify(call),
    };
    return await this.#fetch(address, name, { init, isRepeatable });
  }

  /** Asks the object of an instance for a WebSocket that brings what a viewer sees of it. */
  async follow(call: ViewerCall): Promise<ObjectResponse> {
    const header = toBase64Json(call);
    if (header.length > maxViewerLength) {
      const { type, id } = call.address;
      throw new TypeError(
        `Cannot follow ${type}/${id}: its viewer takes ${
          describeCount(header.length)
        } characters, and an object keeps ` +
          `${
            describeCount(maxViewerLength)
          } of each; let user return less, such as an id and roles`,
      );
    }
    const init = { headers: { [callHeader]: header, upgrade: "websocket" } };
    return await this.#fetch(call.address, "follow", { init, isRepeatable: true });
  }

  async #fetch(
    address: Address,
    name: CallName,
    { init, isRepeatable }: { readonly init: object; readonly isRepeatable: boolean },
  ): Promise<ObjectResponse> {
    for (let attempt = 1;; attempt++) {
      try {
        // What reaches an object is broken once the object was aborted.
        const object = this.#namespace.get(this.#namespace.idFromName(objectName(address)));
        const response: ObjectResponse = await object.fetch(`https://nasc/${name}`, init);
        if (response.status === status.forbidden) throw notAdmitted(address);
        if (response.webSocket) return response;
        // It may be aborted in the middle of its answer.
        const text = await response.text();
        return { status: response.status, text: () => Promise.resolve(text) };
      } catch (cause) {
        if (cause instanceof NotAdmittedError) throw cause;
        if (isOverloaded(cause)) throw unavailable(cause);
        if (!isRepeatable) throw uncertainError({ cause });
        if (attempt === mostAttempts) throw unavailable(cause);
        await pause(backoff(attempt, { ...delays, ...this.#options }), this.#options);
      }
    }
  }
}

/**
 * Asks an object for something that may create its instance. Only the object knows whether there is one, so where there
 * is none, it is asked again once it is known whether there may be.
 *
 * @param refuse Returns how to go on where there may be none.
 */
export async function askToCreate(
  ask: (creation: Creation) => Promise<ObjectResponse>,
  { mayCreate, refuse }: {
    readonly mayCreate: (() => Promise<Permission> | Permission) | undefined;
    readonly refuse: (refusal: NascError) => Creation;
  },
): Promise<ObjectResponse> {
  if (!mayCreate) return await ask("allowed");
  const response = await ask("ask");
  if (response.status !== status.absent) return response;
  const permission = await mayCreate();
  return await ask(permission === true ? "allowed" : refuse(permission));
}

/** Returns the outcome of what an object has refused, or failed to do. */
export async function failedOf(response: ObjectResponse): Promise<Failed> {
  const { error } = JSON.parse(await response.text());
  const { code, message, fields } = error;
  return { ok: false, error, cause: new NascError(code, message, { ...(fields && { fields }) }) };
}

/**
 * Returns a user as they travel to an object.
 *
 * @throws {TypeError} if that is not plain JSON
 */
export function plainUser(user: unknown): { readonly user?: unknown } {
  if (user === undefined) return {};
  const text = JSON.stringify(user);
  if (text !== undefined && equal(JSON.parse(text), user)) return { user };
  throw new TypeError(
    `Cannot tell an object who asks: user returned ${describe(user)} that is not plain JSON; ` +
      "return texts, numbers, booleans and null, in objects and lists",
  );
}

class NotAdmittedError extends Error {}

function notAdmitted({ type, id }: Address): Error {
  return new NotAdmittedError(
    `Cannot reach ${type}/${id}: what answers for its object is of another version of rian, or no class of ` +
      "nascObject; deploy both together",
  );
}

function isOverloaded(error: unknown): boolean {
  return (error as { readonly overloaded?: unknown } | null | undefined)?.overloaded === true;
}

function unavailable(cause: unknown): Refusal {
  const message = "This does not answer at the moment; it is safe to send this again";
  return Object.assign(new Refusal("unavailable", message, { status: 503 }), { cause });
}
