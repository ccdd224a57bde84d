import { backoff, type Clock } from "../../shared/clock.ts";
import { own } from "../../shared/own.ts";
import { type Address, addressKey } from "../address.ts";
import type { EventErrorContext, ProcessContext } from "../options.ts";
import { isClosed } from "../store-calls.ts";
import { Alarms } from "./alarms.ts";
import { type DeadMessage, deadMessage, type DeadOptions } from "./dead-messages.ts";
import type { Deliver, Verdict } from "./delivery.ts";
import { rescueDelay } from "./elsewhere.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import { batchSize, type Outbox } from "./outbox.ts";
import { laneOf } from "./queue-keys.ts";
import type { StoredMessage } from "./queued-message.ts";
import type { Room } from "./room.ts";

/** How many times a message may fail at its receiver before it is dead. */
export const maxAttempts = 10;
/** How many times its event may be unknown: for some 20 minutes, by when another version of the app is deployed. */
export const maxUnknown = 16;
/** How many lanes are delivered at once. */
const width = 6;
/** How many messages of a lane are read first: mostly there is one. */
const firstBatch = 4;
/** How often in a row a timer may find no storage before that is reported: it may just have been closed. */
const maxSilent = 3;
/** How often in a row a lane may look as it did before another has changed it, as a replica that is behind shows it. */
const maxStale = 3;
const delays = { minDelay: 1_000, maxDelay: 300_000 };

/** What the timers wake beside lanes: the messages that were put off by their senders. */
const delayed = "";

/** Options of {@link SendQueue}. */
export interface SendQueueOptions {
  readonly outbox: Outbox;
  readonly room: Room;
  readonly deliver: Deliver;
  /** Whether receivers are somewhere else than in the storage that answers whoever sends. */
  readonly isElsewhere: boolean;
  readonly clock: Clock;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
  /** How long one delivery may take, in milliseconds. */
  readonly patience: number;
  /** Takes work that no event waits for. */
  readonly background: (work: Promise<unknown>) => void;
  readonly report: (error: unknown, context: EventErrorContext) => void;
}

const unreached: Verdict = { kind: "unreached" };

/** A lane that is being delivered. */
interface Flight {
  /** When it has ended at the latest. A platform may cancel a request midway, and then nothing of it goes on. */
  until: number;
  /** Whether something was added since the lane was read. */
  isBehind: boolean;
}

/** How a lane goes on: with the next message, from what is stored now, or later. */
type Course = "next" | "again" | "later";

/**
 * Delivers what instances send to each other, in order for each pair. Whatever another process does with the same storage,
 * it delivers a message once, since whoever applies it takes it off the queue in the same commit.
 */
export class SendQueue {
  readonly #options: SendQueueOptions;
  readonly #flights = new Map<string, Flight>();
  /** How many times in a row a lane's receiver was not reached. */
  readonly #unreached = new Map<string, number>();
  readonly #alarms: Alarms<string>;
  /** The bindings of the platform, as they were seen last. */
  #context: ProcessContext = {};
  /** Whether what other processes have left was looked for. */
  #knowsAll = false;

  constructor(options: SendQueueOptions) {
    this.#options = options;
    this.#alarms = new Alarms(options.clock, (lanes) => {
      options.background(this.#wake(new Set(lanes), this.#context));
    });
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
    const isBusy = this.#flights.size > 0;
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
        this.#report(error);
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
    const all = [...lanes];
    const work = async () => {
      for (let lane = all.shift(); lane !== undefined; lane = all.shift()) {
        await this.#runLane(lane, context, silent);
      }
    };
    await Promise.all(Array.from({ length: Math.min(width, all.length) }, work));
  }

  /** Delivers a lane, unless that is under way: then it goes on with what was added. */
  async #runLane(lane: string, context: ProcessContext, silent: number): Promise<void> {
    const { clock, patience } = this.#options;
    const other = this.#flights.get(lane);
    if (other && other.until > clock.now()) {
      other.isBehind = true;
      return;
    }
    const flight: Flight = { until: clock.now() + patience, isBehind: false };
    this.#flights.set(lane, flight);
    this.#alarms.delete(lane);
    try {
      do {
        flight.isBehind = false;
        await this.#deliverAll(lane, flight, context);
      } while (flight.isBehind);
    } catch (error) {
      if (isClosed(error)) return this.stop();
      // The storage did not answer.
      if ((this.#unreached.get(lane) ?? 0) >= silent) this.#report(error);
      this.#retry(lane);
    } finally {
      if (this.#flights.get(lane) === flight) this.#flights.delete(lane);
    }
  }

  async #deliverAll(lane: string, flight: Flight, context: ProcessContext): Promise<void> {
    const { outbox, clock, patience } = this.#options;
    let stale = 0;
    for (let limit = firstBatch;; limit = batchSize) {
      const { messages, hasMore } = await outbox.lane(lane, limit);
      let course: Course = "next";
      for (let rest = messages; rest.length > 0 && course === "next";) {
        const now = clock.now();
        // Later than the longest pause, it was put off by a clock that was ahead.
        const latest = now + delays.maxDelay;
        const off = rest.findIndex(({ message: { after = 0 } }) => after > now && after <= latest);
        if (off === 0) return this.#alarms.set(lane, rest[0]!.message.after!);
        const due = off < 0 ? rest : rest.slice(0, off);
        flight.until = now + patience * due.length;
        let settled = 0;
        for (const verdict of await this.#verdicts(lane, due, context)) {
          course = await this.#settle(lane, due[settled++]!, verdict);
          if (course !== "next") break;
          stale = 0;
        }
        if (course === "later") return;
        rest = rest.slice(settled);
      }
      if (course === "again" && ++stale > maxStale) return this.#retry(lane);
      if (course === "next" && !hasMore) return;
    }
  }

  /** Does what has become of a message. */
  async #settle(lane: string, stored: StoredMessage, verdict: Verdict): Promise<Course> {
    if (verdict.kind === "unreached") {
      this.#retry(lane);
      return "later";
    }
    this.#unreached.delete(lane);
    if (verdict.kind === "applied") return "next";
    if (verdict.kind === "settled") return "again";
    const attempts = (stored.message.attempts ?? 0) + 1;
    const most = { refused: 1, failed: maxAttempts, unknown: maxUnknown }[verdict.kind];
    const isDead = attempts >= most;
    if (!isDead && verdict.kind === "unknown" && attempts === 1) this.#reportUnknown(stored);
    return isDead
      ? await this.#bury(stored, attempts, verdict)
      : await this.#putOff(lane, stored, attempts);
  }

  /** Delivers the first of some messages, and returns what became of them: of one at least. */
  async #verdicts(
    lane: string,
    messages: readonly StoredMessage[],
    context: ProcessContext,
  ): Promise<readonly Verdict[]> {
    try {
      const verdicts = await this.#options.deliver(messages, context);
      return verdicts.length > 0 ? verdicts : [unreached];
    } catch (error) {
      // One that was ended just now is mostly there at the next attempt.
      if ((this.#unreached.get(lane) ?? 0) >= maxSilent) this.#report(error, messages[0]);
      return [unreached];
    }
  }

  async #putOff(lane: string, stored: StoredMessage, attempts: number): Promise<Course> {
    const { outbox, clock, random } = this.#options;
    const after = clock.now() + Math.ceil(backoff(attempts, { ...delays, random }));
    if (!await outbox.putOff(stored, { attempts, after })) return "again";
    this.#alarms.set(lane, after);
    return "later";
  }

  async #bury(
    stored: StoredMessage,
    attempts: number,
    { code, message }: { readonly code: string; readonly message: string },
  ): Promise<Course> {
    const { outbox, clock } = this.#options;
    const { type, id, event, sender } = stored.message;
    const death = { code, message, time: clock.now() };
    const counted = { ...stored, message: { ...stored.message, attempts } };
    if (!await outbox.bury(counted, death)) return "again";
    const problem = new Error(
      `Cannot deliver ${type}.${event} to ${type}/${id} from ${sender.type}/${sender.id}: it was ` +
        `${attempts > 1 ? `tried ${attempts} times and ` : ""}refused as ${code}, ${message}; ` +
        "deadMessages lists it, and resend sends it again",
    );
    this.#report(problem, stored);
    return "next";
  }

  /** Reports an event that is unknown so far: at once, since its name may be misspelt. */
  #reportUnknown(stored: StoredMessage): void {
    const { type, id, event, sender } = stored.message;
    const problem = new Error(
      `Cannot deliver ${type}.${event} to ${type}/${id} from ${sender.type}/${sender.id} yet: this ` +
        "process has no such event; it is tried for some 20 minutes, in case another version of the app has it",
    );
    this.#report(problem, stored);
  }

  /** Lets a lane wait after its receiver was not reached. */
  #retry(lane: string): void {
    const { clock, random } = this.#options;
    const times = (this.#unreached.get(lane) ?? 0) + 1;
    this.#unreached.set(lane, times);
    this.#alarms.set(lane, clock.now() + Math.ceil(backoff(times, { ...delays, random })));
  }

  #report(error: unknown, stored?: StoredMessage): void {
    const { eventId = "send queue", type, id, event } = stored?.message ?? {};
    const message = stored?.message;
    this.#options.report(
      error,
      { eventId, ...(message && { type, id, event }) } as EventErrorContext,
    );
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
