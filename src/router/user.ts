import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import type { NascOptions } from "./options.ts";
import { askApp } from "./refusal.ts";

/**
 * Asks `user` who sends this request, if there is anybody to ask.
 *
 * @throws {NascError} the refusal, if it returns or throws a Response, or throws an `HTTPException`
 */
export function askUser<E extends Env>(
  context: Context<E>,
  { user }: NascOptions<E>,
): unknown {
  return user && foundBy(() => user(context));
}

async function foundBy(ask: () => unknown): Promise<unknown> {
  const found = await askApp(ask);
  if (found instanceof NascError) throw found;
  return found;
}
