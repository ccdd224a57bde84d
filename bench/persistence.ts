/**
 * Persistence of a collection beside its peers, in one run: `node bench/persistence.ts [documents]`. Everybody keeps
 * documents of 1 kB in a SQLite file through better-sqlite3, a file of all of them to read and one of 100 to write; in brackets, how many times as much as Rian that is.
 *
 * Dexie is not here: it is IndexedDB itself, and has no collection in memory to follow.
 */
import { byHand } from "./persistence/contenders/by-hand.ts";
import { rian } from "./persistence/contenders/rian.ts";
import { signaldb } from "./persistence/contenders/signaldb.ts";
import { tinybase } from "./persistence/contenders/tinybase.ts";
import { measure, type Measured } from "./persistence/measure.ts";

const ROUNDS = 3;
const size = Number(process.argv[2] ?? 20_000);
const effort = { size, writes: 10_000, keys: 100 };
const contenders = [rian, byHand, tinybase, signaldb];
const rounds: Measured[][] = contenders.map(() => []);
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, contender] of contenders.entries()) {
    rounds[index]!.push(await measure(contender, effort));
  }
}

const titles: Record<keyof Measured, string> = {
  hydrate: `read ${size.toLocaleString("en-US")} documents, ms`,
  added: "added to a write in memory, ns",
  flushed: "10,000 writes over 100 keys, ms until stored",
  rows: "rows written for them",
  bytes: "bytes written for them",
};
const names = contenders.map(({ name }) => name);
console.log(`| | ${names.join(" | ")} |\n| --- |${" --- |".repeat(names.length)}`);
for (const metric of Object.keys(titles) as (keyof Measured)[]) {
  // The least disturbed round says most on a machine that others use too.
  const values = rounds.map((measured) => Math.min(...measured.map((each) => each[metric])));
  const cells = values.map((value, index) => {
    const ratio = index === 0 ? "" : ` (${(value / values[0]!).toFixed(2)})`;
    return Math.round(value).toLocaleString("en-US") + ratio;
  });
  console.log(`| ${titles[metric]} | ${cells.join(" | ")} |`);
}
