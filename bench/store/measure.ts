import type { Consumed } from "./contender.ts";
import { collectGarbage } from "./garbage.ts";

/** Does something `times` times, after `before` times in the same round. */
export type Work = (times: number, before: number) => Consumed;

/** How long to measure. */
export interface Effort {
  /** The shortest round, in nanoseconds: short enough that some are not interrupted on a busy machine. */
  readonly roundTime: number;
  /** How many turns each contender has, and how many rounds a turn has: the first of them warms the caches. */
  readonly turns: number;
  readonly rounds: number;
  /** How often something slow is done at least. */
  readonly loads: number;
}

export const thorough: Effort = { roundTime: 8_000_000, turns: 9, rounds: 3, loads: 4 };
export const quick: Effort = { roundTime: 8_000_000, turns: 4, rounds: 2, loads: 4 };

/**
 * The most times that an operation runs before its function returns, as an application's functions do. On-stack
 * replacement would exchange an endless loop for code that is up to half as slow again, or not, as it happens.
 */
const longestLoop = 1_000;

/** Keeps the results of what is measured alive. */
export let consumed = 0;

/**
 * Measures the nanoseconds that each contender takes for one time: the best of some rounds, fewer if they are long.
 * Contenders take turns, so whatever else the machine does affects each of them.
 */
export async function measure(
  works: ReadonlyMap<string, Work>,
  { roundTime, turns, rounds }: Effort,
): Promise<Map<string, number>> {
  const contenders = [...works].map(([name, work]) => {
    return { name, work, times: 1, taken: 0, best: Infinity };
  });
  while (contenders.some(({ taken }) => taken < turns)) {
    for (const contender of contenders.filter(({ taken }) => taken < turns)) {
      let longest = 0;
      for (let round = 0; round < rounds && longest < roundTime * 8; round++) {
        const elapsed = await timeOf(contender.work, contender.times);
        longest = Math.max(longest, elapsed);
        contender.best = Math.min(contender.best, elapsed / contender.times);
      }
      if (longest >= roundTime) contender.taken += Math.ceil(longest / (roundTime * 8));
      else {
        // Short rounds touch few documents, which the caches hold.
        contender.times *= 2;
        contender.best = Infinity;
      }
    }
  }
  return new Map(contenders.map(({ name, best }) => [name, best]));
}

/** Measures the nanoseconds of something slow, such as a load: the best of a few times, or of many if it is short. */
export async function measureOnce(
  work: () => unknown,
  { roundTime, loads }: Effort,
): Promise<number> {
  let best = Infinity;
  let total = 0;
  for (let round = 0; round < loads || (round < 50 && total < roundTime * 25); round++) {
    collectGarbage();
    const start = process.hrtime.bigint();
    await work();
    const elapsed = Number(process.hrtime.bigint() - start);
    total += elapsed;
    best = Math.min(best, elapsed);
  }
  return best;
}

async function timeOf(work: Work, times: number): Promise<number> {
  const start = process.hrtime.bigint();
  for (let before = 0; before < times; before += longestLoop) {
    consumed += await work(Math.min(longestLoop, times - before), before);
  }
  return Number(process.hrtime.bigint() - start);
}
