import { diff } from "../processor/diff.ts";
import { gonePatch, updatePatches } from "../processor/make-patches.ts";
import type { Frame } from "../processor/message.ts";
import { toWire } from "../processor/to-wire.ts";
import { type Encoded, encodeEvent } from "./encoded.ts";
import type { Protocol } from "./protocol.ts";
import type { Sight } from "./sight.ts";

/** A {@link Frame} with the name of its server-sent event. */
export interface NamedFrame extends Frame {
  readonly event: "snapshot" | "message";
}

/** Protocol 1: the whole value of each property that has changed. */
export const protocol1: Protocol = {
  hello: ({ heartbeat }) => encodeEvent(JSON.stringify({ heartbeat }), "hello"),
  sight(sight) {
    if (sight.kind === "framed") return sight.encoded;
    const named = namedFrame(sight);
    if (named === undefined) return undefined;
    const { event, ...frame } = named;
    return encodeEvent(toWire(frame), event);
  },
  beat: () => encodeEvent("", "heartbeat"),
  farewell: (last) => encodeEvent("", last),
};

/** Returns the frame of what is seen. A deleted instance stays as it was shown. */
export function namedFrame(sight: Sight): NamedFrame | undefined {
  const { type, id: instance } = sight;
  const message = { event: "message", type, instance, rev: 0 } as const;
  switch (sight.kind) {
    case "shown":
      return shownFrame(sight);
    case "gone":
      return sight.code === "deleted"
        ? undefined
        : { ...message, patches: [gonePatch(sight, sight.code)] };
    case "refused":
      return { ...message, patches: [sight.error] };
    case "said":
      return { ...message, patches: sight.patches };
    case "framed":
      return sight.encoded && readNamedFrame(sight.encoded);
    case "left":
      return undefined;
  }
}

/** Returns the frame that an event holds. */
export function readNamedFrame({ name, text }: Encoded): NamedFrame {
  return { event: name === "snapshot" ? "snapshot" : "message", ...JSON.parse(text) };
}

function shownFrame(sight: Extract<Sight, { readonly kind: "shown" }>): NamedFrame {
  const { type, id, told, now, schemas } = sight;
  const { rev, projection } = now;
  const changed = diff(told?.projection, projection);
  const patches = [...schemas, ...updatePatches({ type, id, rev }, changed)];
  return { event: told ? "message" : "snapshot", type, instance: id, rev, patches };
}
