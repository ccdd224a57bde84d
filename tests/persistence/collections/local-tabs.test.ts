import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { openBrowser } from "./tabs.ts";

// A document that both write at once is another matter: localStorage has no way to keep two tabs apart.
test("two tabs over localStorage see each other's writes, and no document of either is lost", async () => {
  const context = await openBrowser("local-tab-page.ts");
  const [one, other] = [await openTab(context), await openTab(context)];
  await Promise.all([
    one.evaluate(() => globalThis.writeDocuments(0, 300)),
    other.evaluate(() => globalThis.writeDocuments(300, 600)),
  ]);
  const all = Array.from({ length: 600 }, (_, id) => id);
  for (const tab of [one, other, await openTab(context)]) {
    const keys = () => tab.evaluate(() => globalThis.keysInMemory().sort((a, b) => a - b));
    await expect.poll(keys).toEqual(all);
  }
});

async function openTab(context: BrowserContext): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto("http://localhost/");
  await tab.waitForFunction(() => "writeDocuments" in globalThis);
  return tab;
}
