import type { Context, Env } from "hono";
import type { Address } from "../processor/address.ts";
import type { Failed } from "../processor/outcome.ts";
import type { Opened } from "./home.ts";
import { openScope, type OpenScopeOptions } from "./open-scope.ts";
import { failureResponse } from "./problem.ts";
import { Refusal } from "./refusal.ts";
import type { StreamScope } from "./scopes.ts";
import type { Sight } from "./sight.ts";

/** Follows instances that are requested together. Returns the response instead if all of them were refused. */
export async function openScopes<E extends Env>(
  context: Context<E>,
  scopes: readonly StreamScope[],
  shared: OpenScopeOptions<E>,
): Promise<readonly Opened[] | Response> {
  // At once: a storage that does not answer would hold the page for as long again with each.
  const settled = await Promise.allSettled(
    scopes.map((scope) => openScope(context, scope, shared)),
  );
  const opened = settled.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
  const refused = opened.filter((one) => !one.ok);
  return refused.length < opened.length ? opened : refusalOf(context, refused);
}

/** Returns what a page sees at first of what it has requested. */
export function firstSight({ type, id }: Address, opened: Opened): Sight {
  return opened.ok ? opened.sight : { kind: "refused", type, id, error: opened.error };
}

/** Returns the answer to a request of which everything was refused: the first that the app made, or else a problem. */
function refusalOf(context: Context, refused: readonly Failed[]): Response {
  const answered = refused.find(({ cause }) => cause instanceof Refusal && cause.response);
  return failureResponse(context, answered ?? refused[0]!);
}
