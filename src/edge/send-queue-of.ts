import type { Address, Processor } from "../processor/mod.ts";
import { parseAddress } from "../processor/parse-message.ts";
import { checkedKey, deadKinds } from "../processor/processor.ts";
import type { DeadMessage, DeadOptions } from "../processor/send/dead-messages.ts";
import { parseLine } from "../processor/transfer/instance-line.ts";
import { failedOf, ObjectCalls } from "../router/objects/calls.ts";
import { type InstanceNamespace, namespaceKind } from "../router/objects/namespace.ts";
import { ownCall, type QueueCall, status } from "../router/objects/wire.ts";
import { checkOptions } from "../shared/check-options.ts";
import { systemClock } from "../shared/clock.ts";
import * as kind from "../shared/kinds.ts";

/** What one object has sent and could not deliver, as `process` has it of a store. */
export type ObjectSendQueue = Pick<Processor, "deadMessages" | "resend" | "discard">;

/**
 * Returns what reaches the send queue of one object: which of the messages of its instance were set aside, since their
 * receivers have refused them or kept failing, and what sends one again or deletes it. Its functions reject with a
 * `NascError` if the object does not answer.
 *
 * @throws {TypeError} if an argument is not what it should be
 *
 * @example Send again what an order could not deliver
 * ```ts
 * import { type InstanceNamespace, sendQueueOf } from "rian/edge";
 *
 * export async function sendAgain(env: { NASC: InstanceNamespace }, id: string): Promise<void> {
 *   const queue = sendQueueOf(env.NASC, { type: "Order", id });
 *   for (const { key } of await queue.deadMessages()) await queue.resend(key);
 * }
 * ```
 */
export function sendQueueOf(
  namespace: InstanceNamespace,
  { type, id }: Address,
): ObjectSendQueue {
  const action = "look into the send queue of an object";
  checkOptions(action, { namespace }, { namespace: namespaceKind });
  const address = parseAddress(type, id);
  const calls = new ObjectCalls(namespace, { clock: systemClock, random: Math.random });
  const ask = async (what: QueueCall["ask"]): Promise<string> => {
    const call: QueueCall = { ...ownCall(address), ask: what };
    // What was there once may not be there again.
    const isRepeatable = what.what === "dead";
    const response = await calls.ask<QueueCall>("queue", call, { isRepeatable });
    if (response.status === status.ok) return await response.text();
    throw (await failedOf(response)).cause;
  };
  return {
    async deadMessages(given: DeadOptions = {}) {
      const { options } = checkOptions("look for dead messages", { options: given }, {
        options: kind.optionsOf(deadKinds),
      });
      const text = await ask({ what: "dead", options: { ...options } });
      return text === ""
        ? []
        : text.split("\n").map((line) => parseLine(line).value as DeadMessage);
    },
    resend: async (key) => JSON.parse(await ask({ what: "resend", key: checkedKey(key) })),
    discard: async (key) => JSON.parse(await ask({ what: "discard", key: checkedKey(key) })),
  };
}
