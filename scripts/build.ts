/**
 * Builds what is not written by hand: the browser client, as a string that the router serves, and `dist/`, the
 * JavaScript and types of the npm package. `--check` builds nothing and fails if the committed client is out of date.
 */
import { build, type Plugin } from "esbuild";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { minify } from "terser";
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
          ? { path: `./client/${servedName(path)}?v=${version}`, external: true }
          : undefined,
    );
  },
};

/** Returns the name by which a module is served: that of the file, up to a hyphen. */
function servedName(path: string): string {
  return `${basename(path, ".ts").split("-")[0]}.js`;
}

async function bundle(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${root}src/client/${source}`],
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    plugins: [servedModules],
  });
  // Pages download this, and terser leaves 3 % less of it than esbuild does.
  const { code } = await minify(outputFiles[0]!.text, {
    module: true,
    ecma: 2020,
    compress: { passes: 3 },
  });
  return code!;
}

async function clientModule(): Promise<string> {
  const script = await bundle("auto.ts");
  const hash = createHash("sha256").update(script).digest("hex").slice(0, 8);
  const modules: Record<string, string> = {};
  for (
    const file of [
      "checks.ts",
      "formats.ts",
      "into.ts",
      "optimistic.ts",
      "outbox-store.ts",
      "problems.ts",
      "socket.ts",
    ]
  ) {
    modules[servedName(file)] = await bundle(file);
  }
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
  // Beside `dist`, since the source maps hold relative paths.
  const next = `${root}.dist`;
  rmSync(next, { recursive: true, force: true });
  execFileSync("tsc", ["-p", "tsconfig.build.json", "--outDir", ".dist"], {
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
