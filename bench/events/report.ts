/** Returns a table in Markdown. */
export function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [
    `\n## ${title}\n`,
    `| ${columns.join(" | ")} |`,
    `| --- |${" --: |".repeat(columns.length - 1)}`,
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}

/** Returns a time in microseconds as a cell shows it. */
export function shownTime(microseconds: number): string {
  return microseconds < 1_000
    ? `${microseconds.toPrecision(3)} µs`
    : `${(microseconds / 1_000).toPrecision(3)} ms`;
}

/** Returns a ratio as a cell shows it. */
export function shownRatio(ratio: number | undefined): string {
  return ratio === undefined ? "–" : ratio.toFixed(2);
}
