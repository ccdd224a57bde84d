import type { FormatFunction } from "../page/formats.ts";
import type { InstanceFrame } from "../processor/frames.ts";
import type { ErrorPatch } from "../processor/message.ts";
import type { Clock } from "../shared/clock.ts";
import type { MirrorStore } from "./into.ts";
import type { Fetch } from "./post.ts";
import type { ClientSocketConstructor } from "./socket.ts";
import type { EventStreamConstructor } from "./stream.ts";
import type { Transport } from "./transport.ts";

/** Options of `connect`. */
export interface ConnectOptions {
  /** The part of the page to connect; the whole document by default. */
  readonly root?: Document | ShadowRoot | Element;
  /** Where the router is mounted, on this origin or on another that names it; `"/nasc"` by default. */
  readonly baseUrl?: string;
  /**
   * `"sse"`, the default, follows the server's stream, and does as `"poll"` while none comes through. `"ws"` follows it
   * and sends events over one WebSocket, and does as `"sse"` where there is none. `"poll"` asks every five seconds for
   * what is new. `"post"` only sends events, and sees what others changed when it sends one. Your own
   * {@link Transport} replaces all.
   */
  readonly transport?: "sse" | "ws" | "poll" | "post" | Transport;
  /**
   * Shows in each control the property of its name, as the first Nasc did; `false` by default. Otherwise a form says so
   * by `na-bind`.
   */
  readonly names?: boolean;
  /**
   * Who is signed in, as the server's `identify` names them. What they did waits in `localStorage` until it is sent, by
   * this tab or another one of theirs. Without it, what waits survives a reload only.
   */
  readonly user?: string;
  /** Whether a tab that is hidden goes on to follow what others change; by default it comes up to date when it is shown. */
  readonly whileHidden?: boolean;
  /**
   * A store of Ramify into which the page mirrors its instances: into the collection named like the type, as
   * `{ ...state, [primaryKey]: id }`. The page alone writes there; what you write is replaced with the next change.
   */
  readonly into?: MirrorStore;
  /** Sends the requests; the browser's own by default. */
  readonly fetch?: Fetch;
  /** Opens the streams; the browser's own by default. */
  readonly EventSource?: EventStreamConstructor;
  /** Opens the sockets; the browser's own by default. */
  readonly WebSocket?: ClientSocketConstructor;
  /** Tells time and sets timers; the browser's own by default. */
  readonly clock?: Clock;
  /** Returns a number from 0 to below 1 for the jitter of retries; `Math.random` by default. */
  readonly random?: () => number;
  /**
   * Formats of the app's own, such as `{ shout: (value) => String(value).toUpperCase() }` for `na-bind="title|shout"`.
   * They come before those that the client has.
   */
  readonly formats?: Readonly<Record<string, FormatFunction>>;
  /** Asks a person what `na-confirm` says; the browser's own dialog by default. */
  readonly confirm?: (question: string) => boolean | Promise<boolean>;
  /** Receives every error, including those that the page shows. */
  readonly onError?: (error: ErrorPatch) => void;
  /** Receives the frames that were applied, snapshots and patches, once the page shows them. */
  readonly onPatches?: (frames: readonly InstanceFrame[]) => void;
}
