import type { Address } from "./address.ts";
import type { AttemptResult } from "./attempt-result.ts";
import { constraintRefusal, isConstraintError, isTaken } from "./constraint.ts";
import { diff } from "./diff.ts";
import { NascError } from "./errors.ts";
import { errorPatch, updatePatches } from "./make-patches.ts";
import type { ErrorPatch, Patch } from "./message.ts";
import type { EventErrorContext, ProcessorOptions } from "./options.ts";
import { reportError } from "./report-error.ts";

/** How one message ended. */
export type Outcome = Applied | Failed;

/** The outcome of a message that was run, now or when it was sent before. */
export interface Applied extends Address, Omit<AttemptResult, "changed"> {
  readonly ok: true;
  /** The sender's idempotency key, or a generated one. */
  readonly eventId: string;
}

/** The outcome of a message that was refused, or whose event failed. */
export interface Failed {
  readonly ok: false;
  /** What a page may learn of the reason. */
  readonly error: ErrorPatch;
  /** The reason itself, which no page gets. */
  readonly cause: unknown;
}

/** Returns the outcome of a message that an error ended. Reports the error unless it is meant for people. */
export function fail(
  error: unknown,
  context: EventErrorContext,
  options: Pick<ProcessorOptions, "onError">,
): Failed {
  if (isConstraintError(error)) {
    if (!isTaken(error)) reportError(error, context, options);
    return { ok: false, error: errorPatch(constraintRefusal(error), context), cause: error };
  }
  if (!(error instanceof NascError)) reportError(error, context, options);
  return { ok: false, error: errorPatch(error, context), cause: error };
}

/** Returns what protocol 1 says of an outcome. */
export function patchesOf(outcome: Outcome): Patch[] {
  if (!outcome.ok) return [outcome.error];
  const { before, state, schemas } = outcome;
  if (!state) {
    const { type, id, eventId } = outcome;
    return [errorPatch(new NascError("gone", "This was deleted"), { type, id, eventId })];
  }
  return [...schemas, ...updatePatches(outcome, diff(before, state))];
}
