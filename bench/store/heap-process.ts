/**
 * Prints, as JSON, how many bytes a contender takes for one document, or why that cannot be told:
 * `node heap-process.ts name size`. It loads one store after another and keeps them all, so only the new one counts;
 * the first ones count the code that they compile, too.
 */
import type { Loaded } from "./contender.ts";
import { contendersOf } from "./contenders.ts";
import { retained } from "./garbage.ts";
import { itemsOf } from "./items.ts";

/** How many stores in a row have to take the same, how exactly, and how many are loaded at most. */
const agreeing = 3;
const tolerance = 0.08;
const most = 8;

const [name, size] = process.argv.slice(2);
const contender = (await contendersOf()).find((each) => each.name === name)!;
const items = itemsOf(Number(size));
const stores: Loaded[] = [];
const taken: number[] = [];

async function bytesOfDocument(): Promise<number | string> {
  let before = await retained();
  while (taken.length < most) {
    const store = await contender.load(items);
    await store.get(items.length, (i) => i);
    stores.push(store);
    const after = await retained();
    taken.push(Math.round((after - before) / items.length));
    before = after;
    const last = taken.slice(-agreeing).sort((a, b) => a - b);
    const [least, median, largest] = [last[0]!, last[1]!, last.at(-1)!];
    if (last.length === agreeing && least > 0 && largest - least <= median * tolerance) {
      return median;
    }
  }
  return `no ${agreeing} stores in a row took the same: ${taken.join(", ")} bytes a document`;
}

const bytes = await bytesOfDocument();
// Used once more, so all stores are still there when the bytes are counted.
for (const store of stores) await store.get(1, () => 0);
console.log(JSON.stringify(bytes));
