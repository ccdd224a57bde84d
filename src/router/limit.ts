import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import type { Permission } from "../processor/permission.ts";
import { describe } from "../shared/describe.ts";
import { own } from "../shared/own.ts";
import type { Demand, NascOptions } from "./options.ts";
import { askApp, limited } from "./refusal.ts";

/**
 * Asks `limit` whether a request may do this now.
 *
 * @returns `true`, or what refuses it.
 * @throws {TypeError} if `limit` returns anything but true or a time to wait
 */
export async function askLimit<E extends Env>(
  context: Context<E>,
  { limit }: NascOptions<E>,
  demand: Demand,
): Promise<Permission> {
  if (limit === undefined) return true;
  const answer = await askApp(() => limit(context, demand));
  if (answer === true || answer instanceof NascError) return answer;
  const retryAfter = readRetryAfter(answer);
  if (retryAfter !== undefined) return limited(retryAfter);
  const { kind, type, id } = demand;
  throw new TypeError(
    `Cannot limit a request (${kind} of ${type}/${id}): limit returned ${describe(answer)}; ` +
      "return true, or { retryAfter } in milliseconds",
  );
}

function readRetryAfter(answer: unknown): number | undefined {
  if (typeof answer !== "object" || answer === null) return undefined;
  const { retryAfter } = own(answer as { readonly retryAfter?: unknown });
  const isTime = typeof retryAfter === "number" && retryAfter >= 0 && retryAfter < Infinity;
  return isTime ? retryAfter : undefined;
}
