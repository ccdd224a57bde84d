import { backoff, type Clock } from "../../shared/clock.ts";
import { withDeadline } from "../../shared/deadline.ts";
import { memberOf } from "../../shared/own.ts";
import { SerialQueue } from "../../shared/serial.ts";
import type { Adapter } from "../adapter/adapter.ts";
import { Pace } from "./pace.ts";
import { Pause } from "./pause.ts";
import type { Timing } from "./timing.ts";

/** All who call an adapter share its queue, so one commit is under way at a time. */
const turns: SerialQueue<Adapter> = new SerialQueue();

/** Thrown for a call that failed, or took too long, while its page went away or came back: it is made again. */
export class Interruption extends Error {}

/** Calls one adapter, with a deadline for each call, until it is closed. */
export class StorageCalls {
  readonly adapter: Adapter;
  readonly clock: Clock;
  /** When each key may be written again. */
  readonly pace: Pace;
  /** Whether storage notices when somebody else has written in between. */
  readonly isConditional: boolean;
  /** Whether a commit takes one document, and none depends on another. */
  readonly isOneByOne: boolean;
  readonly #timing: Timing;
  /** Lasts from a failed call to the next. */
  readonly #pause: Pause;
  readonly #end = new AbortController();
  /** How often the page has gone away and come back. */
  #moves = 0;

  constructor(adapter: Adapter, timing: Timing) {
    const { conditional, atomicWrites } = adapter.capabilities;
    this.adapter = adapter;
    this.clock = timing.clock;
    this.pace = Pace.of(adapter);
    this.isConditional = conditional !== "none";
    this.isOneByOne = !this.isConditional && atomicWrites === 1;
    this.#timing = timing;
    this.#pause = new Pause(timing.clock);
  }

  /** Whether it is closed: no call waits for storage any more. */
  get isClosed(): boolean {
    return this.#end.signal.aborted;
  }

  /**
   * Calls the adapter when nobody else does, and gives up waiting after `storageTimeout` or on `close`. `onLate` is
   * called when a call that was given up settles after all.
   *
   * @throws {Error} when it was given up.
   */
  call<T>(work: (adapter: Adapter) => Promise<T>, onLate?: () => void): Promise<T> {
    return this.takeTurn(() => this.callAtOnce(work, onLate));
  }

  /** Does what {@link call} does without waiting for its turn. */
  callAtOnce<T>(work: (adapter: Adapter) => Promise<T>, onLate?: () => void): Promise<T> {
    const { adapter, adapter: { name }, clock } = this;
    // It may have been closed while this call waited for its turn.
    if (this.isClosed) {
      return Promise.reject(new Error(`Cannot reach ${name}: persistence was closed`));
    }
    const milliseconds = this.#timing.storageTimeout;
    const options = { clock, milliseconds, name, option: "storageTimeout", onLate };
    // The time for which the page was away does not count.
    return this.#whilePageLasts(() => {
      return withDeadline(work(adapter), { ...options, ended: this.#end.signal });
    });
  }

  /** Runs work that uses {@link callAtOnce} when nobody else calls the adapter. */
  takeTurn<T>(work: () => Promise<T>): Promise<T> {
    return turns.run(this.adapter, work);
  }

  /** Waits after this many consecutive failures, until it is time for another attempt. */
  backOff(failures: number): Promise<void> {
    const { retry, random } = this.#timing;
    return this.#pause.wait(backoff(failures, { ...retry, random }));
  }

  /** Ends the wait for another attempt. */
  hurry(): void {
    this.#pause.cut();
  }

  /** Ends what a page that goes away must not leave open. Calls that are made from then on wait for {@link resume}. */
  suspend(): void {
    this.#moves++;
    if (memberOf(this.adapter, "suspend")) this.adapter.suspend!();
  }

  /** Lets the calls go on that wait. */
  resume(): void {
    this.#moves++;
    if (memberOf(this.adapter, "resume")) this.adapter.resume!();
  }

  async #whilePageLasts<T>(call: () => Promise<T>): Promise<T> {
    const moves = this.#moves;
    try {
      return await call();
    } catch (error) {
      throw this.#moves === moves
        ? error
        : new Interruption("The page went away", { cause: error });
    }
  }

  /** Gives up all calls. */
  close(): void {
    this.#end.abort();
    this.hurry();
  }
}
