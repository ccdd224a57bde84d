import type { Clock } from "../../shared/clock.ts";
import { type InstanceStore, isAdapter } from "../open-instances.ts";
import type { EventErrorContext, ProcessContext } from "../options.ts";
import type { RawOutcome } from "../outcome.ts";
import type { SourceMemory } from "../process-memory.ts";
import { StoreCalls } from "../store-calls.ts";
import { type Deliver, type Delivery, verdictOf } from "./delivery.ts";
import { Outbox } from "./outbox.ts";
import type { QueuedMessage } from "./queued-message.ts";
import { Room } from "./room.ts";
import { SendQueue } from "./send-queue.ts";
import { outboxType } from "../side-types.ts";

/** Options of {@link openSendQueue}. Durations are in milliseconds. */
export interface OpenSendQueueOptions {
  readonly memory: SourceMemory;
  readonly clock: Clock;
  readonly random: () => number;
  readonly storageTimeout: number;
  readonly handlerTimeout: number;
  readonly background: (work: Promise<unknown>) => void;
  readonly report: (error: unknown, context: EventErrorContext) => void;
  /** Runs the event of a message. */
  readonly receive: (
    message: QueuedMessage,
    delivery: Delivery,
    context: ProcessContext,
  ) => Promise<RawOutcome>;
}

/** Returns the send queue of a store, or why it can have none. */
export function openSendQueue(
  store: InstanceStore,
  options: OpenSendQueueOptions,
): SendQueue | string {
  if (!isAdapter(store)) {
    return "the store cannot commit a message with an event; use an adapter, such as SqliteStore, D1Store, " +
      "DurableObjectStore, DenoKvStore or MemoryStore";
  }
  if (store.capabilities.conditional === "none") {
    return `${store.name} has no compare-and-set, so the message could be lost or come twice; ` +
      "use D1 or a Durable Object";
  }
  const { memory, clock, random, storageTimeout, handlerTimeout, background, report } = options;
  const calls = new StoreCalls(store.name, { clock, storageTimeout, late: memory.late });
  const outbox = new Outbox(store, {
    calls,
    report: (error) => report(error, { eventId: "send queue" }),
  });
  const deliver: Deliver = async (stored, context) => {
    const { key, version, message } = stored;
    // It was read just now.
    let isRead = true;
    const delivery: Delivery = {
      sender: message.sender,
      hops: message.hops,
      isPending() {
        if (!isRead) return outbox.isPending(stored);
        isRead = false;
        return true;
      },
      received: [{ type: outboxType, key, delete: true, ifVersion: version }],
    };
    return verdictOf(await options.receive(message, delivery, context));
  };
  return new SendQueue({
    outbox,
    room: new Room(memory.waiting, (sender, most) => outbox.count(sender, most)),
    deliver,
    clock,
    random,
    patience: handlerTimeout + 3 * storageTimeout,
    background,
    report,
  });
}
