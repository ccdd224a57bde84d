import type { EventReport } from "./event-report.ts";

/** Options of {@link logEvents}. */
export interface LogEventsOptions {
  /** Takes each line. Default: `console.log`. */
  readonly log?: (line: string) => void;
}

/**
 * Returns an `onEvent` that logs a line for each event, for development: what it was, how it ended, and how long it
 * took. No line holds a payload, a state or a user.
 *
 * @example Log events
 * ```ts
 * import { createProcessor, MemoryStore } from "rian";
 * import { logEvents } from "rian/hono";
 *
 * const Counter = {
 *   mount: () => ({ count: 0 }),
 *   add: (by: number, { count }: { count: number }) => ({ count: count + by }),
 * };
 * const lines: string[] = [];
 * const onEvent = logEvents({ log: (line) => lines.push(line) });
 * const process = createProcessor({ Counter }, new MemoryStore(), { onEvent });
 * await process({ type: "Counter", instance: "visits", event: "add", payload: 1 });
 * // Counter/visits add: applied, rev 1, 76 B, 2 ms (0 waiting, 0 handling), 4f0c…
 * if (!lines[0]?.startsWith("Counter/visits add: applied, rev 1, ")) throw new Error(lines[0]);
 * ```
 */
export function logEvents(
  { log = (line) => console.log(line) }: LogEventsOptions = {},
): (report: EventReport) => void {
  return (
    { eventId, type, id, event, rev, outcome, code, attempts, conflicts, bytes, timings },
  ) => {
    const what = type === undefined ? "a message that cannot be read" : `${type}/${id} ${event}`;
    const parts = [
      `${what}: ${outcome}${code === undefined ? "" : ` (${code})`}`,
      ...rev === undefined ? [] : [`rev ${rev}`],
      ...attempts > 1 ? [`${attempts} attempts, ${conflicts} conflicts`] : [],
      `${bytes} B`,
      `${timings.total} ms (${timings.waiting} waiting, ${timings.handling} handling)`,
      eventId,
    ];
    log(parts.join(", "));
  };
}
