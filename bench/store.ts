/**
 * The store beside its peers, in one process: `node bench/store.ts [sizes…]`. Each cell is the time of one operation
 * and, in brackets, how many times as long as Rian's that is: what is above 1 is slower than Rian.
 *
 * Peers are compared where they are installed: in this project, or in the folder that RIAN_PEERS names.
 */
import type { Contender, Loaded } from "./store/contender.ts";
import { lokijs } from "./store/contenders/lokijs.ts";
import { minimongo } from "./store/contenders/minimongo.ts";
import { raw } from "./store/contenders/raw.ts";
import { rian } from "./store/contenders/rian.ts";
import { signaldb } from "./store/contenders/signaldb.ts";
import { tanstack } from "./store/contenders/tanstack.ts";
import { tinybase } from "./store/contenders/tinybase.ts";
import { consumed, measure, measureOnce, retained } from "./store/measure.ts";
import { type Row, rowsOf, shuffled } from "./store/rows.ts";

const sizes = process.argv.slice(2).map(Number);
const only = process.env.RIAN_CONTENDERS?.split(",");
const peers = await Promise.all([tinybase(), lokijs(), tanstack(), signaldb(), minimongo()]);
const contenders = [rian, raw, ...peers.filter((each) => each !== undefined)].filter((each) =>
  only === undefined || only.some((name) => each.name.startsWith(name))
);

type Result = Map<string, number>;

/** What one contender takes for each operation. */
async function run(contender: Contender, rows: readonly Row[]): Promise<Result> {
  const result: Result = new Map();
  const size = rows.length;
  const ids = shuffled(size, 3);
  const id = (i: number) => ids[i % size]!;

  const before = retained();
  let loaded: Loaded | undefined = await contender.load(rows);
  await loaded.get(size, (i) => i);
  result.set("heap bytes per document", (retained() - before) / size);
  loaded = undefined;
  result.set(
    "bulk load, per document",
    await measureOnce(() => contender.load(rows)) / size,
  );

  result.set(
    "the same, and each index asked once",
    await measureOnce(async () => {
      const store = await contender.load(rows);
      await store.equals?.(1, () => rows[0]!.city);
      await store.quarter?.(1);
      await store.range?.(1, () => 0);
    }) / size,
  );

  const store = await contender.load(rows);
  const operations: [string, ((times: number) => ReturnType<Loaded["get"]>) | undefined][] = [
    ["get + read 3 fields", (times) => store.get(times, id)],
    [
      "equals, 100 found",
      store.equals && ((times) => store.equals!(times, (i) => rows[id(i)]!.city)),
    ],
    ["equals, a quarter found", store.quarter && ((times) => store.quarter!(times))],
    [
      "range, 100 found, in order",
      store.range && ((times) => store.range!(times, (i) => id(i) % (size - 100))),
    ],
    ["ordered, the first 20", store.firstPage && ((times) => store.firstPage!(times))],
    ["two indexes + sort + page", store.twoIndexes && ((times) => store.twoIndexes!(times))],
    ["update of a plain field", (times) => store.updatePlain(times, id)],
    [
      "insert + delete",
      (times) => store.insertAndDelete(times, (i) => ({ ...rows[id(i)]!, id: size + i, n: -i })),
    ],
    ["transaction of 1,000 updates", store.transaction && ((times) => store.transaction!(times))],
    ["the same, rolled back", store.rollback && ((times) => store.rollback!(times))],
    ["update of an indexed field", (times) => store.updateIndexed(times, id)],
  ];
  for (const [name, operation] of operations) {
    if (operation !== undefined) result.set(name, await measure(operation));
  }
  if (store.follow !== undefined) {
    for (const queries of [1, 100, 1000]) {
      const stop = await store.follow(queries);
      const write = (times: number) => store.updatePlain(times, id);
      result.set(`the plain update, ${queries} live queries`, await measure(write));
      stop();
    }
  }
  return result;
}

function shown(value: number, unit: string): string {
  if (unit === "bytes") return `${Math.round(value)}`;
  if (value < 1e4) return `${Math.round(value)} ns`;
  return value < 1e7 ? `${(value / 1e3).toFixed(1)} µs` : `${(value / 1e6).toFixed(1)} ms`;
}

for (const size of sizes.length > 0 ? sizes : [1_000, 10_000, 100_000]) {
  const rows = rowsOf(size);
  const results = new Map<string, Result>();
  for (const contender of contenders) {
    try {
      results.set(contender.name, await run(contender, rows));
    } catch (error) {
      console.error(`${contender.name} failed:`, error);
    }
  }
  const own = results.get(rian.name)!;
  console.log(`\n## ${size.toLocaleString("en")} documents\n`);
  console.log(`| | ${[...results.keys()].join(" | ")} |`);
  console.log(`| --- |${" --- |".repeat(results.size)}`);
  for (const [name, value] of own) {
    const cells = [...results.values()].map((result) => {
      const other = result.get(name);
      if (other === undefined) return "–";
      const text = shown(other, name.includes("bytes") ? "bytes" : "ns");
      return result === own ? text : `${text} (${(other / value).toPrecision(2)})`;
    });
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}
if (!Number.isFinite(consumed)) throw new Error("nothing was consumed");
