/**
 * Hubs that carry news between processes.
 *
 * @module
 */
export { broadcastHub, type BroadcastHubOptions } from "./broadcast-hub.ts";
export { channelHub, type NewsChannel } from "./channel-hub.ts";
export { denoKvHub, type DenoKvHubOptions } from "./deno-kv-hub.ts";
export type { ClosableHub, HubOptions } from "./hub-options.ts";
export { sqliteHub, type SqliteHubOptions } from "./sqlite-hub.ts";
