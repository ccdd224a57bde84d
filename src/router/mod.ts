/**
 * Nasc behind HTTP: a Hono app in front of a processor.
 *
 * @module
 */
export type { Flash } from "../page/flash.ts";
export { exportInstances, type ExportOptions } from "../processor/transfer/export-instances.ts";
export {
  type Imported,
  importInstances,
  type ImportOptions,
} from "../processor/transfer/import-instances.ts";
export { type AttachedNasc, attachNasc, type AttachOptions } from "./attach-nasc.ts";
export { createNasc, type Nasc, nasc } from "./create-nasc.ts";
export { logEvents, type LogEventsOptions } from "../processor/event-log.ts";
export type { EventEnd, EventTimings } from "../processor/event-report.ts";
export { type EventSpan, traceEvents } from "../processor/event-spans.ts";
export type { InstanceViewer } from "../processor/handler-parts.ts";
export type { Access, Authorization, Demand, LimitAnswer, NascOptions } from "./options.ts";
export type { Problem } from "./problem.ts";
export type { InstanceReader } from "./reader.ts";
export type { SeenInstance } from "./seen-instance.ts";
export type { OptionsFor } from "./typed-options.ts";
export type { Socket, SocketEvents, UpgradeWebSocket } from "./socket.ts";
export { tokenBucket, type TokenBucketOptions } from "./token-bucket.ts";
