/**
 * Nasc at the edge: one Durable Object an instance, and hubs between processes.
 *
 * @module
 */
export { type NascObject, nascObject, type NascObjectClass } from "./nasc-object.ts";
export type { NascObjectOptions } from "./options.ts";
export type { AlarmStorage, ObjectContext } from "./platform.ts";
export { type AskedBy, readFrom, sendTo } from "./send-to.ts";
export { type ObjectSendQueue, sendQueueOf } from "./send-queue-of.ts";
export { exportFrom, importTo } from "./transfer.ts";
export type { Imported, ImportOptions } from "../processor/transfer/import-instances.ts";
export type { SeenInstance } from "../router/seen-instance.ts";
export type { InstanceNamespace, InstanceObject } from "../router/objects/namespace.ts";
export {
  broadcastHub,
  type BroadcastHubOptions,
  channelHub,
  type ClosableHub,
  denoKvHub,
  type DenoKvHubOptions,
  type HubOptions,
  type NewsChannel,
  sqliteHub,
  type SqliteHubOptions,
} from "./hubs/mod.ts";
