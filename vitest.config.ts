import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { chromiumArguments, chromiumPath } from "./tests/support/chromium.ts";

const root = new URL("./", import.meta.url);
const inDeno = "Deno" in globalThis;

// The same public names that a user imports, served from the sources.
const { imports }: { imports: Record<string, string> } = JSON.parse(
  readFileSync(new URL("deno.json", root), "utf8"),
);
const alias = Object.entries(imports)
  .filter(([name]) => /^rian(\/|$)/.test(name))
  .map(([name, path]) => ({
    find: new RegExp(`^${name}$`),
    replacement: fileURLToPath(new URL(path, root)),
  }));

/** A test file names the runtimes it runs in: `x.test.ts` is Node, `x.workerd.test.ts` workerd, and so on. */
function named(runtime: string): string[] {
  return [`tests/**/*.${runtime}.test.ts`];
}

const node = {
  resolve: { alias },
  test: {
    name: "node",
    include: ["tests/**/*.test.ts"],
    exclude: ["workerd", "chromium", "deno"].flatMap(named),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } },
  },
};

const deno = {
  resolve: { alias },
  test: { name: "deno", include: named("deno"), testTimeout: 60_000, pool: "forks" as const },
};

async function workerd() {
  return {
    resolve: { alias },
    plugins: [
      cloudflareTest({
        main: "./tests/support/worker.ts",
        miniflare: {
          compatibilityDate: "2026-10-01",
          d1Databases: ["DB"],
          kvNamespaces: ["KV"],
          durableObjects: { STORAGE: { className: "StorageObject", useSQLite: true } },
        },
      }),
    ],
    test: { name: "workerd", include: named("workerd"), testTimeout: 60_000 },
  };
}

async function chromium() {
  return {
    resolve: { alias },
    // Found late, they would make Vite reload a page in the middle of its tests.
    optimizeDeps: {
      include: [
        "dexie",
        "react",
        "react-dom/client",
        "react-dom/server",
        "solid-js",
        "solid-js/web",
        "svelte",
        "svelte/compiler",
        "svelte/internal/client",
        "svelte/store",
        "vue",
      ],
    },
    test: {
      name: "chromium",
      include: named("chromium"),
      testTimeout: 30_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({
          launchOptions: { executablePath: await chromiumPath(), args: [...chromiumArguments] },
        }),
        instances: [{ browser: "chromium" as const }],
      },
    },
  };
}

const wanted = process.argv.join(" ").match(/--project[= ](\w+)/)?.[1];
const everywhere = wanted === undefined;

const config: ViteUserConfig = defineConfig({
  test: {
    projects: inDeno ? [deno] : [
      node,
      ...(everywhere || wanted === "workerd" ? [await workerd()] : []),
      ...(everywhere || wanted === "chromium" ? [await chromium()] : []),
    ],
  },
});

export default config;
