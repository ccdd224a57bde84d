import { backoff, type Clock } from "../../shared/clock.ts";
import type { ProcessContext } from "../options.ts";
import { isClosed } from "../store-calls.ts";
import type { Alarms } from "./alarms.ts";
import type { Deliver, Verdict } from "./delivery.ts";
import { delays, Failures, type FailuresOptions, maxAttempts } from "./failures.ts";
import { batchSize } from "./outbox.ts";
import type { StoredMessage } from "./queued-message.ts";

/** How many lanes are delivered at once. */
const width = 6;
/** How many messages of a lane are read first: mostly there is one. */
const firstBatch = 4;
/** How often in a row a receiver may be out of reach before that is reported: it may just have been ended. */
export const maxSilent = 3;
/** How often in a row a lane may look as it did before another has changed it, as a replica that is behind shows it. */
const maxStale = 3;

const unreached: Verdict = { kind: "unreached" };

/** Options of {@link Lanes}. */
export interface LanesOptions extends FailuresOptions {
  readonly deliver: Deliver;
  readonly alarms: Alarms<string>;
  readonly clock: Clock;
  /** How long one delivery may take, in milliseconds. */
  readonly patience: number;
}

/** A lane that is being delivered. */
interface Flight {
  /** When it has ended at the latest. A platform may cancel a request midway, and then nothing of it goes on. */
  until: number;
  /** Whether something was added since the lane was read. */
  isBehind: boolean;
}

/** How a lane goes on: with the next message, from what is stored now, or later. */
type Course = "next" | "again" | "later";

/** Delivers lanes: the messages of one sender for one receiver, in order, each lane once at a time. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #failures: Failures;
  readonly #flights = new Map<string, Flight>();
  /** How many times in a row a lane's receiver was not reached. */
  readonly #unreached = new Map<string, number>();

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#failures = new Failures(options);
  }

  /** Whether a lane is being delivered. */
  get isBusy(): boolean {
    return this.#flights.size > 0;
  }

  /**
   * Delivers lanes, some at once.
   *
   * @param silent How often in a row no storage may answer before that is reported.
   */
  async deliver(
    lanes: Iterable<string>,
    context: ProcessContext,
    silent: number,
  ): Promise<void> {
    const all = [...lanes];
    const work = async () => {
      for (let lane = all.shift(); lane !== undefined; lane = all.shift()) {
        await this.#deliver(lane, context, silent);
      }
    };
    await Promise.all(Array.from({ length: Math.min(width, all.length) }, work));
  }

  /** Delivers a lane, unless that is under way: then it goes on with what was added. */
  async #deliver(lane: string, context: ProcessContext, silent: number): Promise<void> {
    const { alarms, clock, patience } = this.#options;
    const other = this.#flights.get(lane);
    if (other && other.until > clock.now()) {
      other.isBehind = true;
      return;
    }
    const flight: Flight = { until: clock.now() + patience, isBehind: false };
    this.#flights.set(lane, flight);
    alarms.delete(lane);
    try {
      do {
        flight.isBehind = false;
        await this.#deliverAll(lane, flight, context);
      } while (flight.isBehind);
    } catch (error) {
      if (isClosed(error)) return alarms.stop();
      // The storage did not answer.
      if ((this.#unreached.get(lane) ?? 0) >= silent) this.#failures.report(error);
      this.#retry(lane);
    } finally {
      if (this.#flights.get(lane) === flight) this.#flights.delete(lane);
    }
  }

  async #deliverAll(lane: string, flight: Flight, context: ProcessContext): Promise<void> {
    const { alarms, outbox, clock, patience } = this.#options;
    let stale = 0;
    for (let limit = firstBatch;; limit = batchSize) {
      const { messages, hasMore } = await outbox.lane(lane, limit);
      let course: Course = "next";
      for (let rest = messages; rest.length > 0 && course === "next";) {
        const now = clock.now();
        // Later than the longest pause, it was put off by a clock that was ahead.
        const latest = now + delays.maxDelay;
        const off = rest.findIndex(({ message: { after = 0 } }) => after > now && after <= latest);
        if (off === 0) return alarms.set(lane, rest[0]!.message.after!);
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
      const isOut = (this.#unreached.get(lane) ?? 0) >= maxSilent;
      if (isOut) this.#failures.report(error, messages[0]);
      return [unreached];
    }
  }

  /** Does what has become of a message. */
  async #settle(lane: string, stored: StoredMessage, verdict: Verdict): Promise<Course> {
    if (verdict.kind === "unreached") {
      this.#retry(lane);
      if (this.#unreached.get(lane) === maxAttempts) this.#failures.reportWaiting(stored, verdict);
      return "later";
    }
    this.#unreached.delete(lane);
    if (verdict.kind === "applied") return "next";
    if (verdict.kind === "settled") return "again";
    const end = await this.#failures.settle(stored, verdict);
    if (end === "changed") return "again";
    if (end === "dead") return "next";
    this.#options.alarms.set(lane, end.after);
    return "later";
  }

  /** Lets a lane wait after its receiver was not reached. */
  #retry(lane: string): void {
    const { alarms, clock, random } = this.#options;
    const times = (this.#unreached.get(lane) ?? 0) + 1;
    this.#unreached.set(lane, times);
    alarms.set(lane, clock.now() + Math.ceil(backoff(times, { ...delays, random })));
  }
}
