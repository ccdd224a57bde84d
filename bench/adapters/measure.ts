import { bulkSize, type Contender, isBulk, type Operation, operations } from "./contender.ts";

/** What one contender took for one operation. */
export interface Measured {
  /** Milliseconds for one operation: the median of the rounds. */
  readonly time: number;
  /** How many times as long as the first contender's round beside it: the median of the rounds. */
  readonly ratio: number;
}

/** Of each contender, by its name, what each operation took. */
export type Results = ReadonlyMap<string, ReadonlyMap<Operation, Measured>>;

/** How long to measure. */
export interface Effort {
  /** How many milliseconds a round lasts at least: long enough for the clock, short enough to be undisturbed. */
  readonly round: number;
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** The same for operations on many documents. */
  readonly bulkRounds: number;
  /** How many that is; 10,000 unless told otherwise. */
  readonly bulk?: number;
}

/** Keeps the results of what is measured alive. */
export let consumed = 0;

/**
 * Measures all contenders in turn, round by round, so that whatever else the machine does meets each of them. The
 * first one is what the others are compared with.
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
      // As often for all of them: what is flushed once a round would else seem cheaper where there is more of it.
      if (!isOfMany && index === 0) times = await timesOf(contender, operation, round);
      able.push({ contender, taken: [] });
    }
    for (let left = isOfMany ? bulkRounds : rounds; left > 0; left--) {
      // In another order each time: what one puts off, such as a flush or garbage, falls to who comes next.
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
