import type { Answer, Frame, Message, StreamListener, Transport } from "rian/client";
import { frame } from "./support.ts";

interface Streamed {
  readonly kind: "snapshot" | "message";
  readonly frame: Frame;
}

/** The state of the instance. */
export type State = Record<string, unknown>;

/** A server with one instance: a true history, answers in order, and a stream of differences. */
export class HonestServer implements Transport {
  readonly history: State[] = [{}, { a: 0 }];
  readonly #answers: (() => void)[] = [];
  #pipe: Streamed[] = [];
  #listener: StreamListener | undefined;
  #seen = -1;

  get rev(): number {
    return this.history.length - 1;
  }

  send(message: Message): Promise<Answer> {
    const before = this.rev;
    if (message.event === "set") this.change(message.payload as State);
    const rev = this.rev;
    const patches = message.event === "mount"
      ? frame("T:a", this.history[rev]!, rev).patches
      : rev === before
      ? []
      : frame("T:a", message.payload as State, rev).patches;
    return new Promise((resolve) => this.#answers.push(() => resolve({ ok: true, rev, patches })));
  }

  follow(_: unknown, listener: StreamListener): () => void {
    this.#listener = listener;
    this.open();
    return () => this.#listener = undefined;
  }

  change(changes: State): void {
    const state = { ...this.history[this.rev], ...changes };
    for (const [prop, value] of Object.entries(changes)) {
      if (value === undefined) delete state[prop];
    }
    if (JSON.stringify(state) !== JSON.stringify(this.history[this.rev])) this.history.push(state);
  }

  open(): void {
    if (this.#seen >= 0) return;
    this.#seen = this.rev;
    this.#pipe = [{
      kind: "snapshot",
      frame: frame("T:a", this.history[this.rev]!, this.rev),
    }];
  }

  break(): void {
    this.#seen = -1;
    this.#pipe = [];
    this.#listener!.lost([{ type: "T", id: "a" }]);
  }

  reopen(): void {
    if (this.#seen >= 0) return;
    this.#listener!.reopening([{ type: "T", id: "a" }]);
    this.open();
  }

  /** Streams the differences since the last frame, as one frame. */
  stream(): void {
    if (this.#seen < 0 || this.#seen === this.rev) return;
    const before = this.history[this.#seen]!;
    const after = this.history[this.rev]!;
    const changes = Object.keys({ ...before, ...after })
      .filter((prop) => before[prop] !== after[prop])
      .map((prop) => [prop, after[prop]]);
    this.#pipe.push({
      kind: "message",
      frame: frame("T:a", Object.fromEntries(changes), this.rev),
    });
    this.#seen = this.rev;
  }

  deliver(): boolean {
    const next = this.#pipe.shift();
    if (next) this.#listener![next.kind](next.frame);
    return next !== undefined;
  }

  answer(): boolean {
    const answer = this.#answers.shift();
    answer?.();
    return answer !== undefined;
  }
}
