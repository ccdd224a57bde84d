/** The bindings of the Worker that workerd tests run beside, as vitest.config.ts declares them. */
declare module "cloudflare:workers" {
  export const env: {
    readonly DB: import("@cloudflare/workers-types/index.ts").D1Database;
    readonly KV: import("@cloudflare/workers-types/index.ts").KVNamespace;
    readonly STORAGE: import("@cloudflare/workers-types/index.ts").DurableObjectNamespace;
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
}
