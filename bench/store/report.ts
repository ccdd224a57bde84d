import type { Contender } from "./contender.ts";

/** The measurements of each contender by the title of the row: a number, or why there is none. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, number | string>>;

/** Returns a table; numbers in brackets are multiples of what the first contender takes. Below it: why cells are empty. */
export function report(title: string, contenders: readonly Contender[], results: Results): string {
  const names = contenders.map(({ name }) => name);
  const notes: string[] = [];
  const rows = [...results].map(([row, values]) => {
    const own = values.get(names[0]!);
    const cells = names.map((name, index) => {
      const value = values.get(name);
      if (typeof value === "string") notes.push(`${row}, ${name}: ${value}.`);
      if (typeof value !== "number") return "–";
      const ratio = typeof own === "number" ? ` (${(value / own).toPrecision(2)})` : "";
      return shown(value, row.includes("bytes")) + (index === 0 ? "" : ratio);
    });
    return `| ${[row, ...cells].join(" | ")} |`;
  });
  return [
    `\n## ${title}\n`,
    `| | ${names.join(" | ")} |`,
    `| --- |${" --- |".repeat(names.length)}`,
    ...rows,
    ...notes.map((note) => `\n${note}`),
  ].join("\n");
}

function shown(value: number, isBytes: boolean): string {
  if (isBytes) return `${value}`;
  if (value < 1e4) return `${Math.round(value)} ns`;
  return value < 1e7 ? `${(value / 1e3).toFixed(1)} µs` : `${(value / 1e6).toFixed(1)} ms`;
}
