import type { EventErrorContext, ProcessorOptions } from "./options.ts";

/** Passes an error, in full, to the `onError` of the options, or logs it if there is none or it fails too. */
export function reportError(
  error: unknown,
  context: EventErrorContext,
  { onError = log }: Pick<ProcessorOptions, "onError">,
): void {
  try {
    onError(error, context);
  } catch (failure) {
    log(failure, context);
  }
}

function log(error: unknown, context: EventErrorContext): void {
  console.error("Nasc event failed", context, error);
}
