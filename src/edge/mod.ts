/**
 * What connects an app with where it runs: hubs between processes.
 *
 * @module
 */
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
