import { NascError } from "./errors.ts";
import type { ErrorPatch } from "./message.ts";
import type { EventErrorContext } from "./options.ts";
import { errorPatch } from "./patches.ts";

/** Is told errors whole. */
export type ErrorListener = (error: unknown, about: EventErrorContext) => void;

/** What a page may know of an error. What is not meant for people is logged whole. */
export function refuse(
  error: unknown,
  about: EventErrorContext,
  onError: ErrorListener | undefined,
): ErrorPatch {
  if (!(error instanceof NascError)) report(error, about, onError);
  return errorPatch(error, about);
}

/** Logs an error whole, even when the listener fails. */
export function report(
  error: unknown,
  about: EventErrorContext,
  onError: ErrorListener | undefined,
): void {
  try {
    (onError ?? log)(error, about);
  } catch (failure) {
    log(failure, about);
  }
}

function log(error: unknown, about: EventErrorContext): void {
  console.error("Nasc event failed", about, error);
}
