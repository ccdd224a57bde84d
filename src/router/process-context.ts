import type { Context, Env } from "hono";
import type { Address, ProcessContext } from "../processor/mod.ts";
import { askAuthorize, maySeeSchema } from "./authorize.ts";
import { askLimit } from "./limit.ts";
import type { NascOptions } from "./options.ts";

/** Returns what handlers learn of a request, and what the app says to what comes of it. */
export function processContext<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
  user: unknown,
): ProcessContext {
  const seen = new Map<string, Promise<boolean>>();
  return {
    user,
    env: context.env,
    waitUntil: (work) => waitUntil(context, work),
    async mayCreate(address: Address) {
      const allowed = await askAuthorize(context, options, { ...address, event: "create" });
      if (allowed !== true) return allowed;
      return await askLimit(context, options, { kind: "create", ...address, count: 1, user });
    },
    maySeeSchema(type: string) {
      const asked = seen.get(type) ?? maySeeSchema(context, options, type);
      seen.set(type, asked);
      return asked;
    },
  };
}

// Only Workers have an execution context; elsewhere work simply goes on.
function waitUntil(context: Context, work: Promise<unknown>): void {
  try {
    context.executionCtx.waitUntil(work);
  } catch {
    // Hono throws if there is none.
  }
}
