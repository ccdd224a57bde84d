/** Measures persistence in IndexedDB, in a page of Chromium with a folder of its own on the disk. */
import { build } from "esbuild";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { chromiumOptions } from "../../tests/support/chromium.ts";
import type { Effort } from "./measure.ts";

// What the page offers; it is not there when tsc checks this file.
declare const bench: (effort: Effort) => Promise<string>;

/** Opens a page that measures, and prints its report. */
export async function benchIndexedDb(effort: Effort): Promise<void> {
  const { outputFiles: [script] } = await build({
    entryPoints: [fileURLToPath(new URL("./chromium/page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  const folder = mkdtempSync(join(tmpdir(), "rian-bench-"));
  // Another kind of window would keep its databases in memory.
  const context = await chromium.launchPersistentContext(folder, await chromiumOptions());
  try {
    const page = await context.newPage();
    // Storage needs an origin, which any page of a host has.
    await page.route("**", (route) => {
      return route.fulfill({ contentType: "text/html", body: "<p>bench" });
    });
    await page.goto("http://localhost/");
    await page.addScriptTag({ content: script!.text });
    // 10,000 transactions one by one take so long that one round is enough.
    const once = { ...effort, writingRounds: 1 };
    console.log(await page.evaluate((effort) => bench(effort), once));
  } finally {
    await context.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
