import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Consumed } from "./contender.ts";

/** Does something `times` times, after it has done so `before` times in the same round. */
export type Work = (times: number, before: number) => Consumed;

/** How long one round takes at least: short enough that some rounds are not interrupted on a busy machine. */
const roundTime = 8_000_000;
/** How often each contender has its turn, and how many rounds a turn has: the first of them warms the caches up. */
const turnsEach = 9;
const roundsPerTurn = 3;
/**
 * How often at most an operation runs before its function returns, as an application's do. A loop without an end would
 * be replaced on the stack by code that is up to half as slow again, or not, as it happens.
 */
const longestLoop = 1_000;

/** Keeps the results of what is measured alive. */
export let consumed = 0;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of the heap that are still in use. */
export function retained(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/**
 * Nanoseconds that each contender takes for one time: the best of some rounds, fewer if they are long. They take turns,
 * so that whatever else the machine does meets each of them.
 */
export async function measure(works: ReadonlyMap<string, Work>): Promise<Map<string, number>> {
  const contenders = [...works].map(([name, work]) => {
    return { name, work, times: 1, turns: 0, best: Infinity };
  });
  while (contenders.some(({ turns }) => turns < turnsEach)) {
    for (const contender of contenders.filter(({ turns }) => turns < turnsEach)) {
      let longest = 0;
      for (let round = 0; round < roundsPerTurn && longest < roundTime * 8; round++) {
        const elapsed = await timeOf(contender.work, contender.times);
        longest = Math.max(longest, elapsed);
        contender.best = Math.min(contender.best, elapsed / contender.times);
      }
      if (longest >= roundTime) contender.turns += Math.ceil(longest / (roundTime * 8));
      else {
        // Few times meet few documents, which the caches hold.
        contender.times *= 2;
        contender.best = Infinity;
      }
    }
  }
  return new Map(contenders.map(({ name, best }) => [name, best]));
}

/** Nanoseconds that something slow takes, such as a load: the best of a few times, or of many if it is over soon. */
export async function measureOnce(work: () => unknown): Promise<number> {
  let best = Infinity;
  let total = 0;
  for (let round = 0; round < 4 || (round < 50 && total < roundTime * 25); round++) {
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
