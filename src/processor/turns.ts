import type { Clock } from "../shared/clock.ts";

/**
 * How long a turn may take to begin, in milliseconds: only a request that the platform has cancelled takes longer. As
 * often, whoever waits looks whether it is waiting for one.
 */
const maxDelay = 1_000;

/** One event's turn on its instance. */
export class Turn {
  /**
   * When it has ended at the latest, by the clock; `undefined` before it begins. The event itself keeps it up to date.
   */
  until: number | undefined;
  /** Whether it was taken for cancelled, so another has begun. It must not write any more. */
  isLost = false;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Resolves {@link ended}. */
  end: () => void = () => {};

  constructor() {
    this.ended = new Promise((resolve) => this.end = resolve);
  }
}

/**
 * Lets the events of one instance run one after the other, in order of arrival.
 *
 * A platform may cancel a request midway, and then nothing of it goes on, not even its timers. So whoever waits has a
 * timer of its own, and takes the place of a turn that has not ended by its `until`, or of turns that do not begin.
 * And none wakes another: each follows a promise that the one ahead has made and resolves itself, which is all that
 * every Workers runtime lets pass from one request to another.
 */
export class Turns {
  /** The turns that have not ended, in order, by the key of their instance. */
  readonly #lines = new Map<string, Set<Turn>>();

  /** Runs an event when it is its turn, and settles as the event does. */
  async run<Result>(
    key: string,
    event: (turn: Turn) => Promise<Result>,
    { clock }: { readonly clock: Clock },
  ): Promise<Result> {
    const turn = new Turn();
    if (this.#lines.has(key)) await this.#wait(key, turn, clock);
    else this.#lines.set(key, new Set([turn]));
    // It lasts until the event says otherwise.
    turn.until = Infinity;
    try {
      return await event(turn);
    } finally {
      this.#leave(key, turn);
      turn.end();
    }
  }

  async #wait(key: string, turn: Turn, clock: Clock): Promise<void> {
    let ahead: Turn | undefined;
    for (;;) {
      const line = this.#lines.get(key) ?? new Set();
      this.#lines.set(key, line);
      if (!line.has(turn)) {
        ahead = [...line].at(-1);
        line.add(turn);
      }
      const first = firstOf(line);
      if (first === turn) return;
      const isBegun = first.until !== undefined;
      const left = isBegun ? first.until! - clock.now() : maxDelay;
      if (left <= 0) {
        first.isLost = true;
        line.delete(first);
        continue;
      }
      const followed = ahead && line.has(ahead) ? ahead : first;
      const delay = Math.min(left, maxDelay);
      if (await endsWithin(followed.ended, delay, clock) || isBegun) continue;
      if (first === firstOf(line) && first.until === undefined) skipTo(turn, line);
    }
  }

  #leave(key: string, turn: Turn): void {
    const line = this.#lines.get(key);
    line?.delete(turn);
    if (line?.size === 0) this.#lines.delete(key);
  }
}

function firstOf(line: ReadonlySet<Turn>): Turn {
  return line.values().next().value!;
}

/** Drops all turns before one that waits. Those of them that were not cancelled join the line again. */
function skipTo(turn: Turn, line: Set<Turn>): void {
  // It may have been dropped itself.
  if (!line.has(turn)) return;
  for (const each of line) {
    if (each === turn) return;
    line.delete(each);
  }
}

/** Resolves with whether the promise resolves within this many milliseconds. */
async function endsWithin(
  ended: Promise<void>,
  milliseconds: number,
  clock: Clock,
): Promise<boolean> {
  let timer: unknown;
  try {
    return await Promise.race([
      ended.then(() => true),
      new Promise<boolean>((resolve) => {
        timer = clock.setTimeout(() => resolve(false), milliseconds);
      }),
    ]);
  } finally {
    clock.clearTimeout(timer);
  }
}
