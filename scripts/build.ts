/**
 * Builds what is not written by hand: the browser client, as a string that the router serves, and `dist/`, the
 * JavaScript and types of the npm package. `--check` builds nothing and fails if the committed client is out of date.
 */
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
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
  rmSync(`${root}dist`, { recursive: true, force: true });
  execFileSync("tsc", ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  declareDisposable(`${root}dist`);
}
