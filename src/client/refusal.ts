import type { ErrorPatch, Message } from "../processor/message.ts";

/** Returns the error of a message whose failure the server did not describe. */
export function refusalOf(
  { type, instance, eventId }: Message,
  code: string,
  message: string,
): ErrorPatch {
  return { action: "error", code, message, eventId, type, instance };
}
