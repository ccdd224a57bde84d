import type { DeleteWrite, PutWrite } from "../../persistence/adapter/adapter.ts";
import type { Address } from "../address.ts";
import type { ProcessContext } from "../options.ts";
import type { RawOutcome } from "../outcome.ts";
import type { StoredMessage } from "./queued-message.ts";

/** How the event of a message happens once. */
export interface Delivery {
  readonly sender: Address;
  /** How many events have led to this one. */
  readonly hops: number;
  /** Returns whether nobody has applied it. Each attempt asks before it runs the event. */
  isPending(): boolean | Promise<boolean>;
  /**
   * What the event's commit writes beside what the event changes, or instead: on condition that nobody has applied it, and
   * so that nobody will.
   */
  readonly received: readonly (PutWrite | DeleteWrite)[];
}

/** What became of a message that was handed to its receiver. */
export type Verdict =
  /** It was applied. */
  | { readonly kind: "applied" }
  /** It is another's by now, or was applied before. */
  | { readonly kind: "settled" }
  /** It can never be applied. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  /** It was not, and may be if it is tried again. */
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  /** This process has no such event. Another may have: while an app is deployed, both versions of it deliver. */
  | { readonly kind: "unknown"; readonly code: string; readonly message: string }
  /** The receiver was not reached, or waits for something itself. */
  | { readonly kind: "unreached"; readonly code?: string; readonly message?: string };

/**
 * Hands messages of one lane, one at least, to their receiver: the engine of this process, or what reaches another one.
 * It returns what became of the first ones, in order: of one at least, and of none behind one that is still in the queue.
 * Its promise may reject, which means that the receiver was not reached.
 */
export type Deliver = (
  messages: readonly StoredMessage[],
  context: ProcessContext,
) => Promise<readonly Verdict[]>;

/** The codes of events that nothing is wrong with: they wait for a storage, for room, or for a newer process. */
const waiting: ReadonlySet<string> = new Set([
  "unavailable",
  "uncertain",
  "newer-state",
  "queue-full",
]);
/** The codes of events that may succeed another time. */
const failures: ReadonlySet<string> = new Set(["internal", "conflict", "timeout"]);

/** The codes of events that a process of another version of the app may have. */
const unknown: ReadonlySet<string> = new Set(["unknown-type", "unknown-event"]);

/** Returns whether the receiver has taken a message, now or before. */
export function isTaken({ kind }: Verdict): boolean {
  return kind === "applied" || kind === "settled";
}

/** Returns what an outcome means for the message. */
export function verdictOf(outcome: RawOutcome): Verdict {
  if (outcome.ok) return { kind: outcome.isRepeat ? "settled" : "applied" };
  const { code, message } = outcome.error;
  if (waiting.has(code)) return { kind: "unreached", code, message };
  if (unknown.has(code)) return { kind: "unknown", code, message };
  return { kind: failures.has(code) ? "failed" : "refused", code, message };
}
