import type { Address } from "./address.ts";
import type { AttemptResult } from "./attempt-result.ts";
import { constraintRefusal, isConstraintError, isTaken } from "./constraint.ts";
import type { Revision } from "./epoch.ts";
import { NascError } from "./errors.ts";
import { errorPatch } from "./make-patches.ts";
import type { ErrorPatch, SchemaPatch } from "./message.ts";
import type { Step } from "./operations-between.ts";
import type { EventErrorContext, ProcessorOptions } from "./options.ts";
import type { Projected } from "./projection.ts";
import { reportError } from "./report-error.ts";

/** How one message ended. */
export type Outcome = Applied | Failed;

/** The outcome of a message that was run, now or when it was sent before: what its sender may see of it. */
export interface Applied extends Address, Revision {
  readonly ok: true;
  /** The sender's idempotency key, or a generated one. */
  readonly eventId: string;
  /** The revision before the event. */
  readonly base: number;
  /** The state before the event. Without one, the sender is shown the whole. */
  readonly before: object | undefined;
  /** What leads from there to what is shown, where that is known. */
  readonly step: Step | undefined;
  /** The state as the sender may see it, or why they see nothing of it. */
  readonly shown: Projected;
  /** After a mount, the schemas that the sender may see. */
  readonly schemas: readonly SchemaPatch[];
}

/** The outcome of a message before it is decided what its sender may see of it. */
export type RawOutcome = RawApplied | Failed;

/** What a message that was run ended in, with states that nobody may see as they are. */
export interface RawApplied extends Address, AttemptResult {
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

/** Returns the outcome of a message of which nothing can be shown, since the view has failed and was reported. */
export function viewFailure({ eventId, type, id }: Applied): Failed {
  const cause = new Error(`Cannot show ${type}: its view has failed`);
  return { ok: false, error: errorPatch(cause, { eventId, type, id }), cause };
}
