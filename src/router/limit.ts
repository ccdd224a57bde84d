import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import type { Permission } from "../processor/permission.ts";
import { describe } from "../shared/describe.ts";
import { own } from "../shared/own.ts";
import type { Demand, NascOptions } from "./options.ts";
import { askApp, limited } from "./refusal.ts";

/**
 * Asks `limit` whether a request may do this now, if there is one.
 *
 * @returns `true`, or what refuses it.
 * @throws {TypeError} if `limit` returns anything but true or a time to wait
 */
export function askLimit<E extends Env>(
  context: Context<E>,
  { limit }: NascOptions<E>,
  demand: Demand,
): Permission | Promise<Permission> {
  return limit === undefined ? true : answered(() => limit(context, demand), demand);
}

async function answered(ask: () => unknown, demand: Demand): Promise<Permission> {
  const answer = await askApp(ask);
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
