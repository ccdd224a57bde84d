import type { Verdict } from "./delivery.ts";
import type { QueuedMessage } from "./queued-message.ts";

/** After how many milliseconds somebody looks for what a process has left that ended while it delivered. */
export const rescueDelay = 5_000;

/** How instances that are in other storages are reached, where each instance has one of its own. */
export interface Elsewhere {
  /**
   * Hands messages to their receiver, which takes each number of a sender once, and returns what became of them, in order:
   * up to the first one that was not taken. It rejects where nobody knows.
   */
  deliver(messages: readonly QueuedMessage[]): Promise<readonly Verdict[]>;
  /** Lets somebody call `wake` of the send queue at a time, in milliseconds since 1970, also if this process ends before. */
  wakeAt(time: number): void;
}
