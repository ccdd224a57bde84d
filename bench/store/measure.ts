import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Consumed } from "./contender.ts";

const ENOUGH = 40_000_000;
const ROUNDS = 5;

/** Keeps the results of what is measured alive. */
export let consumed = 0;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of the heap that are still in use. */
export function retained(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Nanoseconds that `work` takes for one time: the best of some rounds, each long enough for the clock. */
export async function measure(work: (times: number) => Consumed): Promise<number> {
  let times = 1;
  let best = Infinity;
  for (let round = 0; round < ROUNDS;) {
    const start = process.hrtime.bigint();
    consumed += await work(times);
    const elapsed = Number(process.hrtime.bigint() - start);
    best = Math.min(best, elapsed / times);
    if (elapsed < ENOUGH / 4 && times < 200_000) times *= 4;
    else round += elapsed > ENOUGH * 10 ? ROUNDS : 1;
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
