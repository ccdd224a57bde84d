import type { Context, Env } from "hono";
import type { ProcessContext } from "../processor/mod.ts";
import { fail } from "../processor/outcome.ts";
import { systemClock } from "../shared/clock.ts";
import { askAuthorize } from "./authorize.ts";
import type { Opened, OpenOptions } from "./home.ts";
import type { NascOptions } from "./options.ts";
import { permissionInTime } from "./permission-in-time.ts";
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
  const { clock = systemClock, reauthorize = minute, onError } = options;
  const allowed = asked instanceof Promise
    ? await permissionInTime(asked, {
      clock,
      // As long as when it is asked again.
      milliseconds: reauthorize,
      question: `to show ${type}/${id}`,
      option: "reauthorize",
      about: { eventId: "stream", type, id },
      onError,
    })
    : asked;
  if (allowed === true) return await open(scope, { context: outside, have });
  return fail(allowed, { eventId: crypto.randomUUID(), type, id }, options);
}
