import type { Effort, Measured } from "./measure.ts";

/** Returns a table; numbers in brackets are multiples of the first contender, which is written by hand. */
export function report(
  title: string,
  results: ReadonlyMap<string, Measured>,
  { size, writes, keys }: Effort,
): string {
  const number = (value: number) => Math.round(value).toLocaleString("en-US");
  const titles: Record<keyof Measured, string> = {
    hydrate: `read ${number(size)} documents, ms`,
    added: "added to a write in memory, ns",
    flushed: `${number(writes)} writes over ${number(keys)} keys, ms until stored`,
    entries: "entries written for them",
    bytes: "bytes written for them",
    entriesOfOne: `entries written for one write among ${number(size)}`,
    bytesOfOne: "bytes written for it",
  };
  const measured = [...results.values()];
  const rows = (Object.keys(titles) as (keyof Measured)[]).map((metric) => {
    const cells = measured.map((each, index) => {
      const ratio = each[metric] / measured[0]![metric];
      return number(each[metric]) + (index === 0 ? "" : ` (${Number(ratio.toPrecision(2))})`);
    });
    return `| ${[titles[metric], ...cells].join(" | ")} |`;
  });
  return [
    `\n## ${title}\n`,
    `| | ${[...results.keys()].join(" | ")} |`,
    `| --- |${" --- |".repeat(results.size)}`,
    ...rows,
  ].join("\n");
}
