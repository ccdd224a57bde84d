import { ConflictError } from "../persistence/adapter/errors.ts";
import { backoff, type Clock, pause } from "../shared/clock.ts";
import type { AttemptResult } from "./attempt-result.ts";
import { Attempt, type AttemptOptions } from "./attempt.ts";
import { UncertainCommitError } from "./commit-error.ts";
import { NascError, uncertainError } from "./errors.ts";
import type { EventWatch } from "./event-watch.ts";
import type { ParsedMessage } from "./parse-message.ts";
import type { Delivery } from "./send/delivery.ts";
import { UnavailableError } from "./store-calls.ts";

const maxUncertain = 3;
const delays = { minDelay: 2, maxDelay: 100 };

/** Options of {@link runWithRetries}. */
export interface RunOptions extends AttemptOptions {
  /** How many attempts there may be in all. */
  readonly attempts: number;
  readonly clock: Clock;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
  /** Counts attempts and conflicts, if anybody wants to know of them. */
  readonly watch: EventWatch | undefined;
}

/**
 * Makes attempts at a message, each starting from what is stored at that moment, until one succeeds or fails for good.
 * The first starts from what this process has written last, if it remembers that, which saves the read. How that one ends
 * only counts if a commit has found that nothing else was stored meanwhile.
 *
 * Two kinds of failure lead to another attempt, after a random pause. With a {@link ConflictError}, another commit
 * came first and this one wrote nothing. With an {@link UncertainCommitError}, the storage did not say whether it has
 * committed; if it has, the next attempt finds the receipt.
 *
 * Only success settles an uncertain commit: it may still land after an attempt that has not found it. Whatever ends the
 * attempts then, the message may be sent again.
 *
 * @throws {NascError} `conflict`, `uncertain`, `unavailable` or `timeout` if there is no further attempt
 * @throws any other error of an attempt, as it is
 */
export async function runWithRetries(
  message: ParsedMessage,
  options: RunOptions,
): Promise<AttemptResult> {
  const { attempts, clock, random, report, watch } = options;
  const isMount = message.event === "mount";
  // A mount shows what is stored.
  const written = isMount ? undefined : options.instances.written(message);
  // What another process wrote before this event came is no reason to give it up.
  const most = written ? Math.max(attempts, 2) : attempts;
  let uncertain = 0;
  for (let count = 1; count <= most; count++) {
    const attempt = new Attempt(message, options, { written: count === 1 ? written : undefined });
    try {
      if (count > 1) options.time.assertLeft(`${message.type}.${message.event}`);
      if (watch) watch.attempts++;
      const result = isMount ? await attempt.mount() : await attempt.apply();
      if (attempt.counts) return result;
      attempt.abandon();
      continue;
    } catch (error) {
      attempt.abandon();
      if (watch && error instanceof ConflictError) watch.conflicts++;
      const isKnown = error instanceof UncertainCommitError || error instanceof UnavailableError;
      if (!attempt.counts && !isKnown) continue;
      if (error instanceof UncertainCommitError) {
        report(error.cause);
        assertRepeatable(message, ++uncertain, options.delivery);
      } else if (error instanceof UnavailableError) {
        report(error.cause);
        throw unavailable();
      } else if (!(error instanceof ConflictError)) {
        if (uncertain === 0) throw error;
        report(error);
        throw unavailable();
      }
      await pause(backoff(count, { ...delays, random }), { clock });
    }
  }
  if (uncertain > 0) throw unavailable();
  throw new NascError(
    "conflict",
    "Others keep changing this at the same time; nothing was changed, so try again",
  );
}

/** Throws unless an event that may have been committed can be run again: only its receipt would show that. */
function assertRepeatable(
  { event, eventId }: ParsedMessage,
  times: number,
  delivery: Delivery | undefined,
): void {
  if (eventId === undefined && event !== "mount" && !delivery) {
    throw uncertainError();
  }
  if (times >= maxUncertain) throw unavailable();
}

function unavailable(): NascError {
  return new NascError(
    "unavailable",
    "The storage does not answer; it is safe to send this again",
  );
}
