import type { Context, Env } from "hono";
import { NascError } from "../processor/mod.ts";
import { fits } from "../shared/byte-length.ts";
import { type Clock, pause } from "../shared/clock.ts";
import { closeCodes, codeBack, failedClosure, normalClosure } from "./close-codes.ts";
import { protocol2 } from "./protocol-2.ts";
import type { Socket } from "./socket.ts";
import { type ConversationOptions, SocketConversation } from "./socket-conversation.ts";
import { SocketWriter } from "./socket-writer.ts";
import { framesOf } from "./stream-frames.ts";

/** In milliseconds. */
const longestClosing = 5_000;
/** Why a socket is closed (RFC 6455). */
const codes = {
  normal: normalClosure,
  unsupported: 1003,
  refused: 1008,
  tooLarge: 1009,
  failed: failedClosure,
};
/** How many bytes of a reason fit. */
const longestReason = 123;

/** Options of {@link SocketStream}. */
export interface SocketStreamOptions<E extends Env> extends Omit<ConversationOptions<E>, "write"> {
  /** The stream's token. */
  readonly token: string;
  readonly clock: Clock;
  /** How many bytes a message may have. */
  readonly maxBytes: number;
}

/** A stream over a socket, from the moment that this is open until it is closed. */
export class SocketStream<E extends Env> {
  readonly #socket: Socket;
  readonly #parts: SocketStreamOptions<E>;
  readonly #writer: SocketWriter;
  readonly #conversation: SocketConversation<E>;
  readonly #closed = new AbortController();

  constructor(context: Context<E>, socket: Socket, parts: SocketStreamOptions<E>) {
    this.#socket = socket;
    this.#parts = parts;
    const writer = this.#writer = new SocketWriter(socket, parts.clock);
    const write = (text: string) => writer.write(text);
    this.#conversation = new SocketConversation(context, { ...parts, write });
    void parts.life.writes(this.#write());
  }

  /** Takes what the page says. */
  hear(data: unknown): void {
    const { life, maxBytes } = this.#parts;
    if (life.signal.aborted) return;
    if (typeof data !== "string") return this.#end(codes.unsupported, "A message is text");
    if (!fits(data, maxBytes)) {
      return this.#end(codes.tooLarge, `A message is at most ${maxBytes} bytes`);
    }
    if (data.startsWith("pong ")) return this.#writer.hear(data);
    try {
      void this.#conversation.hear(data);
    } catch (error) {
      if (!(error instanceof NascError)) throw error;
      this.#end(codes.refused, error.message);
    }
  }

  /** Hears that the other end closes the socket, or has gone. */
  close(code: number): void {
    this.#closed.abort();
    this.#writer.cut();
    this.#parts.life.end();
    this.#close(codeBack(code), "");
  }

  /** Ends the stream at once, since the page has said what no page says. */
  #end(code: number, reason: string): void {
    this.#writer.cut();
    this.#parts.life.end();
    this.#close(code, reason);
  }

  async #write(): Promise<void> {
    const { life, clock } = this.#parts;
    const writer = this.#writer;
    void life.watch();
    void life.over
      .then(() => pause(longestClosing, { clock, signal: this.#closed.signal }))
      .then(() => writer.cut());
    const stream = { ...this.#parts, protocol: protocol2 };
    for await (const { text } of framesOf(stream)) await writer.write(text);
    const code = life.isDismissed ? closeCodes.authorize : life.last ? codes.normal : codes.failed;
    this.#close(code, life.isDismissed ? "Authorise again" : "");
    await pause(longestClosing, { clock, signal: this.#closed.signal });
    if (!this.#closed.signal.aborted) writer.terminate();
  }

  #close(code: number, reason: string): void {
    try {
      this.#socket.close(code, reason.slice(0, longestReason));
    } catch {
      // It is closed already.
    }
  }
}
