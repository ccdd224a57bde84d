import type { Handlers, Message, Patch } from "../../mod.ts";
import type { InstanceFrame } from "../../src/processor/frames.ts";

/** The handlers of the smallest type with state. Tests of the processor and of the adapters send its events. */
export const counterHandlers: Handlers = {
  Counter: {
    mount: () => ({ count: 0 }),
    add: (amount: number, state: { count: number }) => ({ ...state, count: state.count + amount }),
  },
};

/** Returns a message to the counter `visits`, with some parts replaced. */
export function counterMessage(parts: Partial<Message> = {}): Message {
  return { type: "Counter", instance: "visits", event: "add", payload: 1, ...parts };
}

/** Something that a processor says to a sender, in either protocol. */
type Said = { readonly action: string };

/** Returns the error code that patches or frames carry, if any; `"gone"` for a frame that says so. */
export function errorCode(said: readonly Said[]): string | undefined {
  const gone = said.find(({ action }) => action === "gone");
  return gone ? "gone" : (said as readonly Patch[]).find((each) => each.action === "error")?.code;
}

/** Returns the count that a counter has by what its sender is told: one patch of protocol 1, or one frame. */
export function countOf(said: readonly Said[]): unknown {
  const [first] = said as readonly (Patch | InstanceFrame)[];
  switch (first?.action) {
    case "bindUpdate":
      return first.value;
    case "snapshot":
      return first.state.count;
    case "patch":
      return (first.ops as readonly { readonly value?: unknown }[])[0]?.value;
    default:
      return undefined;
  }
}
