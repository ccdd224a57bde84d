import type { Clock } from "../../shared/clock.ts";

/** Wakes what sleeps, by one timer, which keeps no process alive. */
export class Alarms<Sleeper> {
  readonly #clock: Clock;
  readonly #wake: (sleepers: readonly Sleeper[]) => void;
  readonly #sleeping = new Map<Sleeper, number>();
  #timer: { readonly id: unknown; readonly at: number } | undefined;
  #isStopped = false;

  constructor(clock: Clock, wake: (sleepers: readonly Sleeper[]) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** When the next one is to be woken, in milliseconds since 1970. */
  get next(): number | undefined {
    return this.#sleeping.size > 0 ? Math.min(...this.#sleeping.values()) : undefined;
  }

  /** Returns whether something sleeps until after a time. */
  isAfter(sleeper: Sleeper, now: number): boolean {
    return (this.#sleeping.get(sleeper) ?? -Infinity) > now;
  }

  /** Lets something sleep until a time, in place of any other time. */
  set(sleeper: Sleeper, time: number): void {
    this.#sleeping.set(sleeper, time);
    this.#arm();
  }

  /** Forgets what sleeps: it is awake. */
  delete(sleeper: Sleeper): void {
    this.#sleeping.delete(sleeper);
  }

  /** Forgets something if it was to be woken by a time. */
  deleteDue(sleeper: Sleeper, now: number): void {
    if ((this.#sleeping.get(sleeper) ?? Infinity) <= now) this.#sleeping.delete(sleeper);
  }

  /** Forgets and returns what is to be woken by a time. */
  take(now: number): Sleeper[] {
    const woken = [...this.#sleeping].filter(([, time]) => time <= now).map(([each]) => each);
    for (const each of woken) this.#sleeping.delete(each);
    return woken;
  }

  /** Sets no timer any more. */
  stop(): void {
    this.#isStopped = true;
    this.#clock.clearTimeout(this.#timer?.id);
    this.#timer = undefined;
  }

  #arm(): void {
    const { next } = this;
    if (this.#isStopped || next === undefined) return;
    const now = this.#clock.now();
    // A timer that was due belonged to a request that has ended, as on Workers: it never fires.
    if (this.#timer && this.#timer.at <= next && this.#timer.at > now) return;
    this.#clock.clearTimeout(this.#timer?.id);
    const id = this.#clock.setTimeout(() => this.#ring(), Math.max(0, next - now));
    this.#timer = { id, at: next };
    (id as { readonly unref?: () => void } | undefined)?.unref?.();
  }

  #ring(): void {
    // A clock may stand a little before the time that its timer was set for.
    const now = Math.max(this.#clock.now(), this.#timer?.at ?? 0);
    this.#timer = undefined;
    const woken = this.take(now);
    this.#arm();
    if (woken.length > 0) this.#wake(woken);
  }
}
