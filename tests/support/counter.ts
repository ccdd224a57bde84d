import type { Handlers, Message, Patch } from "../../mod.ts";

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

/** Returns the error code that patches carry, if any. */
export function errorCode(patches: readonly Patch[]): string | undefined {
  return patches.find((patch) => patch.action === "error")?.code;
}
