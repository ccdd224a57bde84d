/** The bindings of the worker that workerd tests run beside, as vitest.config.ts declares them. */
declare module "cloudflare:workers" {
  export const env: {
    readonly DB: import("@cloudflare/workers-types/index.ts").D1Database;
  };
}
