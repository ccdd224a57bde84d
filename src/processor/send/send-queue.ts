import { own } from "../../shared/own.ts";
import { type Address, addressKey } from "../address.ts";
import type { ProcessContext } from "../options.ts";
import { isClosed } from "../store-calls.ts";
import { Alarms } from "./alarms.ts";
import { type DeadMessage, deadMessage, type DeadOptions } from "./dead-messages.ts";
import { rescueDelay } from "./elsewhere.ts";
import { delays } from "./failures.ts";
import { Lanes, type LanesOptions, maxSilent } from "./lanes.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import { batchSize } from "./outbox.ts";
import { laneOf } from "./queue-keys.ts";
import type { Room } from "./room.ts";

/** What the timers wake beside lanes: the messages that were put off by their senders. */
const delayed = "";

/** Options of {@link SendQueue}. */
export interface SendQueueOptions extends Omit<LanesOptions, "alarms"> {
  readonly room: Room;
  /** Whether receivers are somewhere else than in the storage that answers whoever sends. */
  readonly isElsewhere: boolean;
  /** Takes work that no event waits for. */
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * Delivers what instances send to each other, in order for each pair. Whatever another process does with the same storage,
 * it delivers a message once, since whoever applies it takes it off the queue in the same commit.
 */
export class SendQueue {
  readonly #options: SendQueueOptions;
  readonly #alarms: Alarms<string>;
  readonly #lanes: Lanes;
  /** The bindings of the platform, as they were seen last. */
  #context: ProcessContext = {};
  /** Whether what other processes have left was looked for. */
  #knowsAll = false;

  constructor(options: SendQueueOptions) {
    this.#options = options;
    this.#alarms = new Alarms(options.clock, (lanes) => {
      options.background(this.#wake(new Set(lanes), this.#context));
    });
    this.#lanes = new Lanes({ ...options, alarms: this.#alarms });
  }

  /**
   * Refuses what an event sends if it is too much.
   *
   * @param hasSent Returns whether an instance has sent anything before.
   * @throws {NascError} `queue-full`
   */
  async assertRoom(
    messages: readonly OutgoingMessage[],
    hasSent: (sender: Address) => Promise<boolean>,
  ): Promise<void> {
    for (const { sender, count } of countsOf(messages)) {
      await this.#options.room.assertFor(sender, { count, hasSent: await hasSent(sender) });
    }
  }

  /** Delivers what an event has sent, once it was committed. */
  async sent(messages: readonly OutgoingMessage[], context: ProcessContext): Promise<void> {
    for (const { sender, count } of countsOf(messages)) this.#options.room.add(sender, count);
    const now = this.#options.clock.now();
    const lanes = new Set<string>();
    for (const message of messages) {
      if (message.delay) this.#sleepUntil(delayed, now + message.delay);
      else lanes.add(laneOf({ sender: message.sender, receiver: message }));
    }
    // Whoever sends more does not hurry a receiver that was not reached, unless it is as near as what was committed.
    for (const lane of this.#options.isElsewhere ? lanes : []) {
      if (this.#alarms.isAfter(lane, now)) lanes.delete(lane);
    }
    await this.#run(lanes, context);
  }

  /** Delivers what an instance has sent before. */
  async resume(sender: Address, context: ProcessContext): Promise<void> {
    await this.#run(await this.#options.outbox.lanesOf(sender), context);
  }

  /**
   * Delivers everything that waits and is due, by whichever process it was sent, and returns when there will be more to
   * do, in milliseconds since 1970.
   */
  async drain(context: ProcessContext): Promise<number | undefined> {
    const { outbox } = this.#options;
    await this.#promote();
    const lanes: string[] = [];
    for await (const lane of outbox.lanes()) {
      if (lanes.push(lane) < batchSize) continue;
      await this.#run(lanes.splice(0), context);
    }
    await this.#run(lanes, context);
    return this.#alarms.next;
  }

  /**
   * Delivers what is due, called by what outlives this process in place of a timer, and returns when to call it again, in
   * milliseconds since 1970, if there will be more to do. What another process has left, it finds at the first call.
   *
   * @param begin Called before anything is delivered, if anything is.
   */
  async wake(context: ProcessContext, begin: () => void): Promise<number | undefined> {
    const { clock, outbox } = this.#options;
    for await (const _ of outbox.lanes()) {
      begin();
      break;
    }
    if (this.#knowsAll) await this.#wake(new Set(this.#alarms.take(clock.now())), context);
    else await this.drain(context);
    this.#knowsAll = true;
    const { next } = this.#alarms;
    // A delivery that is under way sees to its lane, unless the process ends.
    const isBusy = this.#lanes.isBusy;
    return isBusy ? Math.min(next ?? Infinity, clock.now() + rescueDelay) : next;
  }

  /** Lets nothing wake any more. What waits is delivered by another process, or the next one. */
  stop(): void {
    this.#alarms.stop();
  }

  /** Returns messages that were set aside. */
  async dead({ after = "", limit = 100 }: DeadOptions): Promise<DeadMessage[]> {
    return (await this.#options.outbox.buried({ after, limit })).map(deadMessage);
  }

  /** Sends a message again that was set aside. Returns whether it was there. */
  async resend(key: string, context: ProcessContext = this.#context): Promise<boolean> {
    const { outbox, clock, background } = this.#options;
    const lane = await outbox.revive(key, clock.now());
    if (lane === undefined) return false;
    background(this.#run([lane], context));
    return true;
  }

  /** Deletes a message that was set aside. Returns whether it was there. */
  async discard(key: string): Promise<boolean> {
    return await this.#options.outbox.discard(key);
  }

  async #wake(lanes: Set<string>, context: ProcessContext): Promise<void> {
    if (lanes.delete(delayed)) {
      try {
        for (const lane of await this.#promote()) lanes.add(lane);
      } catch (error) {
        if (isClosed(error)) return this.stop();
        this.#options.report(error, { eventId: "send queue" });
        this.#sleepUntil(delayed, this.#options.clock.now() + delays.minDelay);
      }
    }
    await this.#run(lanes, context, maxSilent);
  }

  /** Puts what is due by now into its lanes, and returns those. */
  async #promote(): Promise<ReadonlySet<string>> {
    const { outbox, clock } = this.#options;
    const now = clock.now();
    const { lanes, next } = await outbox.promote(now);
    if (next !== undefined) this.#alarms.set(delayed, next);
    else this.#alarms.deleteDue(delayed, now);
    return lanes;
  }

  #sleepUntil(sleeper: string, time: number): void {
    const { next } = this.#alarms;
    if (sleeper !== delayed || next === undefined || time < next) this.#alarms.set(sleeper, time);
  }

  async #run(
    lanes: Iterable<string>,
    { env, waitUntil }: ProcessContext,
    silent: number = 0,
  ): Promise<void> {
    // Whoever has sent the event of the sender has sent none of those that follow from it.
    const context = own({ env, ...(waitUntil && { waitUntil }) });
    this.#context = own({ env });
    await this.#lanes.deliver(lanes, context, silent);
  }
}

/** Returns how many messages each sender sends. */
function countsOf(
  messages: readonly OutgoingMessage[],
): Iterable<{ readonly sender: Address; readonly count: number }> {
  const counts = new Map<string, { readonly sender: Address; readonly count: number }>();
  for (const { sender } of messages) {
    const key = addressKey(sender);
    counts.set(key, { sender, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return counts.values();
}
