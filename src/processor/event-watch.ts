import { type Clock, systemClock } from "../shared/clock.ts";
import type { EventEnd, EventReport } from "./event-report.ts";
import type { EventErrorContext, ProcessorOptions } from "./options.ts";
import type { Failed } from "./outcome.ts";
import { reportError } from "./report-error.ts";
import { toWire } from "./to-wire.ts";

/** The codes of events that were not refused: something did not work. */
const failures: ReadonlySet<string> = new Set([
  "internal",
  "conflict",
  "uncertain",
  "unavailable",
  "timeout",
  "newer-state",
]);

/** Whose event is watched. */
export interface Watched extends EventErrorContext {
  readonly user?: unknown;
}

/** How an event ended. */
type Ended = { readonly ok: true; readonly rev: number } | Failed;

/** Watches one event, for `onEvent`. */
export class EventWatch {
  readonly #event: Watched;
  readonly #options: Pick<ProcessorOptions, "onEvent" | "onError">;
  readonly #clock: Clock;
  readonly #start: number;
  #begun: number | undefined;
  #handling = 0;
  /** How many functions of the application run now, and since when there is one. */
  #running = 0;
  #since = 0;
  /** How many times it was run. */
  attempts = 0;
  /** How many of them lost to another commit. */
  conflicts = 0;

  constructor(
    event: Watched,
    { clock, ...options }: Pick<ProcessorOptions, "onEvent" | "onError"> & {
      readonly clock: Clock;
    },
  ) {
    this.#event = event;
    this.#options = options;
    this.#clock = clock;
    this.#start = clock.now();
  }

  /** Notes that its turn has come. */
  begin(): void {
    this.#begun = this.#clock.now();
  }

  /** Calls a function of the application, and notes how long it takes. */
  measure<Result>(call: () => Result | PromiseLike<Result>): Result | PromiseLike<Result> {
    if (this.#running++ === 0) this.#since = this.#clock.now();
    const end = () => {
      if (--this.#running === 0) this.#handling += this.#clock.now() - this.#since;
    };
    let result: Result | PromiseLike<Result>;
    try {
      result = call();
    } catch (error) {
      end();
      throw error;
    }
    const settles = typeof (result as PromiseLike<Result> | undefined)?.then === "function";
    if (settles) (result as PromiseLike<Result>).then(end, end);
    else end();
    return result;
  }

  /** Reports how it ended, and what its sender is told, and ends nothing by that. */
  report(
    outcome: Ended,
    { end = endOf(outcome), said = [] }: {
      readonly end?: EventEnd;
      readonly said?: readonly unknown[];
    } = {},
  ): void {
    const { onEvent } = this.#options;
    if (!onEvent) return;
    const { eventId, type, id, event, user } = this.#event;
    const now = this.#clock.now();
    const report: EventReport = {
      eventId,
      type,
      id,
      event,
      user,
      rev: outcome.ok ? outcome.rev : undefined,
      outcome: end,
      code: outcome.ok ? undefined : outcome.error.code,
      attempts: this.attempts,
      conflicts: this.conflicts,
      bytes: bytesOf(outcome.ok ? said : [outcome.error]),
      timings: {
        start: this.#start,
        waiting: (this.#begun ?? now) - this.#start,
        handling: this.#handling,
        total: now - this.#start,
      },
    };
    // One that is async may reject.
    new Promise((resolve) => resolve(onEvent(report)))
      .catch((error) => reportError(error, this.#event, this.#options));
  }
}

/** Reports a message that was refused before anybody could run it. */
export function reportUnrun(
  failed: Failed,
  event: Watched,
  { onEvent, onError, clock = systemClock }: Pick<
    ProcessorOptions,
    "onEvent" | "onError" | "clock"
  >,
): void {
  if (onEvent) new EventWatch(event, { onEvent, onError, clock }).report(failed);
}

function endOf(outcome: Ended): EventEnd {
  if (outcome.ok) return "applied";
  return failures.has(outcome.error.code) ? "failed" : "refused";
}

function bytesOf(patches: readonly unknown[]): number {
  return new TextEncoder().encode(toWire(patches)).length;
}
