import type { Capabilities, Entry, Key } from "../../../src/persistence/adapter/adapter.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { type TestClock, Watched } from "./support.ts";

/** What happens to one call. */
export type Fault =
  | "ok"
  /** Takes its time. */
  | "slow"
  /** Fails without having done anything. */
  | "fails"
  /** Does it, and reports a failure. */
  | "applies and fails"
  /** Never answers, and has done nothing. */
  | "hangs"
  /** Does it, and never answers. */
  | "applies and hangs"
  /** Does it twice, as a driver does that repeats a request; the second answer is the one that arrives. */
  | "applies twice"
  /** Does it only long after the caller has given up. */
  | "comes late";

/** Faults that leave the order of calls as it is. */
export const orderly: readonly Fault[] = [
  "ok",
  "ok",
  "slow",
  "fails",
  "applies and fails",
  "hangs",
  "applies and hangs",
  "applies twice",
];

/** A storage in memory whose calls meet the faults of a schedule, one after the other, while it is broken. */
export class FaultyStorage extends Watched {
  readonly #clock: TestClock;
  readonly #schedule: readonly Fault[];
  #next = 0;
  #isFaulty = false;
  /** Called with what was acknowledged to the caller: keys, or `undefined` for a clear. */
  onAcknowledged: (keys: readonly Key[] | undefined) => void = () => {};

  constructor(
    schedule: readonly Fault[],
    clock: TestClock,
    { inner = new MemoryStore(), ...capabilities }: Partial<Capabilities> & {
      inner?: MemoryStore;
    } = {},
  ) {
    super(inner, capabilities);
    this.#schedule = schedule;
    this.#clock = clock;
  }

  /** Makes calls meet the schedule from now on. */
  break(): void {
    this.#isFaulty = true;
  }

  /** Makes everything work from now on. */
  heal(): void {
    this.#isFaulty = false;
  }

  override async commit(
    ...[writes]: Parameters<Watched["commit"]>
  ): ReturnType<Watched["commit"]> {
    const sent = structuredClone(writes);
    const result = await this.#meet(() => this.inner.commit(sent));
    this.onAcknowledged(writes.map(({ key }) => key));
    return result;
  }

  /** Lists entries; each one that is read is a call of its own. */
  override async *list(...parameters: Parameters<Watched["list"]>): ReturnType<Watched["list"]> {
    for await (const entry of this.inner.list(...parameters)) {
      await this.#meet(() => Promise.resolve());
      yield entry;
    }
  }

  /** Makes it readable in pages of two entries as well, each of which is a call of its own. */
  paged(): this {
    this.pages = (type, options) => this.#pages(type, options);
    return this;
  }

  async *#pages(...parameters: Parameters<Watched["list"]>): AsyncGenerator<Entry[]> {
    let page: Entry[] = [];
    for await (const entry of this.inner.list(...parameters)) {
      page.push(entry);
      if (page.length < 2) continue;
      await this.#meet(() => Promise.resolve());
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  override async clear(type: string): Promise<void> {
    await this.#meet(() => this.inner.clear(type));
    this.onAcknowledged(undefined);
  }

  override get(...parameters: Parameters<Watched["get"]>): ReturnType<Watched["get"]> {
    return this.#meet(() => this.inner.get(...parameters));
  }

  async #meet<T>(act: () => Promise<T>): Promise<T> {
    const fault = this.#isFaulty ? this.#schedule[this.#next++] ?? "ok" : "ok";
    if (fault === "slow") await this.#after(70);
    if (fault === "fails") throw new Error("failed");
    if (fault === "hangs") return await new Promise(() => {});
    if (fault === "comes late") await this.#after(3_000);
    const result = await act();
    if (fault === "applies and fails") throw new Error("failed after it was applied");
    if (fault === "applies and hangs") return await new Promise(() => {});
    return fault === "applies twice" ? await act() : result;
  }

  #after(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimeout(resolve, milliseconds);
    });
  }
}
