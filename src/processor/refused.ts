import type { ConstraintError } from "../shared/errors.ts";
import { nameOf } from "../shared/check-options.ts";
import { isConstraintError } from "./constraint.ts";
import { NascError } from "./errors.ts";
import { partsOf } from "./handler-parts.ts";
import type { Handler, HandlerContext } from "./handlers.ts";

/** Options of {@link refusedBy}. */
export interface RefusedOptions {
  readonly handler: Handler;
  readonly context: HandlerContext;
  /** Receives an error that does not end the event. */
  readonly report: (error: unknown) => void;
}

/**
 * Returns what an error of a commit becomes: where a constraint has refused it, the `NascError` that the handler's
 * `refused` returns or throws, if it does; otherwise the error as it is.
 */
export function refusedBy(error: unknown, { handler, context, report }: RefusedOptions): unknown {
  const { refused } = partsOf(handler);
  if (!refused || !isConstraintError(error)) return error;
  const refusal = ask(refused, error, context);
  if (refusal instanceof NascError) return refusal;
  if (refusal instanceof Promise) refusal.catch(() => {});
  if (refusal !== undefined) {
    const what = refusal instanceof Error ? "it failed" : `it returned ${nameOf(refusal)}`;
    report(
      new TypeError(
        `Cannot ask refused of ${context.type}: ${what}; return a NascError or undefined`,
        { cause: refusal },
      ),
    );
  }
  return error;
}

function ask(
  refused: (error: ConstraintError, context: HandlerContext) => unknown,
  error: ConstraintError,
  context: HandlerContext,
): unknown {
  try {
    return refused(error, context);
  } catch (failure) {
    // It was thrown all the same, whatever it is.
    return failure ?? new Error("It threw nothing");
  }
}
