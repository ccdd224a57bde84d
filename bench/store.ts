/**
 * Compares the store with its peers, in one process: `node bench/store.ts [sizes…]`. Each cell is the time of one
 * operation and, in brackets, its ratio to Rian's: above 1 is slower than Rian.
 *
 * Peers take part if they are installed, in this project or in the folder that RIAN_PEERS names.
 */
import type { Contender, Loaded } from "./store/contender.ts";
import { lokijs } from "./store/contenders/lokijs.ts";
import { minimongo } from "./store/contenders/minimongo.ts";
import { raw } from "./store/contenders/raw.ts";
import { rian } from "./store/contenders/rian.ts";
import { signaldb } from "./store/contenders/signaldb.ts";
import { tanstack } from "./store/contenders/tanstack.ts";
import { tinybase } from "./store/contenders/tinybase.ts";
import { type Item, itemsOf } from "./store/items.ts";
import { consumed, measure, measureOnce, retained, type Work } from "./store/measure.ts";
import { operationsOn } from "./store/operations.ts";

/** What each contender takes, by the title of the row. */
type Results = Map<string, ReadonlyMap<string, number>>;

const sizes = process.argv.slice(2).map(Number);
const only = process.env.RIAN_CONTENDERS?.split(",");
const peers = await Promise.all([tinybase(), lokijs(), tanstack(), signaldb(), minimongo()]);
const contenders = [rian, raw, ...peers.filter((each) => each !== undefined)].filter((each) =>
  only === undefined || only.some((name) => each.name.startsWith(name))
);

async function run(items: readonly Item[]): Promise<Results> {
  const results: Results = new Map();

  /** Adds a row of what is measured of each contender alone, per document. */
  async function setRow(
    title: string,
    measureOf: (contender: Contender) => Promise<number>,
  ): Promise<void> {
    const row = new Map<string, number>();
    for (const contender of contenders) {
      row.set(contender.name, await measureOf(contender) / items.length);
    }
    results.set(title, row);
  }

  await setRow("heap bytes per document", (contender) => heapOf(contender, items));
  await setRow("bulk load, per document", ({ load }) => measureOnce(() => load(items)));
  await setRow("the same, and each index asked once", ({ load }) => {
    return measureOnce(async () => {
      const store = await load(items);
      await store.equals?.(1, () => items[0]!.city);
      await store.quarter?.(1);
      await store.range?.(1, () => 0);
    });
  });

  const stores = new Map<string, Loaded>();
  for (const contender of contenders) stores.set(contender.name, await contender.load(items));
  const operations = operationsOn(items);
  for (const [title, operationOf] of operations.list) {
    const works = [...stores].map(([name, store]) => [name, operationOf(store)] as const);
    const able = works.filter((work): work is [string, Work] => work[1] !== undefined);
    results.set(title, await measure(new Map(able)));
  }
  for (const queries of [1, 100, 1000]) {
    const followers = [...stores].filter(([, store]) => store.follow !== undefined);
    const stops = await Promise.all(followers.map(([, store]) => store.follow!(queries)));
    const writes = followers.map(([name, store]) => [name, operations.write(store)] as const);
    results.set(`the plain update, ${queries} live queries`, await measure(new Map(writes)));
    for (const stop of stops) stop();
  }
  return results;
}

/** Returns the bytes that the documents take once each has been read. */
async function heapOf(contender: Contender, items: readonly Item[]): Promise<number> {
  const before = retained();
  const loaded = await contender.load(items);
  await loaded.get(items.length, (i) => i);
  const after = retained();
  // Used once more, so it is still there when its bytes are counted.
  await loaded.get(1, () => 0);
  return after - before;
}

function shown(value: number, unit: string): string {
  if (unit === "bytes") return `${Math.round(value)}`;
  if (value < 1e4) return `${Math.round(value)} ns`;
  return value < 1e7 ? `${(value / 1e3).toFixed(1)} µs` : `${(value / 1e6).toFixed(1)} ms`;
}

for (const size of sizes.length > 0 ? sizes : [1_000, 10_000, 100_000]) {
  const results = await run(itemsOf(size));
  const names = contenders.map(({ name }) => name);
  console.log(`\n## ${size.toLocaleString("en")} documents\n`);
  console.log(`| | ${names.join(" | ")} |`);
  console.log(`| --- |${" --- |".repeat(names.length)}`);
  for (const [title, times] of results) {
    const own = times.get(rian.name)!;
    const cells = names.map((name) => {
      const value = times.get(name);
      if (value === undefined) return "–";
      const text = shown(value, title.includes("bytes") ? "bytes" : "ns");
      return name === rian.name ? text : `${text} (${(value / own).toPrecision(2)})`;
    });
    console.log(`| ${title} | ${cells.join(" | ")} |`);
  }
}
if (!Number.isFinite(consumed)) throw new Error("nothing was consumed");
