import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import type { Permission } from "../processor/permission.ts";
import { describe } from "../shared/describe.ts";
import type { Access, NascOptions } from "./options.ts";
import { askApp, forbidden } from "./refusal.ts";

/**
 * Asks `authorize` whether this request may do this, if there is anybody to ask.
 *
 * @returns `true`, or what refuses it.
 * @throws {TypeError} if `authorize` returns anything but true, false or a Response
 * @throws whatever `authorize` throws, unless that is a refusal: an `HTTPException`, a Response or a {@link NascError}
 */
export function askAuthorize<E extends Env>(
  context: Context<E>,
  { authorize }: NascOptions<E>,
  access: Access,
): Permission | Promise<Permission> {
  if (authorize === undefined || authorize === "everyone") return true;
  return answered(() => authorize(context, access), access);
}

async function answered(ask: () => unknown, access: Access): Promise<Permission> {
  const answer = await askApp(ask);
  if (answer === true || answer instanceof NascError) return answer;
  if (answer === false) return forbidden();
  const { type, id, event } = access;
  throw new TypeError(
    `Cannot authorize ${event} of ${type}${id === undefined ? "" : `/${id}`}: ` +
      `authorize returned ${describe(answer)}; return true or false, or a Response`,
  );
}

/** Returns whether this request may see the schema of a type. */
export async function maySeeSchema<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
  type: string,
): Promise<boolean> {
  return await askAuthorize(context, options, { type, id: undefined, event: "schema" }) === true;
}
