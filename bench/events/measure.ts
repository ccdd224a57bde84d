/** One way to do some work. */
export interface Contender {
  readonly name: string;
  /** Does it so many times, and returns something that depends on what came out. */
  run(times: number): number | Promise<number>;
}

/** What one contender took. */
export interface Measured {
  /** Microseconds of CPU time for one: the median of the rounds. */
  readonly time: number;
  /** How many times as long as the first contender's round beside it: the median of the rounds. */
  readonly ratio: number;
}

/** How long to measure. */
export interface Effort {
  /** The shortest round, in microseconds of CPU time. */
  readonly shortest: number;
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** Returns the CPU time so far, in microseconds. Default: that of this process. */
  readonly cpuTime?: () => number;
}

const warmUps = 3;

/** How thoroughly to measure. */
export type Pace = "thorough" | "quick";

/** Returns the effort at a pace. */
export function paced(effort: Effort, pace: Pace): Effort {
  const { shortest, rounds } = effort;
  return pace === "thorough"
    ? effort
    : { ...effort, shortest: shortest / 3, rounds: Math.ceil(rounds / 3) };
}

/** Keeps the results of what is measured alive. */
export let consumed = 0;

/**
 * Measures all contenders in turns, round by round, so other work of the machine disturbs each of them. All of them are
 * compared with the first one.
 */
export async function measure(
  contenders: readonly Contender[],
  { shortest, rounds, cpuTime = ownCpuTime }: Effort,
): Promise<ReadonlyMap<string, Measured>> {
  async function timeOf(contender: Contender, times: number): Promise<number> {
    const start = cpuTime();
    const result = await contender.run(times);
    const taken = cpuTime() - start;
    if (!Number.isFinite(result)) throw new Error(`${contender.name} did nothing`);
    consumed += result;
    return taken;
  }

  const taken = new Map<Contender, number[]>();
  let times = 1;
  for (const [index, contender] of contenders.entries()) {
    // Equally often for all: what is put off to the end of a round would otherwise seem cheaper for some.
    if (index === 0) { while (await timeOf(contender, times) < shortest) times *= 2; }
    // Until it is warm.
    for (let left = warmUps; left > 0; left--) await timeOf(contender, times);
    taken.set(contender, []);
  }
  for (let round = 0; round < rounds; round++) {
    // In another order each time: what one leaves behind, such as garbage, falls to the next one.
    for (const contender of shuffled(contenders)) {
      taken.get(contender)!.push(await timeOf(contender, times) / times);
    }
  }
  const first = taken.get(contenders[0]!)!;
  return new Map([...taken].map(([{ name }, each]) => {
    return [name, {
      time: median(each),
      ratio: median(each.map((time, round) => time / first[round]!)),
    }];
  }));
}

function ownCpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items.map((item) => ({ item, at: Math.random() })).sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Returns the middle one of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
