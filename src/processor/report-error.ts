import { own } from "../shared/own.ts";
import type { EventErrorContext, ProcessorOptions } from "./options.ts";

/** Passes an error, in full, to the `onError` of the options, or logs it if there is none or it fails too. */
export function reportError(
  error: unknown,
  context: EventErrorContext,
  options: Pick<ProcessorOptions, "onError">,
): void {
  const { onError = log } = own(options);
  // One that is async may reject, which would end a process of Node.
  new Promise((resolve) => resolve(onError(error, context)))
    .catch((failure) => log(failure, context));
}

function log(error: unknown, context: EventErrorContext): void {
  console.error("Nasc event failed", context, error);
}
