import type { Engine } from "../processor/engine.ts";
import type { Address } from "../processor/address.ts";
import type { Applied } from "../processor/outcome.ts";
import type { PresenceOf } from "../processor/presence.ts";
import type { Clock } from "../shared/clock.ts";
import { closeCodes, failedClosure } from "../router/close-codes.ts";
import type { ViewerNow } from "../router/objects/wire.ts";
import { type ReadState, SharedStates } from "../router/shared-states.ts";
import type { Sight } from "../router/sight.ts";
import { ViewerLists } from "../router/viewer-lists.ts";
import type { HibernatingSocket, ObjectContext } from "./platform.ts";
import { closeQuietly, type Viewer, viewerOf, Viewing } from "./viewing.ts";

/** Options of {@link Viewings}. */
export interface ViewingsOptions {
  readonly context: ObjectContext;
  readonly engine: Engine;
  readonly clock: Clock;
  /** Receives what no viewer learns of. */
  readonly report: (error: unknown) => void;
  /** Returns what others may see of a user who looks on, if they may know of each other. */
  readonly presence: PresenceOf | undefined;
}

/** All who look at the instance of an object. */
export class Viewings {
  readonly #options: ViewingsOptions;
  readonly #states = new SharedStates();
  /** Who looks on, if anybody may know. */
  readonly lists: ViewerLists | undefined;
  readonly #bySocket = new Map<HibernatingSocket, Viewing>();
  /** Those that were not shown all that is new. */
  readonly #news = new Set<Viewing>();
  #isShowing = false;

  constructor(options: ViewingsOptions) {
    const { presence, ...others } = this.#options = options;
    this.lists = presence && new ViewerLists({ ...others, presence });
  }

  /** Returns those of a page's stream, if its user has this key. */
  *of(token: string, userKey: string): Generator<Viewing> {
    for (const viewing of this.#bySocket.values()) {
      const { viewer } = viewing;
      if (viewer.token === token && viewer.userKey === userKey) yield viewing;
    }
  }

  /** Takes up the sockets that are open from before the object slept. */
  async restore(stored: () => Promise<ReadState | undefined>): Promise<void> {
    const sockets = this.#options.context.getWebSockets()
      .flatMap((socket: HibernatingSocket) => {
        const viewer = viewerOf(socket);
        return viewer && !this.#bySocket.has(socket) ? [{ socket, viewer }] : [];
      });
    if (sockets.length === 0) return;
    let now: ReadState | undefined;
    try {
      now = await stored();
    } catch (error) {
      // Nobody knows what they were told. Their Workers open others, which begin with the whole.
      this.#options.report(error);
      for (const { socket } of sockets) closeQuietly(socket, failedClosure);
      return;
    }
    sockets.sort((a, b) => (a.viewer.place ?? Infinity) - (b.viewer.place ?? Infinity) || 0);
    for (const { socket, viewer } of sockets) {
      const viewing = this.create(viewer);
      viewing.restore(socket, now);
      this.#bySocket.set(socket, viewing);
    }
  }

  /** Returns a viewing that begins to listen. */
  create(viewer: Viewer): Viewing {
    const { engine } = this.#options;
    return new Viewing(viewer, {
      engine,
      states: this.#states,
      viewers: this.lists,
      onNews: (viewing) => this.#tell(viewing),
    });
  }

  /** Begins to show what a viewing sees, over its socket. */
  start(socket: HibernatingSocket, viewing: Viewing, sight: Sight): void {
    this.#bySocket.set(socket, viewing);
    try {
      viewing.start(socket, sight);
    } catch (error) {
      this.remove(socket);
      throw error;
    }
  }

  /** Hears from the Worker who looks over a socket now, and closes one that has no room for them. */
  hear(socket: HibernatingSocket, message: unknown): void {
    const viewing = this.#bySocket.get(socket);
    if (!viewing) return;
    try {
      const { user }: ViewerNow = JSON.parse(String(message));
      viewing.become(user);
    } catch (error) {
      this.#options.report(error);
      viewing.fail(closeCodes.authorize);
    }
  }

  /** Removes a socket that is closed. */
  remove(socket: HibernatingSocket): void {
    const viewing = this.#bySocket.get(socket);
    if (!viewing) return;
    this.#bySocket.delete(socket);
    this.#news.delete(viewing);
    viewing.leave();
  }

  /** Tells those who look on of each other, unless they know, since somebody has left while the object slept. */
  announce(address: Address): void {
    this.lists?.announce(this.#options.engine.source, address);
  }

  /** Returns whether the sender's own stream brings what their event has made. */
  promise(outcome: Applied, token: string, userKey: string): boolean {
    return [...this.of(token, userKey)].some((viewing) => viewing.promise(outcome));
  }

  /** Lets all look into the storage. */
  lookLater(): void {
    for (const viewing of this.#bySocket.values()) viewing.lookLater();
  }

  #tell(viewing: Viewing): void {
    this.#news.add(viewing);
    if (this.#isShowing) return;
    this.#isShowing = true;
    // The sender of an event gets the answer first.
    this.#options.clock.setTimeout(() => void this.#show(), 0);
  }

  /** Shows what is new, and never rejects. */
  async #show(): Promise<void> {
    const { clock, report } = this.#options;
    for (const viewing of this.#news) {
      this.#news.delete(viewing);
      try {
        await viewing.show(clock.now());
      } catch (error) {
        // A socket that is about to close throws; and whoever has missed something may miss no more.
        report(error);
        viewing.fail();
      }
    }
    this.#isShowing = false;
  }
}
