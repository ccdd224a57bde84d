import type { EventWatch } from "./event-watch.ts";
import { HandlerTime, type HandlerTimeOptions } from "./handler-time.ts";
import type { Turn } from "./turns.ts";

/** The time that an event has for its handlers, of which somebody wants to know how much they took. */
export class WatchedTime extends HandlerTime {
  readonly #watch: EventWatch;

  constructor(turn: Turn, options: HandlerTimeOptions & { readonly watch: EventWatch }) {
    super(turn, options);
    this.#watch = options.watch;
  }

  override limit<Result>(
    name: string,
    call: () => Result | PromiseLike<Result>,
  ): Result | PromiseLike<Result> {
    return this.#watch.measure(() => super.limit(name, call));
  }
}
