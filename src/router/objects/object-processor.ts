import type { Patch, ProcessContext } from "../../processor/mod.ts";
import type { ProcessorOptions } from "../../processor/options.ts";
import { fail } from "../../processor/outcome.ts";
import { parseMessage } from "../../processor/parse-message.ts";
import { own } from "../../shared/own.ts";
import { ObjectAnswer } from "./object-answer.ts";
import type { ObjectHome } from "./object-home.ts";

/**
 * Runs one message of the server in the object of its instance, and returns what its sender is to see, as it travels. It
 * rejects with nothing but what `homeOf` throws: what else went wrong is an `error` patch.
 */
export async function processInObject(
  homeOf: () => ObjectHome,
  message: unknown,
  { context = {}, ...options }: Pick<ProcessorOptions, "onError"> & {
    readonly context?: ProcessContext | undefined;
  },
): Promise<readonly Patch[]> {
  const home = homeOf();
  const eventId = crypto.randomUUID();
  try {
    const outcome = await home.runInternal(parseMessage(message), own(context));
    if (outcome instanceof ObjectAnswer) return outcome.body.patches ?? [];
    return [outcome.error];
  } catch (error) {
    return [fail(error, { eventId }, options).error];
  }
}
