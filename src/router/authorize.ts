import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import { describe } from "../shared/describe.ts";
import type { Access, NascOptions } from "./options.ts";
import { forbidden, refusalOf } from "./refusal.ts";

/**
 * Asks `authorize` whether this request may do this.
 *
 * @returns `true`, or what refuses it.
 * @throws {TypeError} if `authorize` returns anything but true, false or a Response
 * @throws whatever `authorize` throws, unless that is a refusal: a Response, an `HTTPException` or a {@link NascError}
 */
export async function askAuthorize<E extends Env>(
  context: Context<E>,
  { authorize }: NascOptions<E>,
  access: Access,
): Promise<true | NascError> {
  if (authorize === undefined || authorize === "everyone") return true;
  let answer: unknown;
  try {
    answer = await authorize(context, access);
  } catch (error) {
    const refusal = error instanceof NascError ? error : refusalOf("authorize", error);
    if (refusal) return refusal;
    throw error;
  }
  if (answer === true) return true;
  if (answer === false) return forbidden();
  const refusal = refusalOf("authorize", answer);
  if (refusal) return refusal;
  const { type, id, event } = access;
  throw new TypeError(
    `Cannot authorize ${event} of ${type}${id === undefined ? "" : `/${id}`}: ` +
      `authorize returned ${describe(answer)}; return true or false, or a Response`,
  );
}

/**
 * Throws unless `authorize` allows this request to do this.
 *
 * @throws {NascError} the refusal
 */
export async function assertAuthorized<E extends Env>(
  context: Context<E>,
  options: NascOptions<E>,
  access: Access,
): Promise<void> {
  const answer = await askAuthorize(context, options, access);
  if (answer !== true) throw answer;
}
