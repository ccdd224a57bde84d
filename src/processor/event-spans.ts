import type { EventReport } from "./event-report.ts";

/** An event as OpenTelemetry has it: what `startSpan`, `setStatus` and `end` of its tracers take. */
export interface EventSpan {
  /** The type and the event, such as `"Counter.add"`. */
  readonly name: string;
  /** `SpanKind.INTERNAL`. */
  readonly kind: 0;
  /** In milliseconds since 1970. */
  readonly startTime: number;
  /** In milliseconds since 1970. */
  readonly endTime: number;
  /** What is known of it, by names that begin with `rian.`; and `error.type`, the code of an error. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** `SpanStatusCode.ERROR` if it failed; unset otherwise, also where it was refused. */
  readonly status: { readonly code: 0 } | { readonly code: 2; readonly message: string };
}

/**
 * Returns an `onEvent` that hands each event to a function as a span of OpenTelemetry. It needs no package: what the
 * function does with it is up to the application.
 *
 * @example Hand events to a tracer
 * ```ts
 * import { MemoryStore } from "rian";
 * import { createNasc, type EventSpan, traceEvents } from "rian/hono";
 *
 * // Of OpenTelemetry: trace.getTracer("rian")
 * interface Tracer {
 *   startSpan(name: string, options: Pick<EventSpan, "kind" | "startTime" | "attributes">): {
 *     setStatus(status: EventSpan["status"]): void;
 *     end(time: number): void;
 *   };
 * }
 *
 * export function open(tracer: Tracer): void {
 *   createNasc({
 *     handlers: {},
 *     store: new MemoryStore(),
 *     onEvent: traceEvents(({ name, endTime, status, ...options }) => {
 *       const span = tracer.startSpan(name, options);
 *       span.setStatus(status);
 *       span.end(endTime);
 *     }),
 *   });
 * }
 * ```
 */
export function traceEvents(emit: (span: EventSpan) => void): (report: EventReport) => void {
  return (report) => {
    const { type, event, outcome, code = "", timings: { start, total } } = report;
    emit({
      name: type === undefined ? "unreadable message" : `${type}.${event}`,
      kind: 0,
      startTime: start,
      endTime: start + total,
      attributes: attributesOf(report),
      status: outcome === "failed" ? { code: 2, message: code } : { code: 0 },
    });
  };
}

function attributesOf(
  { eventId, type, id, event, rev, outcome, code, attempts, conflicts, bytes, timings }:
    EventReport,
): Record<string, string | number> {
  const attributes = {
    "rian.event_id": eventId,
    "rian.type": type,
    "rian.instance": id,
    "rian.event": event,
    "rian.rev": rev,
    "rian.outcome": outcome,
    "rian.attempts": attempts,
    "rian.conflicts": conflicts,
    "rian.bytes": bytes,
    "rian.waiting_ms": timings.waiting,
    "rian.handling_ms": timings.handling,
    "error.type": code,
  };
  const known = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as Record<string, string | number>;
}
