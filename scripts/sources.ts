/**
 * Writes `examples/demo/sources.ts`: the files that the demo shows of itself, as strings, since a Worker has no files to
 * read. `--check` writes nothing and fails if it is out of date.
 */
import { readFileSync } from "node:fs";
import { generate } from "./generate.ts";
import { root } from "./root.ts";

const files = [
  "examples/demo/board.ts",
  "examples/demo/board-undo.ts",
  "examples/deno/main.ts",
  "examples/deno/write-behind.ts",
  "examples/node/main.ts",
  "examples/node/write-behind.ts",
  "examples/worker/worker.ts",
  "examples/worker-durable-object/worker.ts",
];
const entries = files.map((file) =>
  `  ${JSON.stringify(file)}:\n    ${JSON.stringify(readFileSync(`${root}${file}`, "utf8"))},\n`
);
generate(
  "examples/demo/sources.ts",
  [
    "// Made by `npm run build` from the files that it names.",
    "/** The files that the demo shows of itself, by their paths. */",
    `export const sources: Readonly<Record<string, string>> = {\n${entries.join("")}};`,
    "",
  ].join("\n"),
  { source: "the files that it names", command: "npm run build" },
);
