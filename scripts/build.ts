/**
 * Builds what is not written by hand: the browser client as a string that the router serves, and `dist/`, the
 * JavaScript and the types that npm gets. `--check` says whether the committed client is up to date instead.
 */
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root: string = fileURLToPath(new URL("../", import.meta.url));
const clientScript = `${root}src/router/client-script.ts`;

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

const module = await clientModule();
if (process.argv.includes("--check")) {
  if (readFileSync(clientScript, "utf8") !== module) {
    console.error(
      "Cannot go on: src/router/client-script.ts is older than src/client; run npm run build",
    );
    process.exit(1);
  }
} else {
  writeFileSync(clientScript, module);
  rmSync(`${root}dist`, { recursive: true, force: true });
  execFileSync("tsc", ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
}
