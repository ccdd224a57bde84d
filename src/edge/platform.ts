import type { DurableObjectBinding } from "../../adapters/durable-object.ts";
import type { Bytes } from "../router/encoded.ts";

/** What is used of the storage of an object to set its alarm. */
export interface AlarmStorage {
  /** Returns when the alarm rings, in milliseconds since 1970, or `null`. */
  getAlarm(): Promise<number | null>;
  /** Sets the alarm, in place of any other time. */
  setAlarm(time: number): Promise<void>;
}

/** What is used of the `ctx` of a Durable Object. */
export interface ObjectContext {
  /** Which object this is. */
  readonly id: { readonly name?: string | undefined };
  /** The object's own SQLite storage, and its alarm. */
  readonly storage: DurableObjectBinding & AlarmStorage;
  /** Keeps the object alive for work that outlasts its answer. */
  waitUntil(work: Promise<unknown>): void;
  /** Takes a WebSocket that stays open while the object hibernates. */
  // deno-lint-ignore no-explicit-any -- the platform's type of a WebSocket moves
  acceptWebSocket(socket: any, tags?: string[]): void;
  /** Returns the WebSockets that were taken and are open. */
  // deno-lint-ignore no-explicit-any -- the platform's type of a WebSocket moves
  getWebSockets(tag?: string): any[];
}

/** What is used of a WebSocket in an object. */
export interface HibernatingSocket {
  send(message: Bytes): void;
  close(code?: number, reason?: string): void;
  serializeAttachment(value: unknown): void;
  deserializeAttachment(): unknown;
}

/** What is used of a request to an object. */
export interface ObjectRequest {
  readonly url: string;
  readonly headers: Iterable<readonly [name: string, value: string]> & {
    get(name: string): string | null;
  };
  text(): Promise<string>;
}

/** Returns the two ends of a new WebSocket. Only Cloudflare's runtime has them. */
export function socketPair(): { readonly worker: unknown; readonly object: HibernatingSocket } {
  const { WebSocketPair } = globalThis as unknown as {
    readonly WebSocketPair: new () => { readonly 0: unknown; readonly 1: HibernatingSocket };
  };
  const { 0: worker, 1: object } = new WebSocketPair();
  return { worker, object };
}

/** Returns the response that hands over the Worker's end of a WebSocket. */
export function socketResponse(status: number, worker: unknown): Response {
  return new Response(null, { status, webSocket: worker } as ResponseInit);
}
