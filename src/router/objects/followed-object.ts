import type { Address } from "../../processor/address.ts";
import { NascError } from "../../processor/errors.ts";
import type { Have } from "../../processor/have.ts";
import type { SchemaPatch } from "../../processor/message.ts";
import type { ProcessContext } from "../../processor/mod.ts";
import { fail } from "../../processor/outcome.ts";
import type { Permission } from "../../processor/permission.ts";
import { toWire } from "../../processor/to-wire.ts";
import { backoff, type Clock, pause } from "../../shared/clock.ts";
import { closeCodes } from "../close-codes.ts";
import { type Encoded, encodeEvent, readEvent } from "../encoded.ts";
import type { Followed, FollowOptions, Opened, OpenOptions } from "../home.ts";
import { readPassing } from "../passing.ts";
import { readNamedFrame } from "../protocol-1.ts";
import type { FramedSight, Sight } from "../sight.ts";
import { askToCreate, failedOf, type ObjectCalls, plainUser } from "./calls.ts";
import type { ObjectSocket } from "./namespace.ts";
import { type Creation, status, type ViewerNow } from "./wire.ts";

/** How many bytes of frames wait for a slow reader. One with more to come gets the whole instead. */
const mostWaiting = 1_000_000;
const mostFailures = 5;
const delays = { minDelay: 100, maxDelay: 5_000 };

/** Options of {@link FollowedObject}. */
export interface FollowedObjectOptions extends FollowOptions {
  readonly calls: ObjectCalls;
  readonly clock: Clock;
  readonly random: () => number;
  /** Returns the key of a user. */
  readonly keyOf: (user: unknown) => string | Promise<string>;
  /** Returns who is asked whether the instance may come into being, if anybody is. */
  readonly mayCreate: (
    context: ProcessContext,
  ) => (() => Promise<Permission>) | undefined;
  /** Throws where there is no such type. */
  readonly assertKnown: () => void;
  /** Returns the schemas that come with the first sight in protocol 1. */
  readonly schemas: (context: ProcessContext) => Promise<readonly SchemaPatch[]>;
}

/** An instance in an object, which says over a WebSocket what its viewer sees. */
export class FollowedObject implements Followed {
  readonly type: string;
  readonly id: string;
  readonly #options: FollowedObjectOptions;
  #socket: ObjectSocket | undefined;
  /** What was not seen yet, the oldest first. */
  #waiting: Encoded[] = [];
  #bytes = 0;
  /** Whether what waited was dropped, so the whole has to be fetched. */
  #isBehind = false;
  #problem: unknown;
  #isLeft = false;
  /** Who looks, as the object knows. */
  #known = "";
  /** Whether the object has said last that something is to be seen. */
  #isVisible = false;

  constructor({ type, id }: Address, options: FollowedObjectOptions) {
    this.type = type;
    this.id = id;
    this.#options = options;
  }

  /** Whether the object has said last that something is to be seen. */
  get isVisible(): boolean {
    return this.#isVisible;
  }

  /** Opens the WebSocket, and returns what the object says first. */
  async mount({ context, have }: OpenOptions): Promise<Opened> {
    const { mayCreate, assertKnown, schemas, protocol } = this.#options;
    try {
      assertKnown();
    } catch (error) {
      const { type, id } = this;
      return fail(error, { eventId: crypto.randomUUID(), type, id }, {});
    }
    const opened = await this.#open(have, mayCreate(context));
    if (!opened.ok || protocol === 2) return opened;
    return { ok: true, sight: withSchemas(opened.sight, await schemas(context)) };
  }

  /** Does nothing: what the object says comes in order. */
  start(): void {}

  /** Returns what the object has said since. */
  see(): Sight | undefined {
    if (this.#problem) throw this.#problem;
    if (this.#isBehind) {
      this.#isBehind = false;
      void this.#reopen();
      return undefined;
    }
    const encoded = this.#waiting.shift();
    if (!encoded) return undefined;
    this.#bytes -= encoded.event.length;
    if (this.#waiting.length > 0) this.#options.onNews(this);
    return this.#framed(encoded);
  }

  /** Finds nothing: the object says all by itself. */
  look(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** Tells the object who looks now, unless it knows: to be told wakes it. */
  become(): void {
    const now: ViewerNow = plainUser(this.#options.user());
    const text = JSON.stringify(now);
    if (!this.#socket || text === this.#known) return;
    this.#known = text;
    try {
      this.#socket.send(text);
    } catch {
      // It is about to close, and the next one is opened for whoever looks then.
    }
  }

  /** Returns false: the object itself knows what it is going to say. */
  promise(): boolean {
    return false;
  }

  /** Closes the WebSocket. */
  leave(): void {
    this.#isLeft = true;
    this.#waiting = [];
    this.#close();
  }

  async #open(
    have: Have | undefined,
    mayCreate: Parameters<typeof askToCreate>[1]["mayCreate"],
    refused: Creation = "ask",
  ): Promise<{ readonly ok: true; readonly sight: FramedSight } | Extract<Opened, { ok: false }>> {
    const { calls, keyOf, token, protocol, isPoll, until, user } = this.#options;
    const { type, id } = this;
    const viewer = user();
    const seen = plainUser(viewer);
    const userKey = await keyOf(viewer);
    const call = {
      address: { type, id },
      ...seen,
      userKey,
      token,
      protocol,
      ...(isPoll && { isPoll }),
      ...(until < Infinity && { until }),
      ...(have && { have }),
    };
    const response = await askToCreate(
      (creation) => calls.follow({ ...call, creation: refused === "refused" ? refused : creation }),
      { mayCreate, refuse: () => "refused" },
    );
    const { webSocket } = response;
    if (response.status !== status.followed || !webSocket) return await failedOf(response);
    const encoded = await this.#listen(webSocket);
    this.#known = JSON.stringify(seen);
    this.become();
    return { ok: true, sight: this.#framed(encoded) };
  }

  /** Takes what a socket brings, and returns the first of it. */
  #listen(socket: ObjectSocket): Promise<Encoded | undefined> {
    return new Promise((resolve, reject) => {
      let isFirst = true;
      // Otherwise the platform's date decides.
      socket.binaryType = "arraybuffer";
      socket.addEventListener("message", ({ data }) => {
        const bytes = new Uint8Array(data instanceof ArrayBuffer ? data : []);
        const encoded = bytes.length > 0 ? readEvent(bytes) : undefined;
        if (!isFirst) return this.#take(socket, encoded);
        isFirst = false;
        this.#socket = socket;
        this.#isVisible = encoded !== undefined && !isGone(encoded);
        if (this.#isLeft) this.#close();
        resolve(encoded);
      });
      socket.addEventListener("error", () => {});
      socket.addEventListener("close", ({ code = 1006 }) => {
        closeQuietly(socket);
        if (isFirst) reject(new Error("The object has closed the WebSocket"));
        else this.#lose(socket, code);
      });
      socket.accept();
    });
  }

  #take(socket: ObjectSocket, encoded: Encoded | undefined): void {
    if (!encoded || socket !== this.#socket || this.#isLeft) return;
    const action = readPassing(encoded);
    if (action) return this.#options.onPassing(this, { action, sight: this.#framed(encoded) });
    this.#isVisible = !isGone(encoded);
    this.#bytes += encoded.event.length;
    if (this.#bytes > mostWaiting && this.#waiting.length > 0) return this.#fallBehind();
    this.#waiting.push(encoded);
    this.#options.onNews(this);
  }

  #fallBehind(): void {
    this.#isBehind = true;
    this.#waiting = [];
    this.#bytes = 0;
    this.#close();
    this.#options.onNews(this);
  }

  #lose(socket: ObjectSocket, code: number): void {
    if (socket !== this.#socket || this.#isLeft) return;
    this.#socket = undefined;
    if (code === closeCodes.authorize) {
      return this.#fail(new NascError("unauthorized", "Ask again whether this may be seen"));
    }
    if (code !== closeCodes.deleted) void this.#reopen();
  }

  /** Opens another WebSocket in place of one that was lost. The object shows the whole, since nobody knows what it told. */
  async #reopen(): Promise<void> {
    const { clock, random } = this.#options;
    for (let failures = 1; !this.#isLeft; failures++) {
      // All who have lost an object come back to it.
      await pause(backoff(failures, { ...delays, random }), { clock });
      if (this.#isLeft) return;
      try {
        const opened = await this.#open(undefined, undefined, "refused");
        if (!opened.ok) return this.#fail(opened.cause);
        const { encoded } = opened.sight;
        this.#waiting = encoded ? [encoded] : [];
        this.#bytes = encoded?.event.length ?? 0;
        return this.#options.onNews(this);
      } catch (error) {
        if (failures >= mostFailures) return this.#fail(error);
      }
    }
  }

  #fail(problem: unknown): void {
    this.#problem = problem;
    this.#options.onNews(this);
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) closeQuietly(socket);
  }

  #framed<Said extends Encoded | undefined>(encoded: Said): FramedSight {
    const { type, id } = this;
    return { kind: "framed", type, id, encoded };
  }
}

/** Returns whether nothing is to be seen any longer, in protocol 2. In the other, nothing passes by. */
function isGone({ text }: Encoded): boolean {
  return text.startsWith('{"action":"gone",');
}

function closeQuietly(socket: ObjectSocket): void {
  try {
    socket.close(1000);
  } catch {
    // It is closed already.
  }
}

function withSchemas(sight: FramedSight, schemas: readonly SchemaPatch[]): FramedSight {
  if (schemas.length === 0 || !sight.encoded) return sight;
  const { event, ...frame } = readNamedFrame(sight.encoded);
  const patches = [...schemas, ...frame.patches];
  return { ...sight, encoded: encodeEvent(toWire({ ...frame, patches }), event) };
}
