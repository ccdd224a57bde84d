import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Consumed } from "./contender.ts";

/** How long one round takes at least: short enough that some rounds are not interrupted on a busy machine. */
const ROUND = 8_000_000;
const ROUNDS = 25;

/** Keeps the results of what is measured alive. */
export let consumed = 0;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of the heap that are still in use. */
export function retained(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Nanoseconds that `work` takes for one time: the best of some rounds, fewer if they are long. */
export async function measure(work: (times: number) => Consumed): Promise<number> {
  let times = 1;
  let best = Infinity;
  for (let round = 0; round < ROUNDS;) {
    const start = process.hrtime.bigint();
    consumed += await work(times);
    const elapsed = Number(process.hrtime.bigint() - start);
    best = Math.min(best, elapsed / times);
    if (elapsed < ROUND) times *= 2;
    else round += Math.ceil(elapsed / (ROUND * 8));
  }
  return best;
}

/** Nanoseconds for one run of something slow, such as a load: the best of a few. */
export async function measureOnce(work: () => unknown): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 4; round++) {
    collectGarbage();
    const start = process.hrtime.bigint();
    await work();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return best;
}
