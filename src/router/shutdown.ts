import { RunningWork } from "../processor/running-work.ts";
import { Refusal } from "./refusal.ts";

/** What can be ended so that its page opens another one, elsewhere. */
interface Life {
  end(last: "reopen"): void;
}

/** Ends the streams of a process that is about to stop, and lets none open from then on. */
export class Shutdown {
  readonly #lives = new Set<Life>();
  readonly #writing: RunningWork = new RunningWork();
  #hasBegun = false;

  /**
   * Adds a stream that is about to open, and returns how to remove it.
   *
   * @throws {Refusal} `unavailable` once the process is about to stop
   */
  join(life: Life): () => void {
    if (this.#hasBegun) {
      throw new Refusal("unavailable", "This server is about to stop; try again", { status: 503 });
    }
    this.#lives.add(life);
    return () => {
      this.#lives.delete(life);
    };
  }

  /** Notes what writes the response of a stream, and never rejects. */
  add(writing: Promise<void>): void {
    this.#writing.add(writing);
  }

  /** Ends all streams. */
  begin(): void {
    this.#hasBegun = true;
    for (const life of [...this.#lives]) life.end("reopen");
  }

  /** Resolves once the pages of all streams have what was written, or were cut off. */
  written(): Promise<void> {
    return this.#writing.ended();
  }
}
