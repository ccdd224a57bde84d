/**
 * Compares the store with its peers: `node bench/store.ts [sizes…] [--quick]`. Each cell is the time of one operation
 * and, in brackets, its ratio to Rian's: above 1 is slower than Rian. `--quick` measures fewer documents in fewer
 * rounds; its numbers are rougher.
 *
 * Peers take part if they are installed, in this project or in the folder that RIAN_PEERS names.
 */
import { parseArgs } from "node:util";
import type { Contender, Loaded } from "./store/contender.ts";
import { contendersOf } from "./store/contenders.ts";
import { heapOf } from "./store/heap.ts";
import { type Item, itemsOf } from "./store/items.ts";
import { consumed, measure, measureOnce, quick, thorough, type Work } from "./store/measure.ts";
import { operationsOn } from "./store/operations.ts";
import { report, type Results } from "./store/report.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false } },
});
const effort = values.quick ? quick : thorough;
const usualSizes = values.quick ? [1_000] : [1_000, 10_000, 100_000];
const sizes = positionals.length > 0 ? positionals.map(Number) : usualSizes;
const installed = await contendersOf(process.env.RIAN_CONTENDERS?.split(","));

async function run(contenders: readonly Contender[], items: readonly Item[]): Promise<Results> {
  const results = new Map<string, ReadonlyMap<string, number | string>>();

  /** Adds a row of what is measured of each contender alone. */
  async function setRow(
    title: string,
    measureOf: (contender: Contender) => Promise<number | string>,
  ): Promise<void> {
    const row = new Map<string, number | string>();
    for (const contender of contenders) row.set(contender.name, await measureOf(contender));
    results.set(title, row);
  }

  async function perDocument(work: () => unknown): Promise<number> {
    return await measureOnce(work, effort) / items.length;
  }

  await setRow("heap bytes per document", (contender) => heapOf(contender, items.length));
  await setRow("bulk load, per document", ({ load }) => perDocument(() => load(items)));
  await setRow("the same, and each index asked once", ({ load }) => {
    return perDocument(async () => {
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
    results.set(title, await measure(new Map(able), effort));
  }
  for (const queries of [1, 100, 1000]) {
    const followers = [...stores].filter(([, store]) => store.follow !== undefined);
    const stops = await Promise.all(followers.map(([, store]) => store.follow!(queries)));
    const writes = followers.map(([name, store]) => [name, operations.write(store)] as const);
    results.set(
      `the plain update, ${queries} live queries`,
      await measure(new Map(writes), effort),
    );
    for (const stop of stops) stop();
  }
  return results;
}

if (values.quick) {
  console.log("The quick run: few documents in few rounds, so its numbers are rougher than usual.");
}
for (const size of sizes) {
  const contenders = installed.filter(({ most = Infinity }) => size <= most);
  const title = `${size.toLocaleString("en")} documents${values.quick ? ", quick run" : ""}`;
  console.log(report(title, contenders, await run(contenders, itemsOf(size))));
  for (const { name, most } of installed.filter((each) => !contenders.includes(each))) {
    console.log(`\n${name} takes too long for more than ${most!.toLocaleString("en")} documents.`);
  }
}
if (!Number.isFinite(consumed)) throw new Error("nothing was consumed");
