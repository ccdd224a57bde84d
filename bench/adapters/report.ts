import { bulkSize, isBulk, type Operation, operations } from "./contender.ts";
import type { Results } from "./measure.ts";

const titles: Record<Operation, string> = {
  get: "get",
  put: "put",
  cycle: "read, change, write if unchanged",
  load: "load into nothing",
  list: "list",
};

/** A table: each cell is the time of one operation and, in brackets, how many times as long as direct use. */
export function report(title: string, results: Results, bulk: number = bulkSize): string {
  const names = [...results.keys()];
  const rows = operations.map((operation) => {
    const cells = names.map((name, index) => {
      const measured = results.get(name)!.get(operation);
      if (!measured) return "–";
      const ratio = index === 0 ? "" : ` (${measured.ratio.toFixed(2)})`;
      return shown(measured.time) + ratio;
    });
    return `| ${[titleOf(operation, bulk), ...cells].join(" | ")} |`;
  });
  return [
    `\n## ${title}\n`,
    `| | ${names.join(" | ")} |`,
    `| --- |${" --- |".repeat(names.length)}`,
    ...rows,
  ].join("\n");
}

function titleOf(operation: Operation, bulk: number): string {
  return titles[operation] +
    (isBulk(operation) ? `, ${bulk.toLocaleString("en-US")} documents` : "");
}

function shown(milliseconds: number): string {
  return milliseconds < 1
    ? `${(milliseconds * 1_000).toPrecision(3)} µs`
    : `${milliseconds.toPrecision(3)} ms`;
}
