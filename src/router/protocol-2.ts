import {
  type ClosedFrame,
  type ErrorFrame,
  type HelloFrame,
  protocolVersion,
} from "../processor/frames.ts";
import { goneFrame, instanceFrame } from "../processor/instance-frames.ts";
import type { ErrorPatch } from "../processor/message.ts";
import { toWire } from "../processor/to-wire.ts";
import { type Encoded, encodeEvent } from "./encoded.ts";
import type { Protocol } from "./protocol.ts";
import { encodeShared } from "./shared-frames.ts";
import type { RefusedSight, Sight } from "./sight.ts";

/** Protocol 2: the operations that lead from what a page has to what is now, one JSON object a message. */
export const protocol2: Protocol = {
  hello: (hello) =>
    encodeFrame({ action: "hello", protocol: protocolVersion, ...hello } satisfies HelloFrame),
  sight: encodeSight,
  beat: () => encodeFrame({ action: "beat" }),
  farewell: (last) => encodeFrame({ action: last }),
};

function encodeSight(sight: Sight): Encoded | undefined {
  switch (sight.kind) {
    case "shown":
      return sight.isShared && sight.eventIds.length === 0
        ? encodeShared(sight, sight)
        : encodeFrame(instanceFrame(sight, sight));
    case "gone":
      return encodeFrame(goneFrame(sight, sight.code));
    case "refused":
      return encodeFrame(errorFrame(sight.error, sight));
    case "framed":
      return sight.encoded;
    case "left":
      return encodeFrame(
        { action: "closed", type: sight.type, instance: sight.id } satisfies ClosedFrame,
      );
    case "said":
      return undefined;
  }
}

function errorFrame(
  { code, message, eventId }: ErrorPatch,
  { type, id, retryAfter }: RefusedSight,
): ErrorFrame {
  return {
    action: "error",
    type,
    instance: id,
    code,
    message,
    ...(eventId !== undefined && { eventId }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

function encodeFrame(frame: object): Encoded {
  return encodeEvent(toWire(frame));
}
