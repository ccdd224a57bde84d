import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** Frees the memory that nothing refers to. */
export const collectGarbage = runInNewContext("gc") as () => void;

/** Returns the bytes in use, collecting until three collections in a row have freed nothing more. */
export async function retained(): Promise<number> {
  let least = Infinity;
  for (let unchanged = 0; unchanged < 3; unchanged++) {
    // Between two tasks, timers run and weak references let go.
    await setTimeout(1);
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    if (heapUsed + external < least) [least, unchanged] = [heapUsed + external, 0];
  }
  return least;
}
