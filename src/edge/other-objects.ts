import type { Verdict } from "../processor/send/delivery.ts";
import type { QueuedMessage } from "../processor/send/queued-message.ts";
import { outboxType } from "../processor/side-types.ts";
import { formatLine } from "../processor/transfer/instance-line.ts";
import { type CallOptions, failedOf, ObjectCalls } from "../router/objects/calls.ts";
import type { InstanceNamespace } from "../router/objects/namespace.ts";
import { type DeliverCall, ownCall, status } from "../router/objects/wire.ts";

/** The objects of other instances, as one object reaches them. */
export class OtherObjects {
  readonly #calls: ObjectCalls;

  constructor(namespace: InstanceNamespace, options: CallOptions) {
    this.#calls = new ObjectCalls(namespace, options);
  }

  /** Hands messages to the object of their one receiver, and returns what became of them. */
  async deliver(messages: readonly QueuedMessage[]): Promise<readonly Verdict[]> {
    const { type, id } = messages[0]!;
    const lines = messages.map((message) => {
      return formatLine({ type: outboxType, key: message.eventId, value: { ...message } });
    });
    const call: DeliverCall = { ...ownCall({ type, id }), messages: lines };
    const response = await this.#calls.ask("deliver", call, { isRepeatable: true });
    if (response.status !== status.ok) throw (await failedOf(response)).cause;
    return JSON.parse(await response.text());
  }
}
