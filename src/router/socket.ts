import type { Context } from "hono";

/** What a socket of any platform can do, as Hono hands it to those who listen. */
export interface Socket {
  /** The platform's own. */
  readonly raw?: unknown;
  /** Sends a text. */
  send(text: string): void;
  /** Closes it. */
  close(code?: number, reason?: string): void;
}

/** Who listens to a socket. */
export interface SocketEvents {
  /** Hears that it is open; not all platforms say so. */
  readonly onOpen: (event: unknown, socket: Socket) => void;
  /** Receives a message. */
  readonly onMessage: (event: { readonly data: unknown }, socket: Socket) => void;
  /** Hears that it is closed, or that the other end closes it. */
  readonly onClose: (event: { readonly code: number }, socket: Socket) => void;
  /** Hears that it has failed. */
  readonly onError: (event: unknown, socket: Socket) => void;
}

/**
 * Makes a connection a socket: the `upgradeWebSocket` of Hono for a platform, such as that of `@hono/node-server` or
 * `hono/deno`.
 */
export type UpgradeWebSocket = (
  createEvents: (context: Context) => SocketEvents,
) => (context: Context, next: () => Promise<void>) => Promise<Response | void>;

/** The part of the WebSocket of Workers that is used. */
interface PairedSocket extends Socket {
  accept(): void;
  addEventListener(
    type: "message" | "close" | "error",
    listener: (event: { readonly data: unknown; readonly code: number }) => void,
  ): void;
}

interface Platform {
  readonly WebSocketPair?: new () => { readonly 0: unknown; readonly 1: PairedSocket };
}

/**
 * Returns what upgrades requests where the app says nothing of it: on Workers, their own pairs of sockets. `undefined`
 * where there are none.
 */
export function upgradeOfPlatform(): UpgradeWebSocket | undefined {
  const { WebSocketPair } = globalThis as Platform;
  if (WebSocketPair === undefined) return undefined;
  return (createEvents) => async (context) => {
    const { 0: theirs, 1: ours } = new WebSocketPair();
    const events = createEvents(context);
    ours.accept();
    ours.addEventListener("message", (event) => events.onMessage(event, ours));
    ours.addEventListener("close", (event) => events.onClose(event, ours));
    ours.addEventListener("error", (event) => events.onError(event, ours));
    events.onOpen(undefined, ours);
    return new Response(null, { status: 101, webSocket: theirs } as ResponseInit);
  };
}
