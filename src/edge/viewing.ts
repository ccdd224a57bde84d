import type { Engine } from "../processor/engine.ts";
import type { ReadState } from "../router/shared-states.ts";
import { closeCodes, failedClosure } from "../router/close-codes.ts";
import { FollowedInstance, type FollowedInstanceOptions } from "../router/followed-instance.ts";
import type { Opened, OpenOptions } from "../router/home.ts";
import type { ViewerCall } from "../router/objects/wire.ts";
import { PassingNews } from "../router/passing.ts";
import { protocol1 } from "../router/protocol-1.ts";
import { protocol2 } from "../router/protocol-2.ts";
import type { Sight } from "../router/sight.ts";
import { own } from "../shared/own.ts";
import type { HibernatingSocket } from "./platform.ts";

/** What a socket keeps of its viewer while the object sleeps. */
export interface Viewer
  extends
    Pick<ViewerCall, "address" | "user" | "userKey" | "token" | "protocol" | "isPoll" | "until"> {
  /** Their place among those who look on, if they are listed. */
  readonly place?: number;
}

/** Options of {@link Viewing}. */
export interface ViewingOptions extends Pick<FollowedInstanceOptions, "states" | "viewers"> {
  readonly engine: Engine;
  /** Called when there may be something new to see. */
  readonly onNews: (viewing: Viewing) => void;
}

/** One who looks at the instance of an object, over a WebSocket that a Worker holds. */
export class Viewing {
  readonly #followed: FollowedInstance;
  /** What the page may miss, which comes after what is new. */
  readonly #passing = new PassingNews<Pick<FollowedInstance, "isVisible">>();
  #viewer: Viewer;
  #socket: HibernatingSocket | undefined;

  constructor(viewer: Viewer, { onNews, ...shared }: ViewingOptions) {
    this.#viewer = viewer;
    this.#followed = new FollowedInstance(viewer.address, {
      ...shared,
      place: viewer.place,
      onPlace: (place) => this.#place(place),
      token: viewer.token,
      protocol: viewer.protocol,
      isPoll: viewer.isPoll,
      user: () => this.#viewer.user,
      userKey: () => this.#viewer.userKey,
      onNews: () => onNews(this),
      onPassing: (followed, passing) => {
        this.#passing.add(followed, passing);
        onNews(this);
      },
    });
  }

  /** Who looks. */
  get viewer(): Viewer {
    return this.#viewer;
  }

  /** Mounts the instance, and returns what is seen of it first. What fails leaves nobody who looks. */
  async mount(options: OpenOptions): Promise<Opened> {
    let isOpen = false;
    try {
      const opened = await this.#followed.mount(options);
      isOpen = opened.ok;
      return opened;
    } finally {
      if (!isOpen) this.leave();
    }
  }

  /** Shows what is seen first, and from then on what changes. */
  start(socket: HibernatingSocket, sight: Sight): void {
    this.#socket = socket;
    this.#keep(this.#viewer);
    // What its protocol has no words for is nothing, and still the first that the Worker waits for.
    socket.send(this.#encode(sight)?.event ?? new Uint8Array());
    this.#followed.start();
  }

  /** Goes on with a socket that was told of all that is stored before the object slept. */
  restore(socket: HibernatingSocket, stored: ReadState | undefined): void {
    this.#socket = socket;
    this.#followed.restore(stored);
  }

  /**
   * Says who looks now. They may see other things than before.
   *
   * @throws if there is no room for them beside the socket
   */
  become(user: unknown): void {
    const { user: _, ...rest } = this.#viewer;
    this.#keep({ ...rest, ...(user !== undefined && { user }) });
    this.#followed.become();
  }

  /** Looks into the storage when the news is shown. */
  lookLater(): void {
    this.#followed.lookLater();
  }

  /**
   * Returns whether the page is going to be told of a revision that its own event has made, or was told already.
   */
  promise(made: Parameters<FollowedInstance["promise"]>[0]): boolean {
    return this.#followed.promise(made);
  }

  /** Shows what is new. A change of which nothing is seen is an empty patch, as there is no heartbeat to bring it. */
  async show(now: number): Promise<void> {
    const { until = Infinity } = this.#viewer;
    if (now > until) {
      this.leave();
      this.#socket?.close(closeCodes.authorize, "authorize again");
      return;
    }
    const seen = this.#followed.see({ isHeartbeat: true });
    const sight = seen instanceof Promise ? await seen : seen;
    const encoded = sight && this.#encode(sight);
    if (encoded) this.#socket?.send(encoded.event);
    for (let passing = this.#passing.take(); passing; passing = this.#passing.take()) {
      this.#socket?.send(passing.encoded!.event);
    }
  }

  /** Stops following. */
  leave(): void {
    this.#followed.leave();
  }

  /** Gives up, since its viewer cannot be shown what is so. The Worker opens another socket, or asks who looks. */
  fail(code: number = failedClosure): void {
    this.leave();
    if (this.#socket) closeQuietly(this.#socket, code);
  }

  #encode(sight: Sight): ReturnType<typeof protocol2.sight> {
    return (this.#viewer.protocol === 2 ? protocol2 : protocol1).sight(sight);
  }

  #place(place: number | undefined): void {
    if (place === this.#viewer.place) return;
    const { place: _, ...rest } = this.#viewer;
    this.#keep({ ...rest, ...(place !== undefined && { place }) });
  }

  #keep(viewer: Viewer): void {
    this.#viewer = viewer;
    // Before there is a socket, there is nothing to be restored.
    this.#socket?.serializeAttachment(JSON.stringify(viewer));
  }
}

/** Closes a socket that may be closed already. */
export function closeQuietly(socket: HibernatingSocket, code: number): void {
  try {
    socket.close(code);
  } catch {
    // It was.
  }
}

/** Returns the viewer that a socket keeps, if it is one of ours: a subclass may have others. */
export function viewerOf(socket: HibernatingSocket): Viewer | undefined {
  const kept = socket.deserializeAttachment();
  if (typeof kept !== "string" || !kept.startsWith("{")) return undefined;
  try {
    const viewer = own(JSON.parse(kept) as Viewer);
    return viewer.address && viewer.token !== undefined ? viewer : undefined;
  } catch {
    return undefined;
  }
}
