import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import type { NascOptions } from "./options.ts";
import { askApp } from "./refusal.ts";

/**
 * Returns a function that tells who sends a request. It asks `user` at the first call, and all parts of the request share
 * that answer. A Response that `user` returns or throws, or an `HTTPException`, refuses the request.
 */
export function userOf<E extends Env>(
  context: Context<E>,
  { user }: NascOptions<E>,
): () => Promise<unknown> {
  let answer: Promise<unknown> | undefined;

  async function ask(): Promise<unknown> {
    const found = await askApp(() => user?.(context));
    if (found instanceof NascError) throw found;
    return found;
  }

  return () => answer ??= ask();
}
