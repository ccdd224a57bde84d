import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium } from "playwright-core";
import { onTestFinished } from "vitest";
import { chromiumOptions } from "../../support/chromium.ts";

/** Returns a page that runs a script of this folder. */
export async function pageOf(script: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = outputFiles[0]!.text.replaceAll("</script", "<\\/script");
  return `<!doctype html><title>Tab</title><script type="module">${code}</script>`;
}

/** Opens a browser that shows one page at every address, made of a script of this folder. */
export async function openBrowser(script: string): Promise<BrowserContext> {
  const body = await pageOf(script);
  const browser = await chromium.launch(await chromiumOptions());
  onTestFinished(() => browser.close());
  const context = await browser.newContext();
  await context.route("**", (route) => route.fulfill({ contentType: "text/html", body }));
  return context;
}
