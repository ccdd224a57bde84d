import type { GoneFrame } from "../processor/frames.ts";
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

/** Returns why nothing is shown of an instance any longer. */
export function refusalOfGone({ code, type, instance }: GoneFrame): ErrorPatch {
  const message = code === "forbidden" ? "You may not see this" : "This is no longer there";
  return refusalOf({ type, instance }, code, message);
}
