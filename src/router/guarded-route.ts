import type { Context, Env } from "hono";
import type { RunningWork } from "../processor/running-work.ts";
import { crossOriginHeaders } from "./cross-origin.ts";
import { assertOwnHost, type Hosts } from "./hosts.ts";
import { protect, protectResponse, share } from "./protection.ts";
import { assertSameOrigin } from "./same-origin.ts";

/** Options of {@link guardedRoute}. */
export interface GuardOptions<E extends Env> {
  readonly hosts: Hosts;
  readonly origins: readonly string[];
  /** Called at each request. */
  readonly warn: () => void;
  /** Answers what the route throws. */
  readonly answer: (error: unknown, context: Context<E>) => Promise<Response>;
  /** What is under way, to which each request belongs. */
  readonly work: RunningWork;
}

/**
 * Guards a route as the middlewares before the others do, in the same order and with the same headers, at a fraction of
 * their cost: its responses are made with all of their headers, and not changed afterwards.
 */
export function guardedRoute<E extends Env>(
  route: (context: Context<E>) => Promise<Response>,
  { hosts, origins, warn, answer, work }: GuardOptions<E>,
): (context: Context<E>) => Promise<Response> {
  return async (context) => {
    work.begin();
    try {
      protect(context);
      warn();
      assertOwnHost(context, hosts);
      if (origins.length > 0) share(context, crossOriginHeaders(context, origins));
      assertSameOrigin(context, { origins, hosts });
      return protectResponse(context, await route(context));
    } catch (error) {
      // As Hono does, for a middleware of the app that logs it.
      if (error instanceof Error) context.error = error;
      return protectResponse(context, await answer(error, context));
    } finally {
      work.end();
    }
  };
}
