/**
 * Measures making and applying operations beside fast-json-patch in one run: `node bench/operations.ts [items…]`. The
 * limits are what copying or writing the same state takes: `structuredClone` and `JSON.stringify`. Each cell is CPU time
 * as a multiple of ours, in turns with it, the median of some rounds: above 1 is slower than ours. Then, the bytes of the
 * operations.
 *
 * microdiff, jsondiffpatch and rfc6902 do not take part: they are not installed in this project.
 */
import fastJsonPatch from "fast-json-patch";
import { applyOperations } from "../src/processor/operations/apply-operations.ts";
import { makeOperations } from "../src/processor/operations/make-operations.ts";

interface Item {
  readonly id: number;
  readonly title: string;
  readonly completed: boolean;
}

interface State {
  readonly filter: string;
  readonly items: readonly Item[];
}

type Change = (items: readonly Item[]) => readonly Item[];

const changes: Readonly<Record<string, Change>> = {
  "toggle one": (items) => {
    const index = items.length >> 1;
    return items.with(index, { ...items[index]!, completed: !items[index]!.completed });
  },
  "insert first": (items) => [{ id: -1, title: "Buy bread", completed: false }, ...items],
  "remove one": (items) => items.toSpliced(items.length >> 1, 1),
  "first to the end": (items) => [...items.slice(1), items[0]!],
  "reverse": (items) => items.toReversed(),
};

const rounds = 11;
/** The shortest measurement, in microseconds of CPU time. */
const shortest = 10_000;

/** Keeps the results of what is measured alive. */
let consumed = 0;

function cpuTimeOf(work: () => unknown, times: number): number {
  const { user, system } = process.cpuUsage();
  for (let time = 0; time < times; time++) consumed += work() === undefined ? 1 : 2;
  const used = process.cpuUsage();
  return used.user + used.system - user - system;
}

/** Returns how often something runs until it takes long enough to be measured. */
function timesOf(work: () => unknown): number {
  let times = 1;
  while (cpuTimeOf(work, times) < shortest) times *= 2;
  return times;
}

/** Returns the microseconds that our work takes, and how many times as long another takes, in pairs. */
function measure(ours: () => unknown, other: () => unknown): { own: number; ratio: number } {
  const [ourTimes, otherTimes] = [timesOf(ours), timesOf(other)];
  const pairs = Array.from({ length: rounds }, () => {
    const own = cpuTimeOf(ours, ourTimes) / ourTimes;
    return { own, ratio: cpuTimeOf(other, otherTimes) / otherTimes / own };
  });
  const middle = rounds >> 1;
  return {
    own: pairs.map(({ own }) => own).sort((a, b) => a - b)[middle]!,
    ratio: pairs.map(({ ratio }) => ratio).sort((a, b) => a - b)[middle]!,
  };
}

function row(name: string, ours: () => unknown, others: readonly (() => unknown)[]): string {
  const measured = others.map((other) => measure(ours, other));
  const cells = [
    `${measured[0]!.own.toFixed(1)} µs`,
    ...measured.map((each) => each.ratio.toFixed(2)),
  ];
  return `| ${[name, ...cells].join(" | ")} |`;
}

function bytesOf(value: unknown): string {
  return JSON.stringify(value).length.toLocaleString("en");
}

function tables(size: number): string[] {
  const items = Array.from({ length: size }, (_, id): Item => {
    return { id, title: `Buy ${id} l milk`, completed: id % 3 === 0 };
  });
  const before: State = { filter: "all", items };
  const limits = [() => structuredClone(before), () => JSON.stringify(before)];
  const head = (title: string, ...names: string[]) => [
    `\n${size.toLocaleString("en")} items: ${title}\n`,
    `| ${["change", ...names].join(" | ")} |`,
    `| --- ${"| --: ".repeat(names.length)}|`,
  ];
  const states = Object.entries(changes).map(([name, change]) =>
    [name, { ...before, items: change(items) }] as const
  );
  const names = ["ours", "fast-json-patch", "structuredClone", "JSON.stringify"];
  return [
    ...head("making, of states that share what did not change", ...names),
    ...states.map(([name, after]) =>
      row(name, () => makeOperations(before, after), [
        () => fastJsonPatch.compare(before, after),
        ...limits,
      ])
    ),
    ...head("making, of states that share nothing", ...names),
    ...states.map(([name, after]) => {
      const copy = structuredClone(after);
      return row(name, () => makeOperations(before, copy), [
        () => fastJsonPatch.compare(before, copy),
        ...limits,
      ]);
    }),
    ...head("applying what we make, without changing the state before", ...names),
    ...states.flatMap(([name, after]) => {
      const operations = makeOperations(before, after);
      // A snapshot is not applied.
      return operations === undefined ? [] : [
        row(name, () => applyOperations(before, operations), [
          () => fastJsonPatch.applyPatch(before, operations as never, false, false).newDocument,
          ...limits,
        ]),
      ];
    }),
    ...head("bytes of the operations", "ours", "fast-json-patch", "the state"),
    ...states.map(([name, after]) => {
      const made = makeOperations(before, after);
      const cells = [
        made ? bytesOf(made) : "a snapshot",
        bytesOf(fastJsonPatch.compare(before, after)),
        bytesOf(after),
      ];
      return `| ${[name, ...cells].join(" | ")} |`;
    }),
  ];
}

const sizes = process.argv.slice(2).map(Number);
for (const size of sizes.length > 0 ? sizes : [1_000]) console.log(tables(size).join("\n"));
if (consumed === 0) throw new Error("nothing was consumed");
