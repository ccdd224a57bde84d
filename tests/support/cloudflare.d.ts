/** The bindings of the Worker that workerd tests run beside, as vitest.config.ts declares them. */
declare module "cloudflare:workers" {
  export const env: {
    readonly DB: import("@cloudflare/workers-types/index.ts").D1Database;
    readonly KV: import("@cloudflare/workers-types/index.ts").KVNamespace;
    readonly STORAGE: import("@cloudflare/workers-types/index.ts").DurableObjectNamespace;
    readonly NASC: import("@cloudflare/workers-types/index.ts").DurableObjectNamespace;
  };

  export abstract class DurableObject {
    constructor(
      context: import("@cloudflare/workers-types/index.ts").DurableObjectState,
      env: unknown,
    );
  }
}

declare module "cloudflare:test" {
  /** Runs a function inside a Durable Object. */
  export function runInDurableObject<Result>(
    stub: import("@cloudflare/workers-types/index.ts").DurableObjectStub,
    callback: (
      instance: unknown,
      state: import("@cloudflare/workers-types/index.ts").DurableObjectState,
    ) => Result | Promise<Result>,
  ): Promise<Result>;

  /** Ends an object as the platform does when it is idle: what it has in memory is gone, its sockets stay open. */
  export function evictDurableObject(
    stub: import("@cloudflare/workers-types/index.ts").DurableObjectStub,
    options?: { readonly webSockets?: "close" | "hibernate" },
  ): Promise<void>;

  /** Lets the alarm of an object ring now, if it is set, and returns whether it was. */
  export function runDurableObjectAlarm(
    stub: import("@cloudflare/workers-types/index.ts").DurableObjectStub,
  ): Promise<boolean>;

  /** Aborts all objects, as an update of their code does. */
  export function abortAllDurableObjects(): Promise<void>;
}
