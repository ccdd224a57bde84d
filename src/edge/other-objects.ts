import type { Verdict } from "../processor/send/delivery.ts";
import type { QueuedMessage } from "../processor/send/queued-message.ts";
import { outboxType } from "../processor/side-types.ts";
import { formatLine } from "../processor/transfer/instance-line.ts";
import { type CallOptions, failedOf, ObjectCalls } from "../router/objects/calls.ts";
import { type InstanceNamespace, namespaceKind } from "../router/objects/namespace.ts";
import { type DeliverCall, ownCall, status } from "../router/objects/wire.ts";
import { checkOptions } from "../shared/check-options.ts";

/** The objects of other instances, as one object reaches them. */
export class OtherObjects {
  readonly #namespaceOf: () => InstanceNamespace;
  readonly #options: CallOptions;
  #calls: ObjectCalls | undefined;

  constructor(namespaceOf: () => InstanceNamespace, options: CallOptions) {
    this.#namespaceOf = namespaceOf;
    this.#options = options;
  }

  /** Hands messages to the object of their one receiver, and returns what became of them. */
  async deliver(messages: readonly QueuedMessage[]): Promise<readonly Verdict[]> {
    const { type, id } = messages[0]!;
    const lines = messages.map((message) => {
      return formatLine({ type: outboxType, key: message.eventId, value: { ...message } });
    });
    const call: DeliverCall = { ...ownCall({ type, id }), messages: lines };
    this.#calls ??= new ObjectCalls(this.#namespace(), this.#options);
    const response = await this.#calls.ask("deliver", call, { isRepeatable: true });
    if (response.status !== status.ok) throw (await failedOf(response)).cause;
    return JSON.parse(await response.text());
  }

  #namespace(): InstanceNamespace {
    const { instances } = checkOptions(
      "send to another object",
      { instances: this.#namespaceOf() },
      { instances: namespaceKind },
    );
    return instances;
  }
}
