import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { Instance } from "./instance.ts";
import { type NascObjectOptions, objectKinds } from "./options.ts";
import type { HibernatingSocket, ObjectContext, ObjectRequest } from "./platform.ts";

/** A Durable Object that holds one instance. Its methods are for the platform. */
export interface NascObject {
  /** Marks the class as one of Durable Objects, for the platform's types. */
  readonly __DURABLE_OBJECT_BRAND: never;
  /** Answers the router of a Worker, and nobody else. */
  // deno-lint-ignore no-explicit-any -- the platform's type of a request moves
  fetch(request: any): Promise<Response>;
  /** Delivers what `context.send` has sent and is due, or was left by an object that ended before it was delivered. */
  alarm(): Promise<void>;
  /** Receives what a Worker says over the WebSocket of a viewer. */
  // deno-lint-ignore no-explicit-any -- the platform's type of a WebSocket moves
  webSocketMessage(socket: any, message: string | ArrayBuffer): Promise<void>;
  /** Forgets a viewer. */
  // deno-lint-ignore no-explicit-any -- the platform's type of a WebSocket moves
  webSocketClose(socket: any, code: number): Promise<void>;
}

/** A class of Durable Objects. */
// deno-lint-ignore no-explicit-any -- only the app knows the type of its bindings
export type NascObjectClass = new (context: ObjectContext, env: any) => NascObject;

/**
 * Returns a class of Durable Objects that hold one instance each: export it from the Worker, bind it, and give the
 * binding to the router as `instances`. An object runs the events of its instance one after the other, keeps state,
 * receipts and history in its own SQLite, and shows each viewer what their view allows, over WebSockets that stay open
 * while it hibernates. With `instances`, its handlers send to other objects, and the alarm of the object delivers what
 * is due later, or was left. Only the router and other objects reach it: `authorize` has been asked by then.
 *
 * @throws {TypeError} if an option is missing, misspelt, or not what it should be
 *
 * @example A Worker with a counter
 * ```ts
 * import { Hono } from "hono";
 * import { type InstanceNamespace, nascObject } from "rian/edge";
 * import { nasc } from "rian/hono";
 *
 * const handlers = {
 *   Counter: {
 *     mount: () => ({ count: 0 }),
 *     add: (_: unknown, state: { count: number }) => ({ count: state.count + 1 }),
 *   },
 * };
 * interface Bindings {
 *   NASC: InstanceNamespace;
 * }
 *
 * export class Nasc extends nascObject({ handlers, instances: (env: Bindings) => env.NASC }) {}
 *
 * const app = new Hono<{ Bindings: Bindings }>();
 * app.route("/nasc", nasc({ handlers, instances: (c) => c.env.NASC, authorize: "everyone" }));
 * export default app;
 * ```
 */
export function nascObject(given: NascObjectOptions): NascObjectClass {
  const { options } = checkOptions("make a class of objects", { options: given }, {
    options: { ...kind.optionsOf(objectKinds), isRequired: true },
  });

  return class implements NascObject {
    declare readonly __DURABLE_OBJECT_BRAND: never;
    readonly #instance: Instance;

    constructor(context: ObjectContext, env: unknown) {
      this.#instance = new Instance(context, env, options);
    }

    fetch(request: ObjectRequest): Promise<Response> {
      return this.#instance.fetch(request);
    }

    alarm(): Promise<void> {
      return this.#instance.wakeUp();
    }

    webSocketMessage(socket: HibernatingSocket, message: string | ArrayBuffer): Promise<void> {
      return this.#instance.hear(socket, message);
    }

    webSocketClose(socket: HibernatingSocket, code: number): Promise<void> {
      return this.#instance.leave(socket, code);
    }
  };
}
