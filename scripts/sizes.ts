/**
 * `npm run sizes`: prints what a page downloads for each entry of the package and for sets of names that are used
 * together, in bytes, minified and gzipped. `--check` fails if one has grown by more than 3 % since sizes.json was
 * written, and `--write` writes it.
 */
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { clientScript } from "../src/router/client-script.ts";
import { root } from "./root.ts";

type Sizes = Readonly<Record<string, number>>;

const mostGrowth = 1.03;
const budget = `${root}scripts/sizes.json`;

const { exports }: { exports: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(`${root}deno.json`, "utf8"),
);
const { peerDependencies }: { peerDependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(`${root}package.json`, "utf8"),
);

/**
 * Returns what a page downloads for a module at first, without the packages that the application brings, and without
 * what is loaded when it is needed.
 */
async function bundle(contents: string): Promise<string> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    splitting: true,
    outdir: "out",
    metafile: true,
    format: "esm",
    target: "es2023",
    platform: "neutral",
    external: Object.keys(peerDependencies).flatMap((name) => [name, `${name}/*`]),
  });
  const [entry] = Object.keys(metafile.outputs).filter((name) => name.endsWith("/stdin.js"));
  const needed = new Set([entry!]);
  for (const name of needed) {
    for (const { path, kind, external } of metafile.outputs[name]!.imports) {
      if (kind === "import-statement" && !external) needed.add(path);
    }
  }
  const texts = [...needed].map((name) =>
    outputFiles.find(({ path }) => path.endsWith(name))!.text
  );
  return texts.join("");
}

function sizeOf(code: string): number {
  return gzipSync(code, { level: 9 }).length;
}

async function measure(): Promise<Sizes> {
  const core = `from "./mod.ts"`;
  const sizes: Record<string, number> = {
    "the store": sizeOf(await bundle(`export { Ramify } ${core};`)),
    "the store with live queries": sizeOf(await bundle(`export { liveQuery, Ramify } ${core};`)),
    "local-first": sizeOf(
      await bundle(
        `export { liveQuery, persist, Ramify } ${core}; export { IndexedDbStore } from "${
          exports["./indexed-db"]
        }";`,
      ),
    ),
    "the client as served": sizeOf(clientScript),
  };
  for (const [name, source] of Object.entries(exports)) {
    sizes[name.replace(/^\./, "rian")] = sizeOf(await bundle(`export * from "${source}";`));
  }
  return sizes;
}

function readBudget(): Sizes {
  return JSON.parse(readFileSync(budget, "utf8"));
}

function print(sizes: Sizes): void {
  for (const [name, size] of Object.entries(sizes)) {
    console.log(`${name.padEnd(28)}${(size / 1000).toFixed(1).padStart(5)} kB`);
  }
}

function check(sizes: Sizes): void {
  const allowed = readBudget();
  for (const [name, size] of Object.entries(sizes)) {
    const most = allowed[name];
    if (most !== undefined && size <= most * mostGrowth) continue;
    const problem = most === undefined
      ? "scripts/sizes.json does not name it"
      : `scripts/sizes.json says ${most}, and it may grow by 3 %`;
    console.error(
      `Cannot accept ${name} at ${size} bytes: ${problem}; make it smaller, or run ` +
        "npm run sizes -- --write and say why in the commit",
    );
    process.exitCode = 1;
  }
}

const sizes = await measure();
if (process.argv.includes("--check")) check(sizes);
else if (process.argv.includes("--write")) {
  writeFileSync(budget, `${JSON.stringify(sizes, null, 2)}\n`);
} else print(sizes);
