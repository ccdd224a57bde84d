import type { Context, Env } from "hono";
import type { Address, ProcessContext } from "../processor/mod.ts";
import { askAuthorize, maySeeSchema } from "./authorize.ts";
import { askLimit } from "./limit.ts";
import type { NascOptions } from "./options.ts";
import { type WaitUntil, waitUntilOf } from "./wait-until.ts";

/** What is known of the execution contexts of each router, by its options. */
const waitUntils = new WeakMap<object, WaitUntil>();

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
    waitUntil: (work) => waitUntil(context, options, work),
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

function waitUntil<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
  work: Promise<unknown>,
): void {
  let lasting = waitUntils.get(options);
  if (!lasting) waitUntils.set(options, lasting = waitUntilOf());
  lasting(context, work);
}
