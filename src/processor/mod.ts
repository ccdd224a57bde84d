/**
 * Nasc, the processor: load, handle, diff, commit, patch.
 *
 * @module
 */
export type { Address } from "./address.ts";
export { type AppliedEvent, applyEvent, type ApplyEventOptions } from "./apply-event.ts";
export { defineHandler } from "./define-handler.ts";
export type { DefinedHandler } from "./defined-handler.ts";
export type { JsonSchema } from "./definitions.ts";
export { diff } from "./diff.ts";
export { NascError, type NascErrorOptions } from "./errors.ts";
export type { EventReport } from "./event-report.ts";
export { type Handler, type HandlerContext, type Handlers, type MountParams } from "./handlers.ts";
export { type Hub, MemoryHub, type News } from "./hub.ts";
export type { BindUpdatePatch, ErrorPatch, Message, Patch, SchemaPatch } from "./message.ts";
export type { InstanceStore, OpenOptions } from "./open-instances.ts";
export type { EventErrorContext, ProcessContext, ProcessorOptions } from "./options.ts";
export { createProcessor, type Processor } from "./processor.ts";
export type { SchemaProvider } from "./schemas.ts";
export type { DeadMessage, DeadOptions } from "./send/dead-messages.ts";
export type { SendOptions } from "./send/send-options.ts";
export type { Source } from "./source.ts";
export type { StandardSchema } from "./standard-schema.ts";
