/** IndexedDbStore and LocalStorageStore in a page of Chromium, each beside the browser's own API used by hand. */
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { chromiumOptions } from "../../tests/support/chromium.ts";
import type { Pace } from "./measure.ts";

// What the page offers, which tsc does not know in this file.
declare const benches: ((pace: Pace) => Promise<string>)[];

/** Opens a page that measures. */
export async function benchChromium(pace: Pace): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./chromium/page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  const browser = await chromium.launch(await chromiumOptions());
  try {
    const page = await browser.newPage();
    // Storage needs an origin, which any page on a host has.
    await page.route(
      "**",
      (route) => route.fulfill({ contentType: "text/html", body: "<p>bench" }),
    );
    await page.goto("http://localhost/");
    await page.addScriptTag({ content: outputFiles[0]!.text });
    for (const index of [0, 1]) {
      console.log(
        await page.evaluate(({ index, pace }) => benches[index]!(pace), { index, pace }),
      );
    }
  } finally {
    await browser.close();
  }
}
