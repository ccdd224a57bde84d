/**
 * Builds what is not written by hand: the browser client, as a string that the router serves, and `dist/`, the
 * JavaScript and types of the npm package. `--check` builds nothing and fails if the committed client is out of date.
 */
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { declareDisposable } from "./declare-disposable.ts";
import { generate, isCheck } from "./generate.ts";
import { root } from "./root.ts";

async function clientModule(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}src/client/auto.ts`],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const script = outputFiles[0]!.text;
  return [
    "// Made by `npm run build` from src/client/auto.ts.",
    "/** The browser runtime, as the router serves it. */",
    `export const clientScript: string = ${JSON.stringify(script)};`,
    "",
  ].join("\n");
}

generate("src/router/client-script.ts", await clientModule(), {
  source: "src/client",
  command: "npm run build",
});
if (!isCheck) {
  // Beside `dist`, since the source maps hold relative paths.
  const next = `${root}.dist`;
  rmSync(next, { recursive: true, force: true });
  execFileSync("tsc", ["-p", "tsconfig.build.json", "--outDir", next], {
    cwd: root,
    stdio: "inherit",
  });
  declareDisposable(next);
  replace(`${root}dist`, next);
}

/** Makes a folder equal to the next one. What is the same stays, so tests can read it while `npm pack` builds again. */
function replace(folder: string, next: string): void {
  mkdirSync(folder, { recursive: true });
  const names = new Set(filesIn(next));
  for (const name of filesIn(folder)) if (!names.has(name)) rmSync(join(folder, name));
  for (const name of names) {
    const [from, to] = [join(next, name), join(folder, name)];
    if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) continue;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
  rmSync(next, { recursive: true });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile());
}
