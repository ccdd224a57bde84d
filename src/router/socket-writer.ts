import { type Clock, pause } from "../shared/clock.ts";
import type { Socket } from "./socket.ts";

/** How many bytes, or characters, may be on their way to a page. */
const mostAhead = 64 * 1024;
/** How often to look, in milliseconds, whether a page that is behind has read on. */
const lookAgain = 50;

/** What some platforms say of a socket. */
interface RawSocket {
  readonly bufferedAmount?: unknown;
  /** Breaks the connection off. */
  readonly terminate?: () => void;
}

/**
 * Writes to a socket, in order, and only as fast as the page reads: by what the platform says is still buffered or,
 * where it says nothing, by a `ping` after so much, which the page answers.
 */
export class SocketWriter {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #gone = new AbortController();
  #last: Promise<void> = Promise.resolve();
  /** How much was sent since the page has answered a `ping`. */
  #unanswered = 0;
  /** The `pong` that is awaited, which nobody guesses who has not read the `ping`. */
  #pong: string | undefined;
  #answer: () => void = () => {};

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** Resolves once a text was sent after all others, or can no longer be. */
  write(text: string): Promise<void> {
    return this.#last = this.#last.then(() => this.#write(text));
  }

  /** Takes the answer to a `ping`. */
  hear(pong: string): void {
    if (pong === this.#pong) this.#answer();
  }

  /** Drops what is left, since nobody reads it. */
  cut(): void {
    this.#gone.abort();
    this.#answer();
  }

  /** Breaks the connection off, where the platform can. */
  terminate(): void {
    const raw = this.#raw;
    this.cut();
    if (typeof raw?.terminate === "function") raw.terminate();
  }

  get #raw(): RawSocket | undefined {
    return this.#socket.raw as RawSocket | undefined;
  }

  async #write(text: string): Promise<void> {
    const { signal } = this.#gone;
    const raw = this.#raw;
    if (typeof raw?.bufferedAmount !== "number") await this.#answered();
    while (Number(raw?.bufferedAmount) > mostAhead && !signal.aborted) {
      await pause(lookAgain, { clock: this.#clock, signal });
    }
    this.#send(text);
    this.#unanswered += text.length;
  }

  async #answered(): Promise<void> {
    if (this.#unanswered <= mostAhead || this.#gone.signal.aborted) return;
    const answered = new Promise<void>((resolve) => this.#answer = resolve);
    const word = crypto.randomUUID();
    this.#pong = `pong ${word}`;
    this.#send(`ping ${word}`);
    await answered;
    this.#pong = undefined;
    this.#unanswered = 0;
  }

  #send(text: string): void {
    if (this.#gone.signal.aborted) return;
    try {
      this.#socket.send(text);
    } catch {
      // It has closed, and whoever listens to it hears of that.
      this.cut();
    }
  }
}
