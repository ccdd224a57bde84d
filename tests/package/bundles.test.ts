import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as buildByEsbuild } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "rollup";
import { build as buildByVite, createLogger } from "vite";
import { afterEach, expect, inject, test, vi } from "vitest";
import webpack from "webpack";
import { root } from "../../scripts/root.ts";
import { run } from "./commands.ts";

const { exports }: { exports: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, "deno.json"), "utf8"),
);
const { peerDependencies }: { peerDependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const peers = Object.keys(peerDependencies).map((name) => new RegExp(`^${name}(/|$)`));

// A module for each entry, so that a bundler meets each by itself.
const cwd = inject("newest");
const folder = join(cwd, "entries");
mkdirSync(folder);
const modules = Object.fromEntries(
  Object.keys(exports).map((name) => {
    const specifier = name.replace(/^\./, "rian");
    const path = join(folder, `${specifier.replace("/", "-")}.js`);
    writeFileSync(path, `export * from "${specifier}";\n`);
    return [specifier, path];
  }),
);
const out = (bundler: string) => join(cwd, "out", bundler);

afterEach(() => {
  vi.unstubAllEnvs();
});

test("esbuild bundles every entry for a browser, and warns of nothing", async () => {
  const { warnings } = await buildByEsbuild({
    entryPoints: Object.values(modules),
    outdir: out("esbuild"),
    bundle: true,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
});

test("Rollup bundles every entry, and warns of nothing", async () => {
  const warnings: string[] = [];
  const bundle = await rollup({
    input: modules,
    // React and better-sqlite3 are CommonJS, which Rollup reads only with a plugin.
    external: peers,
    plugins: [nodeResolve({ browser: true })],
    onLog: (_, log) => warnings.push(log.message),
  });
  await bundle.write({ dir: out("rollup") });
  await bundle.close();
  expect(warnings).toEqual([]);
});

test("Vite bundles every entry, and warns of nothing", async () => {
  const warnings: string[] = [];
  // Vite warns of what a browser lacks in production only.
  vi.stubEnv("NODE_ENV", "production");
  const logger = createLogger("warn");
  logger.warn = logger.warnOnce = logger.error = (message) => warnings.push(message);
  await buildByVite({
    root: folder,
    configFile: false,
    customLogger: logger,
    build: {
      write: false,
      rolldownOptions: { input: modules, onLog: (_, log) => warnings.push(log.message) },
    },
  });
  expect(warnings).toEqual([]);
});

test("webpack bundles every entry for a browser, and warns of nothing", async () => {
  const compiler = webpack({
    mode: "production",
    target: "web",
    context: folder,
    entry: modules,
    output: { path: out("webpack") },
    // All entries together are larger than a page should be.
    performance: false,
  })!;
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    compiler.run((error, result) => error ? reject(error) : resolve(result));
  });
  const { warnings, errors } = stats!.toJson({ all: false, warnings: true, errors: true });
  expect([...warnings!, ...errors!].map(({ message }) => message)).toEqual([]);
});

test("wrangler bundles every entry for a Worker, and warns of nothing", async () => {
  const imports = Object.keys(modules).map((name, index) =>
    `import * as _${index} from "${name}";`
  );
  const names = imports.map((_, index) => `_${index}`).join(", ");
  const worker = `export default { fetch: () => Response.json([${names}].map(Object.keys)) };`;
  writeFileSync(join(cwd, "worker.js"), [...imports, worker, ""].join("\n"));
  const config = { name: "every-entry", main: "worker.js", compatibility_date: "2026-10-01" };
  writeFileSync(join(cwd, "wrangler.json"), JSON.stringify(config));
  const wrangler = `'${root}node_modules/.bin/wrangler'`;
  await run(`${wrangler} deploy --dry-run --outdir out/wrangler`, {
    cwd,
    home: inject("folder"),
    source: "tests/package/bundles.test.ts",
  });
});
