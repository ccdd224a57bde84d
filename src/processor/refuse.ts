import { NascError } from "./errors.ts";
import type { ErrorPatch } from "./message.ts";
import type { EventErrorContext } from "./options.ts";
import { errorPatch } from "./patches.ts";

/** Is told errors whole. */
export type ErrorListener = (error: unknown, context: EventErrorContext) => void;

/** What a page may know of an error. What is not meant for people is logged whole. */
export function refuse(
  error: unknown,
  context: EventErrorContext,
  onError: ErrorListener | undefined,
): ErrorPatch {
  if (!(error instanceof NascError)) report(error, context, onError);
  return errorPatch(error, context);
}

/** Logs an error whole, even when the listener fails. */
export function report(
  error: unknown,
  context: EventErrorContext,
  onError: ErrorListener | undefined,
): void {
  try {
    (onError ?? log)(error, context);
  } catch (failure) {
    log(failure, context);
  }
}

function log(error: unknown, context: EventErrorContext): void {
  console.error("Nasc event failed", context, error);
}
