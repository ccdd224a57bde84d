import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import type { NascOptions } from "./options.ts";
import { askApp } from "./refusal.ts";

/**
 * Asks `user` who sends this request.
 *
 * @throws {NascError} the refusal, if it returns or throws a Response, or throws an `HTTPException`
 */
export async function askUser<E extends Env>(
  context: Context<E>,
  { user }: NascOptions<E>,
): Promise<unknown> {
  const found = await askApp(() => user?.(context));
  if (found instanceof NascError) throw found;
  return found;
}
