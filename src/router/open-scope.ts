import type { Context, Env } from "hono";
import type { Address, ProcessContext } from "../processor/mod.ts";
import { fail } from "../processor/outcome.ts";
import type { Permission } from "../processor/permission.ts";
import { reportError } from "../processor/report-error.ts";
import { pause, systemClock } from "../shared/clock.ts";
import { askAuthorize } from "./authorize.ts";
import type { Opened, OpenOptions } from "./home.ts";
import type { NascOptions } from "./options.ts";
import { Refusal } from "./refusal.ts";
import type { StreamScope } from "./scopes.ts";

const minute = 60_000;

/** Options of {@link openScope}. */
export interface OpenScopeOptions<E extends Env> {
  readonly options: NascOptions<E>;
  readonly outside: ProcessContext;
  /** Lets a viewer follow it. */
  readonly open: (scope: StreamScope, options: OpenOptions) => Promise<Opened>;
}

/** Follows an instance for a page if the app allows it, and returns what the page sees of it at first. */
export async function openScope<E extends Env>(
  context: Context<E>,
  scope: StreamScope,
  { options, outside, open }: OpenScopeOptions<E>,
): Promise<Opened> {
  const { type, id, have } = scope;
  const asked = askAuthorize(context, options, { type, id, event: "mount" });
  const allowed = asked instanceof Promise ? await inTime(asked, scope, options) : asked;
  if (allowed === true) return await open(scope, { context: outside, have });
  return fail(allowed, { eventId: crypto.randomUUID(), type, id }, options);
}

/** Returns a permission or, if it takes as long as a stream waits when it asks again, a refusal that may be over soon. */
async function inTime<E extends Env>(
  asked: Promise<Permission>,
  { type, id }: Address,
  options: NascOptions<E>,
): Promise<Permission> {
  const { clock = systemClock, reauthorize = minute } = options;
  const answered = new AbortController();
  const late = pause(reauthorize, { clock, signal: answered.signal });
  try {
    const allowed = await Promise.race([asked, late]);
    if (allowed !== undefined) return allowed;
  } finally {
    answered.abort();
  }
  const problem = `no answer within ${reauthorize} ms; raise reauthorize if it is that slow`;
  const error = new Error(`Cannot ask authorize to show ${type}/${id}: ${problem}`);
  reportError(error, { eventId: "stream", type, id }, options);
  return new Refusal("timeout", "This takes too long; it is safe to try again", { status: 503 });
}
