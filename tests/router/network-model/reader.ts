import { type Held, Page } from "../support-frames.ts";
import type { User } from "./app.ts";
import type { ModelProcess } from "./schedule.ts";

/** A page that forgives nothing: its stream has to lead on from what it has, from whichever process it comes. */
export class Reader {
  readonly user: User;
  readonly #scope: string;
  readonly #processes: readonly ModelProcess[];
  #page: Page | undefined;
  #failure: unknown;
  /** Holds up the reader, as a slow network does. */
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(user: User, scope: string, processes: readonly ModelProcess[]) {
    this.user = user;
    this.#scope = scope;
    this.#processes = processes;
  }

  /** What it has. */
  get held(): Held | undefined {
    return this.#page?.held.get(this.#scope);
  }

  /** What was wrong with a frame. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Opens its stream of a process, with what it has. */
  async open(process: number): Promise<void> {
    const { held } = this;
    await this.close();
    const { page } = await Page.open(this.#processes[process]!, {
      scope: this.#scope,
      held,
      headers: { "x-user": this.user },
    });
    this.#page = page;
    void this.#read(page);
  }

  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async close(): Promise<void> {
    const page = this.#page;
    this.#page = undefined;
    this.release();
    await page?.close();
  }

  async #read(page: Page): Promise<void> {
    try {
      while (this.#page === page) {
        await this.#gate?.promise;
        if (this.#page === page) await page.frame();
      }
    } catch (error) {
      if (this.#page === page) this.#failure = error;
    }
  }
}
