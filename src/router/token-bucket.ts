import type { Context, Env } from "hono";
import { checkOptions } from "../shared/check-options.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { describe } from "../shared/describe.ts";
import * as kind from "../shared/kinds.ts";
import type { Demand, LimitAnswer } from "./options.ts";

/** Options of {@link tokenBucket}. */
export interface TokenBucketOptions<E extends Env = Env> {
  /** How many tokens a bucket gains in a second. */
  readonly rate: number;
  /** How many tokens a bucket holds: so much may come at once. */
  readonly burst: number;
  /**
   * Returns whose bucket a demand takes from: a text that the sender cannot choose, such as the id of the user or the
   * address of the network connection.
   */
  readonly key: (context: Context<E>, demand: Demand) => string;
  /** Tells the time; for tests. */
  readonly clock?: Pick<Clock, "now">;
}

const optionKinds: kind.Kinds<TokenBucketOptions> = {
  rate: {
    fits: (value) => typeof value === "number" && value > 0 && value < Infinity,
    cure: "tokens a second, a number above 0",
    isRequired: true,
  },
  burst: {
    fits: (value) => typeof value === "number" && value >= 1 && value < Infinity,
    cure: "tokens, a number from 1 up",
    isRequired: true,
  },
  key: {
    ...kind.callback,
    cure: "a function that returns whose bucket it is, such as the id of the user",
    isRequired: true,
  },
  clock: kind.timepiece,
};

const second = 1_000;
const maxBuckets = 10_000;
/** How many buckets are forgotten together, so that not each new one has to look for the fullest. */
const forgottenTogether = 1_000;

/**
 * Makes a `limit` that gives everyone a bucket of tokens, which fills at a steady rate. An event and a new instance
 * take one token each, a stream takes one for each instance that it follows. More than a bucket holds is served from a
 * full one, which then owes the rest.
 *
 * It remembers 10,000 buckets in this process. Beyond that the fullest are forgotten, but none that is empty: while
 * there is no other, newcomers are refused.
 *
 * @throws {TypeError} if an option is missing, misspelt, or not what it should be
 *
 * @example Ten events a second for each user, and forty at once
 * ```ts
 * import { MemoryStore } from "rian";
 * import { createNasc, tokenBucket } from "rian/hono";
 *
 * const Counter = {
 *   mount: () => ({ count: 0 }),
 *   add: (_: unknown, state: { count: number }) => ({ count: state.count + 1 }),
 * };
 * const { app } = createNasc({
 *   handlers: { Counter },
 *   store: new MemoryStore(),
 *   authorize: "everyone",
 *   hosts: "any",
 *   user: (context) => context.req.header("x-user") ?? "nobody", // in truth, from a session
 *   limit: tokenBucket({ rate: 10, burst: 40, key: (_context, { user }) => String(user) }),
 * });
 * const body = JSON.stringify({ type: "Counter", instance: "visits", event: "add" });
 * const headers = { "content-type": "application/json" };
 * const add = () => app.request("/event", { method: "POST", headers, body });
 * const statuses = (await Promise.all(Array.from({ length: 50 }, add))).map(({ status }) => status);
 * if (!statuses.includes(429)) throw new Error("expected to be limited");
 * ```
 */
export function tokenBucket<E extends Env = Env>(
  given: TokenBucketOptions<E>,
): (context: Context<E>, demand: Demand) => LimitAnswer {
  const { options } = checkOptions("make a token bucket", { options: given }, {
    options: { ...kind.optionsOf(optionKinds), isRequired: true },
  });
  const { burst, key, clock = systemClock } = options;
  const perToken = second / options.rate;
  /** The time at which each bucket is full. */
  const fullAt = new Map<string, number>();
  /** Until then all buckets are empty. */
  let allEmptyUntil = -Infinity;
  let latest = -Infinity;

  function tellTime(): number {
    const now = clock.now();
    if (now < latest - second) {
      // The clock was set back, and nobody is to wait until it has caught up.
      fullAt.clear();
      allEmptyUntil = -Infinity;
    }
    return latest = now;
  }

  /** Returns how long a bucket takes until it holds so many tokens, in milliseconds. */
  function untilHolds(tokens: number, full: number, now: number): number {
    return Math.max(0, full - now - (burst - tokens) * perToken);
  }

  /** Makes room for another bucket. Returns 0, or how long it takes until there may be some. */
  function makeRoom(now: number): number {
    if (fullAt.size < maxBuckets) return 0;
    if (now < allEmptyUntil) return allEmptyUntil - now;
    const fullest = [...fullAt].sort(([, one], [, other]) => one - other)
      .slice(0, forgottenTogether);
    const soonest = untilHolds(1, fullest[0]![1], now);
    for (const [name, full] of fullest) {
      if (untilHolds(1, full, now) === 0) fullAt.delete(name);
    }
    allEmptyUntil = now + soonest;
    return soonest;
  }

  return (context, demand) => {
    const name: unknown = key(context, demand);
    if (typeof name !== "string") {
      throw new TypeError(
        `Cannot limit a request: key returned ${
          describe(name)
        }; return a text, such as the id of the user`,
      );
    }
    const now = tellTime();
    const known = fullAt.get(name);
    const wait = known === undefined
      ? makeRoom(now)
      : untilHolds(Math.min(demand.count, burst), known, now);
    if (wait > 0) return { retryAfter: Math.ceil(wait) };
    fullAt.set(name, Math.max(known ?? now, now) + demand.count * perToken);
    return true;
  };
}
