import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { chromiumOptions } from "./tests/support/chromium.ts";
import { patience } from "./tests/support/patience.ts";

const root = new URL("./", import.meta.url);
const inDeno = "Deno" in globalThis;

// Resolves the names that a user imports to the sources.
const { imports }: { imports: Record<string, string> } = JSON.parse(
  readFileSync(new URL("deno.json", root), "utf8"),
);
const alias = Object.entries(imports)
  .filter(([name]) => /^rian(\/|$)/.test(name))
  .map(([name, path]) => ({
    find: new RegExp(`^${name}$`),
    replacement: fileURLToPath(new URL(path, root)),
  }));

/** Returns the pattern of a runtime's tests: `x.test.ts` runs in Node, `x.workerd.test.ts` in workerd, and so on. */
function testsOf(runtime: string): string[] {
  return [`tests/**/*.${runtime}.test.ts`];
}

/** What all tests share: how long they may wait. */
const patient = {
  testTimeout: patience.test,
  hookTimeout: patience.test,
  expect: { poll: { timeout: patience.condition } },
  setupFiles: "tests/support/wait-longer.ts",
};

const node = {
  resolve: { alias },
  test: {
    ...patient,
    name: "node",
    include: ["tests/**/*.test.ts"],
    exclude: [...["workerd", "chromium", "deno"].flatMap(testsOf), "tests/{e2e,package}/**"],
  },
};

/** Servers and pages as users meet them. */
const e2e = {
  resolve: { alias },
  test: { ...patient, name: "e2e", include: ["tests/e2e/*.test.ts"] },
};

const deno = {
  resolve: { alias },
  test: { ...patient, name: "deno", include: testsOf("deno"), pool: "forks" as const },
};

/** The tarball, as a new user meets it. It runs by its own command, since it installs packages for minutes. */
const tarball = {
  test: {
    ...patient,
    name: "package",
    include: ["tests/package/*.test.ts"],
    globalSetup: "tests/package/setup.ts",
  },
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
    test: { ...patient, name: "workerd", include: testsOf("workerd") },
  };
}

async function chromium() {
  return {
    resolve: { alias },
    // Discovered late, these would make Vite reload a page in the middle of its tests.
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
      ...patient,
      name: "chromium",
      include: testsOf("chromium"),
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: await chromiumOptions() }),
        instances: [{ browser: "chromium" as const }],
      },
    },
  };
}

const wanted = [...process.argv.join(" ").matchAll(/--project[= ](\w+)/g)].map(([, name]) => name);
const everywhere = wanted.length === 0;

const config: ViteUserConfig = defineConfig({
  test: {
    // Most of a test's time is spent in browsers and servers, which are processes of their own.
    maxWorkers: 2,
    projects: inDeno ? [deno] : [
      node,
      e2e,
      ...(wanted.includes("package") ? [tarball] : []),
      ...(everywhere || wanted.includes("workerd") ? [await workerd()] : []),
      ...(everywhere || wanted.includes("chromium") ? [await chromium()] : []),
    ],
  },
});

export default config;
