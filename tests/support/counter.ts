import type { Handlers, Message, Patch } from "../../mod.ts";

/** The smallest type with state: events that the tests of the processor and of the adapters send. */
export const counterHandlers: Handlers = {
  Counter: {
    mount: () => ({ count: 0 }),
    add: (amount: number, state: { count: number }) => ({ ...state, count: state.count + amount }),
  },
};

/** A message to the counter called `visits`, with parts replaced. */
export function counterMessage(parts: Partial<Message> = {}): Message {
  return { type: "Counter", instance: "visits", event: "add", payload: 1, ...parts };
}

/** The error code that patches carry, if they do. */
export function errorCode(patches: readonly Patch[]): string | undefined {
  return patches.find((patch) => patch.action === "error")?.code;
}
