import { backoff, type Clock } from "../../shared/clock.ts";
import type { EventErrorContext } from "../options.ts";
import type { Verdict } from "./delivery.ts";
import type { Outbox } from "./outbox.ts";
import type { StoredMessage } from "./queued-message.ts";

/** How many times a message may fail at its receiver before it is dead. */
export const maxAttempts = 10;
/** How many times its event may be unknown: for some 20 minutes, by when another version of the app is deployed. */
export const maxUnknown = 16;
/** How long what was not taken waits before it is tried again, in milliseconds. */
export const delays = { minDelay: 1_000, maxDelay: 300_000 };

/** Options of {@link Failures}. */
export interface FailuresOptions {
  readonly outbox: Outbox;
  readonly clock: Clock;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
  readonly report: (error: unknown, context: EventErrorContext) => void;
}

/** What a receiver has not taken, though it was reached. */
export type Failure = Extract<Verdict, { readonly kind: "refused" | "failed" | "unknown" }>;

/** What becomes of such a message: it is tried again, is set aside, or has changed meanwhile. */
export type End = { readonly after: number } | "dead" | "changed";

/** Puts off what a receiver has not taken, or sets it aside. */
export class Failures {
  readonly #options: FailuresOptions;

  constructor(options: FailuresOptions) {
    this.#options = options;
  }

  /** Decides what becomes of a message, and stores it. */
  async settle(stored: StoredMessage, failure: Failure): Promise<End> {
    const attempts = (stored.message.attempts ?? 0) + 1;
    const most = { refused: 1, failed: maxAttempts, unknown: maxUnknown }[failure.kind];
    if (attempts >= most) return await this.#bury(stored, attempts, failure);
    if (failure.kind === "unknown" && attempts === 1) this.#reportUnknown(stored);
    return await this.#putOff(stored, attempts);
  }

  /** Reports an error, be it of a message or of all. */
  report(error: unknown, stored?: StoredMessage): void {
    const { eventId = "send queue", type, id, event } = stored?.message ?? {};
    const about = stored && { type, id, event };
    this.#options.report(error, { eventId, ...about } as EventErrorContext);
  }

  /** Reports a message that has waited for long, and goes on waiting. What has thrown was reported by then. */
  reportWaiting(stored: StoredMessage, { code, message }: Verdict & { kind: "unreached" }): void {
    if (code === undefined) return;
    const problem = new Error(
      `Cannot deliver ${
        nameOf(stored)
      } yet: it was tried ${maxAttempts} times, and is ${code}, ${message}; ` +
        "it is tried until that is over",
    );
    this.report(problem, stored);
  }

  async #putOff(stored: StoredMessage, attempts: number): Promise<End> {
    const { outbox, clock, random } = this.#options;
    const after = clock.now() + Math.ceil(backoff(attempts, { ...delays, random }));
    return await outbox.putOff(stored, { attempts, after }) ? { after } : "changed";
  }

  async #bury(
    stored: StoredMessage,
    attempts: number,
    { code, message }: Failure,
  ): Promise<End> {
    const { outbox, clock } = this.#options;
    const death = { code, message, time: clock.now() };
    const counted = { ...stored, message: { ...stored.message, attempts } };
    if (!await outbox.bury(counted, death)) return "changed";
    const problem = new Error(
      `Cannot deliver ${nameOf(stored)}: it was ` +
        `${attempts > 1 ? `tried ${attempts} times and ` : ""}refused as ${code}, ${message}; ` +
        "deadMessages lists it, and resend sends it again",
    );
    this.report(problem, stored);
    return "dead";
  }

  /** Reports an event that is unknown so far: at once, since its name may be misspelt. */
  #reportUnknown(stored: StoredMessage): void {
    const problem = new Error(
      `Cannot deliver ${
        nameOf(stored)
      } yet: this process has no such event; it is tried for some ` +
        "20 minutes, in case another version of the app has it",
    );
    this.report(problem, stored);
  }
}

function nameOf({ message: { type, id, event, sender } }: StoredMessage): string {
  return `${type}.${event} to ${type}/${id} from ${sender.type}/${sender.id}`;
}
