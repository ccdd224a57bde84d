import type { ErrorPatch, Message } from "../processor/message.ts";

/** Returns the error of a message that got no error from the server. */
export function refusalOf(
  { type, instance, eventId }: Message,
  code: string,
  message: string,
): ErrorPatch {
  return { action: "error", code, message, eventId, type, instance };
}
