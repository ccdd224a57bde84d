/**
 * Builds what is not written by hand: the browser client, as a string that the router serves, and `dist/`, the
 * JavaScript and types of the npm package. `--check` builds nothing and fails if the committed client is out of date.
 */
import { build, type Plugin } from "esbuild";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { declareDisposable } from "./declare-disposable.ts";
import { generate, isCheck } from "./generate.ts";
import { root } from "./root.ts";

/** Stands for the hash of the client in the addresses of its modules, so that no old module meets a new client. */
const version = "__VERSION__";

/** Leaves modules that are loaded when they are needed to the router, which serves each by its name. */
const servedModules: Plugin = {
  name: "served-modules",
  setup({ onResolve }) {
    onResolve(
      { filter: /^\.\// },
      ({ kind, path }) =>
        kind === "dynamic-import"
          ? { path: `./client/${basename(path, ".ts")}.js?v=${version}`, external: true }
          : undefined,
    );
  },
};

async function bundle(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}src/client/${source}`],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    plugins: [servedModules],
  });
  return outputFiles[0]!.text;
}

async function clientModule(): Promise<string> {
  const script = await bundle("auto.ts");
  const hash = createHash("sha256").update(script).digest("hex").slice(0, 8);
  const modules = { "socket.js": await bundle("socket.ts") };
  return [
    "// Made by `npm run build` from src/client.",
    "/** The browser runtime, as the router serves it. */",
    `export const clientScript: string = ${JSON.stringify(script.replaceAll(version, hash))};`,
    "/** What the runtime loads when a page asks for it, by the names of the files. */",
    `export const clientModules: Readonly<Record<string, string>> = ${JSON.stringify(modules)};`,
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
