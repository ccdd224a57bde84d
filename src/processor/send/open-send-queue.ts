import type { Clock } from "../../shared/clock.ts";
import { addressKey } from "../address.ts";
import { type InstanceStore, isAdapter } from "../open-instances.ts";
import type { EventErrorContext, ProcessContext } from "../options.ts";
import type { RawOutcome } from "../outcome.ts";
import type { SourceMemory } from "../process-memory.ts";
import { StoreCalls } from "../store-calls.ts";
import { type Deliver, type Delivery, isTaken, type Verdict, verdictOf } from "./delivery.ts";
import type { Elsewhere } from "./elsewhere.ts";
import { Outbox } from "./outbox.ts";
import type { QueuedMessage, StoredMessage } from "./queued-message.ts";
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
  /** How other instances than the sender itself are reached, or why they are not. Without it, they are in the store. */
  readonly elsewhere: Elsewhere | string | undefined;
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
  const { elsewhere } = options;
  if (typeof elsewhere === "string") return elsewhere;
  const calls = new StoreCalls(store.name, { clock, storageTimeout, late: memory.late });
  const outbox = new Outbox(store, {
    calls,
    report: (error) => report(error, { eventId: "send queue" }),
  });
  const deliverHere: Deliver = async ([stored], context) => {
    const { key, version, message } = stored!;
    // It was read just now.
    let isRead = true;
    const delivery: Delivery = {
      sender: message.sender,
      hops: message.hops,
      isPending() {
        if (!isRead) return outbox.isPending(stored!);
        isRead = false;
        return true;
      },
      received: [{ type: outboxType, key, delete: true, ifVersion: version }],
    };
    return [verdictOf(await options.receive(message, delivery, context))];
  };
  return new SendQueue({
    outbox,
    room: new Room(memory.waiting, (sender, most) => outbox.count(sender, most)),
    deliver: elsewhere ? deliverTo(elsewhere, { outbox, deliverHere }) : deliverHere,
    isElsewhere: elsewhere !== undefined,
    clock: elsewhere ? wakingClock(clock, elsewhere) : clock,
    random,
    patience: handlerTimeout + 3 * storageTimeout,
    background,
    report,
  });
}

/** Returns what delivers to other storages. What an instance sends to itself stays in its own. */
function deliverTo(
  elsewhere: Elsewhere,
  { outbox, deliverHere }: { readonly outbox: Outbox; readonly deliverHere: Deliver },
): Deliver {
  return async (messages, context) => {
    const [{ message: { sender, ...first } }] = messages as readonly [StoredMessage];
    const receiver = addressKey(first);
    if (receiver === addressKey(sender)) return await deliverHere(messages, context);
    // Two receivers whose long names look the same share a lane.
    const end = messages.findIndex(({ message }) => addressKey(message) !== receiver);
    const batch = end < 0 ? messages : messages.slice(0, end);
    const verdicts = await elsewhere.deliver(batch.map(({ message }) => message));
    const refused = verdicts.findIndex((verdict) => !isTaken(verdict));
    const taken = refused < 0 ? verdicts.length : refused;
    if (taken > 0) await outbox.remove(batch.slice(0, taken));
    const applied: Verdict[] = Array(taken).fill({ kind: "applied" });
    return [...applied, ...verdicts.slice(taken, taken + 1)];
  };
}

/** Returns a clock whose timers outlive the process: what they call is not called, but the queue is woken. */
function wakingClock(clock: Clock, elsewhere: Elsewhere): Clock {
  return {
    now: () => clock.now(),
    setTimeout: (_, milliseconds) => elsewhere.wakeAt(clock.now() + milliseconds),
    clearTimeout: () => {},
  };
}
