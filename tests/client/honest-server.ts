import type {
  Answer,
  Following,
  InstanceFrame,
  Message,
  StreamListener,
  Transport,
} from "rian/client";
import { makeOperations } from "../../src/processor/operations/make-operations.ts";
import { emptyAnswer, snapshot } from "./support.ts";

const address = { type: "T", id: "a" };

/** The state of the instance. */
export type State = Record<string, unknown>;

/** A server with one instance: a true history, answers in order, and a stream of differences. */
export class HonestServer implements Transport {
  readonly history: State[] = [{}, { a: 0 }];
  readonly #answers: (() => void)[] = [];
  #pipe: InstanceFrame[] = [];
  #listener: StreamListener | undefined;
  #seen = -1;

  get rev(): number {
    return this.history.length - 1;
  }

  send(message: Message): Promise<Answer> {
    const before = this.rev;
    if (message.event === "set") this.change(message.payload as State);
    const patches = message.event === "mount" ? [this.#whole()] : this.#since(before);
    const answer = { ...emptyAnswer(this.rev), patches };
    return new Promise((resolve) => this.#answers.push(() => resolve(answer)));
  }

  follow(_: unknown, listener: StreamListener): Following {
    this.#listener = listener;
    listener.opening([address]);
    this.open();
    return {
      reopen: () => {
        this.break();
        this.reopen();
      },
      close: () => this.#listener = undefined,
    };
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
    this.#pipe = [this.#whole()];
  }

  break(): void {
    this.#seen = -1;
    this.#pipe = [];
    this.#listener!.lost([address]);
  }

  reopen(): void {
    if (this.#seen >= 0) return;
    this.#listener!.opening([address]);
    this.open();
  }

  /** Streams the differences since the last frame, as one frame. */
  stream(): void {
    if (this.#seen < 0 || this.#seen === this.rev) return;
    this.#pipe.push(...this.#since(this.#seen));
    this.#seen = this.rev;
  }

  deliver(): boolean {
    const next = this.#pipe.shift();
    if (next) this.#listener!.frame(next);
    return next !== undefined;
  }

  answer(): boolean {
    const answer = this.#answers.shift();
    answer?.();
    return answer !== undefined;
  }

  #whole(): InstanceFrame {
    return snapshot("T:a", this.history[this.rev]!, this.rev);
  }

  /** Returns what differs from an older revision, as one frame. */
  #since(base: number): InstanceFrame[] {
    const { rev } = this;
    if (base === rev) return [];
    const ops = makeOperations(this.history[base]!, this.history[rev]!);
    return [ops ? { action: "patch", type: "T", instance: "a", rev, base, ops } : this.#whole()];
  }
}
