import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { root } from "./root.ts";

/** Whether the script was started with `--check`. */
export const isCheck: boolean = process.argv.includes("--check");

/** Where a generated file comes from. */
export interface GenerateOptions {
  /** The files that it is made from, such as `"src/client"`. */
  readonly source: string;
  /** The command that writes it, such as `"npm run build"`. */
  readonly command: string;
}

/** Writes a generated file. With `--check` it writes nothing, and makes the process fail if the file is out of date. */
export function generate(file: string, text: string, { source, command }: GenerateOptions): void {
  const path = `${root}${file}`;
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  if (isCheck) {
    console.error(`Cannot accept ${file}: it does not match ${source}; run ${command}`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}
