import type { Context, Env } from "hono";
import { errorPatch } from "../processor/make-patches.ts";
import { type Address, NascError } from "../processor/mod.ts";
import { reportError } from "../processor/report-error.ts";
import { userKeyOf } from "../processor/user-key.ts";
import { type Clock, pause, systemClock } from "../shared/clock.ts";
import { withDeadline } from "../shared/deadline.ts";
import { askAuthorize } from "./authorize.ts";
import type { HangUps } from "./hang-ups.ts";
import type { NascOptions } from "./options.ts";
import type { Shutdown } from "./shutdown.ts";
import { askUser } from "./user.ts";
import type { Viewer } from "./viewer.ts";

const minute = 60_000;
/** The codes of refusals that may be over soon. */
const repeatable: readonly string[] = ["limited", "unavailable", "timeout", "newer-state"];

/** The name of the event that a stream ends with: the page opens another one, or there is nothing left to follow. */
export type LastEvent = "reopen" | "end";

/** Options of {@link StreamLife}. */
export interface StreamLifeOptions<E extends Env> {
  readonly options: NascOptions<E>;
  readonly hangUps: HangUps;
  readonly shutdown: Shutdown;
}

/**
 * How long a stream lasts: until its user is hung up or is another one, nothing that it follows may be seen any
 * longer, that cannot be found out, it is old, or its process is to stop.
 */
export class StreamLife<E extends Env> {
  readonly #context: Context<E>;
  readonly #viewer: Viewer;
  readonly #options: NascOptions<E>;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  /** Resolves when the stream is to end. */
  readonly over: Promise<void>;
  readonly #ignore: () => void;
  readonly #leave: () => void;
  readonly #shutdown: Shutdown;
  /** Who was hung up while it was not known yet whose stream this is. */
  readonly #hungUp = new Set<string>();
  #userKey: string | undefined;
  #last: LastEvent | undefined;
  #isDismissed = false;

  /**
   * From here on, no hang-up is missed.
   *
   * @throws {NascError} `unavailable` if the process is about to stop
   */
  constructor(
    context: Context<E>,
    viewer: Viewer,
    { options, hangUps, shutdown }: StreamLifeOptions<E>,
  ) {
    this.#context = context;
    this.#viewer = viewer;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.over = new Promise((resolve) => {
      this.#over.signal.addEventListener("abort", () => resolve());
    });
    this.#shutdown = shutdown;
    this.#leave = shutdown.join(this);
    this.#ignore = options.user ? hangUps.listen((userKey) => this.#hear(userKey)) : () => {};
  }

  /** The event that the page gets last, if any. Without one, the page takes the end for a failure. */
  get last(): LastEvent | undefined {
    return this.#last;
  }

  /** Aborts when the stream ends. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Whether it has ended since it must be found out anew who its user is, and what they may see. */
  get isDismissed(): boolean {
    return this.#isDismissed;
  }

  /** Says whose stream this is, and returns their key. */
  async belongsTo(user: unknown): Promise<string> {
    const userKey = this.#userKey = await this.#keyOf(user);
    this.#viewer.userKey = userKey;
    this.#viewer.user = user;
    if (this.#hungUp.has(userKey)) this.#dismiss();
    return userKey;
  }

  /**
   * Asks again who the user is, and returns them. The stream ends if it is another one: their page is another one, too,
   * and opens a stream with what the browser sends now.
   *
   * @throws {NascError} `unauthorized` if it is another one
   */
  async ask(): Promise<unknown> {
    // What a session renews in the headers has nowhere to go any more, and must not break a response under way.
    this.#context.finalized = false;
    const user = await askUser(this.#context, this.#options);
    if (await this.#keyOf(user) === this.#userKey) return user;
    this.#dismiss();
    throw new NascError("unauthorized", "This stream is another user's");
  }

  /** Ends the stream. */
  end(last?: LastEvent): void {
    if (this.#isOver) return;
    this.#last = last;
    this.#ignore();
    this.#leave();
    this.#viewer.close();
    this.#over.abort();
  }

  /** Says what writes the response, for which a process that is to stop waits. */
  writes(writing: Promise<void>): Promise<void> {
    this.#shutdown.add(writing);
    return writing;
  }

  /** Asks again, time after time, what the stream may go on showing, and ends it when it is old. Never rejects. */
  async watch(): Promise<void> {
    const { reauthorize = minute, maxStreamAge = 60 * minute, random = Math.random } =
      this.#options;
    const interval = this.#asks ? reauthorize : Infinity;
    const end = this.#clock.now() + maxStreamAge * (0.9 + 0.2 * random());
    for (;;) {
      const left = end - this.#clock.now();
      if (left <= 0) return this.end("reopen");
      const wait = Math.min(interval, left);
      if (wait === Infinity) return;
      await pause(wait, { clock: this.#clock, signal: this.#over.signal });
      if (this.#isOver) return;
      if (interval < Infinity && this.#clock.now() < end) await this.#ask(interval);
    }
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Whether there is anybody to ask. */
  get #asks(): boolean {
    const { user, authorize } = this.#options;
    return user !== undefined || typeof authorize === "function";
  }

  /** Ends the stream if it cannot be found out in time who may see what. */
  async #ask(milliseconds: number): Promise<void> {
    try {
      await withDeadline(this.#check(), {
        clock: this.#clock,
        milliseconds,
        name: "user and authorize",
        option: "reauthorize",
        ended: this.#over.signal,
      });
    } catch (error) {
      if (this.#isOver) return;
      // The answer to the next request for a stream says so, and when to come back.
      if (error instanceof NascError) return this.#dismiss();
      reportError(error, { eventId: "stream" }, this.#options);
      this.end();
    }
  }

  async #check(): Promise<void> {
    this.#viewer.user = await this.ask();
    const { followed } = this.#viewer;
    await Promise.all(followed.map((address) => this.#checkScope(address)));
    // A stream that has followed nothing so far may yet be given something to follow.
    if (followed.length > 0 && this.#viewer.followed.length === 0) this.end("end");
  }

  async #checkScope({ type, id }: Address): Promise<void> {
    const allowed = await askAuthorize(this.#context, this.#options, { type, id, event: "mount" });
    if (allowed === true) return;
    if (repeatable.includes(allowed.code)) throw allowed;
    this.#viewer.refuse({ type, id }, errorPatch(allowed, { type, id }));
  }

  #keyOf(user: unknown): string | Promise<string> {
    return userKeyOf(user, this.#options.identify);
  }

  #hear(userKey: string): void {
    if (this.#userKey === undefined) this.#hungUp.add(userKey);
    else if (this.#userKey === userKey) this.#dismiss();
  }

  #dismiss(): void {
    if (!this.#isOver) this.#isDismissed = true;
    this.end("reopen");
  }
}
