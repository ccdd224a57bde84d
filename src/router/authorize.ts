import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import type { Access, NascOptions } from "./options.ts";

/** Returns whether `authorize` allows this request to do this. */
export async function isAuthorized<E extends Env>(
  context: Context<E>,
  { authorize }: NascOptions<E>,
  access: Access,
): Promise<boolean> {
  return authorize === undefined || await authorize(context, access);
}

/**
 * Throws unless `authorize` allows this request to do this.
 *
 * @throws {NascError} `forbidden`
 */
export async function assertAuthorized<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
  access: Access,
): Promise<void> {
  if (!await isAuthorized(context, options, access)) throw forbidden();
}

/** Returns the error for a request that `authorize` does not allow. */
export function forbidden(): NascError {
  return new NascError("forbidden", "You may not do this");
}
