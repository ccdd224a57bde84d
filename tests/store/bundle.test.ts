import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../../src/store/", import.meta.url));

/** Returns what a browser downloads for some of the store's exports. */
async function bundle(names: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names} } from "./mod.ts";`, resolveDir: folder, loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2023",
    platform: "neutral",
  });
  return outputFiles[0]!.text;
}

// Trap 28: a bundle that needed Node's assert.
test("28: the store bundles without any platform's modules or globals", async () => {
  const code = await bundle("Ramify, liveQuery");
  expect(code).not.toMatch(/\b(require|process|Deno|Buffer|window|document\.|globalThis)\b[.(]/);
  expect(code).not.toMatch(/from\s*"|import\s*\(/);
});

test("the store is at most 9.8 kB, minified and gzipped, and at most 11.2 kB with live queries", async () => {
  const sizeOf = async (names: string) => gzipSync(await bundle(names), { level: 9 }).length;
  expect(await sizeOf("Ramify")).toBeLessThanOrEqual(9_800);
  expect(await sizeOf("Ramify, liveQuery")).toBeLessThanOrEqual(11_200);
});
