import { bulkSize, type Contender, isBulk, type Operation, operations } from "./contender.ts";

/** What one contender took for one operation. */
export interface Measured {
  /** Milliseconds for one operation: the median of the rounds. */
  readonly time: number;
  /** How many times as long as the first contender's round beside it: the median of the rounds. */
  readonly ratio: number;
}

/** What each operation took, by the name of the contender. */
export type Results = ReadonlyMap<string, ReadonlyMap<Operation, Measured>>;

/** How long to measure. */
export interface Effort {
  /** The shortest round in milliseconds: long enough for the clock, short enough to be undisturbed. */
  readonly round: number;
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** The same for operations on many documents. */
  readonly bulkRounds: number;
  /** How many that is; 10,000 by default. */
  readonly bulk?: number;
}

/** How thoroughly to measure: `"quick"` takes fewer rounds and fewer documents, so its numbers are rougher. */
export type Pace = "thorough" | "quick";

/** Returns the effort at a pace. */
export function paced(effort: Effort, pace: Pace): Effort {
  if (pace === "thorough") return effort;
  const { round, bulk = bulkSize } = effort;
  return { round, rounds: 3, bulkRounds: 2, bulk: Math.min(bulk, 1_000) };
}

/** Keeps the results of what is measured alive. */
export let consumed = 0;

/**
 * Measures all contenders in turn, round by round, so other work of the machine disturbs each of them. The others are
 * compared with the first one.
 */
export async function measure(contenders: readonly Contender[], effort: Effort): Promise<Results> {
  const { round, rounds, bulkRounds, bulk = bulkSize } = effort;
  const results = new Map(contenders.map(({ name }) => [name, new Map<Operation, Measured>()]));
  for (const operation of operations) {
    const isOfMany = isBulk(operation);
    let times = bulk;
    const able: { contender: Contender; taken: number[] }[] = [];
    for (const [index, contender] of contenders.entries()) {
      if (operation !== "load") await contender.fill(isOfMany ? bulk : 1_000);
      if (!isOfMany && await contender.run(operation, 1) === undefined) continue;
      // Equally often for all: what is flushed once a round would otherwise seem cheaper the more of it there is.
      if (!isOfMany && index === 0) times = await timesOf(contender, operation, round);
      able.push({ contender, taken: [] });
    }
    for (let left = isOfMany ? bulkRounds : rounds; left > 0; left--) {
      // In another order each time: what one puts off, such as a flush or garbage, falls to the next one.
      for (const { contender, taken } of shuffled(able)) {
        if (operation === "load") await contender.fill(0);
        taken.push(await time(contender, operation, times) / (isOfMany ? 1 : times));
      }
    }
    const [first] = able;
    for (const { contender, taken } of able) {
      const ratios = taken.map((each, round) => each / first!.taken[round]!);
      results.get(contender.name)!.set(operation, { time: median(taken), ratio: median(ratios) });
    }
  }
  return results;
}

/** How often an operation has to run to last a round. Warms up, too. */
async function timesOf(
  contender: Contender,
  operation: Operation,
  round: number,
): Promise<number> {
  for (let times = 1;; times *= 2) {
    if (await time(contender, operation, times) >= round) return times;
  }
}

async function time(contender: Contender, operation: Operation, times: number): Promise<number> {
  const start = performance.now();
  const result = await contender.run(operation, times);
  const elapsed = performance.now() - start;
  if (!result) throw new Error(`${contender.name} did nothing in ${operation}`);
  consumed += result;
  return elapsed;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items.map((item) => ({ item, at: Math.random() })).sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
