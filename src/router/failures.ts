import type { Context, Env, Hono } from "hono";
import { fail } from "../processor/outcome.ts";
import type { NascOptions } from "./options.ts";
import { failureResponse } from "./problem.ts";
import { asRefusal } from "./refusal.ts";
import { leaveBody } from "./unread-body.ts";

/** Answers what was thrown at a request: a refusal as it is, anything else as an internal error. */
type FailureAnswer<E extends Env> = (error: unknown, context: Context<E>) => Promise<Response>;

/** Returns what answers the failures of routes with these options. */
export function failureAnswer<E extends Env>(options: NascOptions<E>): FailureAnswer<E> {
  return async (error, context) => {
    const headers = await leaveBody(context);
    const failed = fail(asRefusal(error), { eventId: crypto.randomUUID() }, options);
    return failureResponse(context, failed, headers);
  };
}

/** Answers whatever the routes of an app throw from here on. */
export function answerFailures<E extends Env>(app: Hono<E>, answer: FailureAnswer<E>): void {
  app.onError(answer);
  app.use(async (context, next) => {
    try {
      await next();
    } catch (thrown) {
      // Hono gives only errors to its onError, and an app may throw anything.
      context.res = await answer(thrown, context);
    }
  });
}
