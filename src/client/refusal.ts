import type { ErrorPatch, Message } from "../processor/message.ts";

/** Returns the error of a message, or of a stream, whose failure the server did not describe. */
export function refusalOf(
  { type, instance, eventId }: Partial<Message>,
  code: string,
  message: string,
  fields?: ErrorPatch["fields"],
): ErrorPatch {
  return {
    action: "error",
    code,
    message,
    fields,
    eventId,
    type,
    instance,
  };
}
