import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumOptions } from "../support/chromium.ts";
import { DemoServer } from "../support/demo-server.ts";
import { patience } from "../support/patience.ts";
import { collectErrors, saveScreenshot } from "./pages.ts";

let server: DemoServer;
let browser: Browser;
let context: BrowserContext;
const errors: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([
    DemoServer.start("browser"),
    chromium.launch(await chromiumOptions()),
  ]);
  // Tabs of one context share a database, as those of one person do.
  context = await browser.newContext({ viewport: { width: 900, height: 760 } });
  context.setDefaultTimeout(patience.test);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

/** Everything that a tab's label and bar have shown since it was opened. */
interface Shown {
  readonly labels: string[];
  readonly values: number[];
}

/** Notes what the label and the bar show. It runs in the page, before the page's own script. */
function noteWhatIsShown(): void {
  const shown: Shown = { labels: [], values: [] };
  Object.assign(globalThis, { shown });
  new MutationObserver(() => {
    const label = document.getElementById("status")?.textContent ?? "";
    if (label !== "" && label !== shown.labels.at(-1)) shown.labels.push(label);
    const value = document.getElementById("bar")?.getAttribute("value") ?? "";
    if (value !== "" && Number(value) !== shown.values.at(-1)) shown.values.push(Number(value));
  }).observe(document, { subtree: true, childList: true, attributeFilter: ["value"] });
}

async function openTab(): Promise<Page> {
  const page = await context.newPage();
  collectErrors(page, errors);
  await page.addInitScript(noteWhatIsShown);
  await page.goto(server.url);
  return page;
}

function shownIn(page: Page): Promise<Shown> {
  return page.evaluate(() => (globalThis as unknown as { shown: Shown }).shown);
}

/** Waits until all cities are loaded and stored. */
async function saved(page: Page): Promise<void> {
  await page.locator("#loading").waitFor({ state: "hidden" });
  await page.getByRole("status").filter({ hasText: /^saved$/ }).waitFor({ timeout: patience.test });
}

/** Searches, and returns the checkbox of the largest city found. */
async function find(page: Page, name: string) {
  await page.getByLabel("Find a city").fill(name);
  return page.getByRole("listitem").first().getByRole("checkbox");
}

test(
  "a page reads 135,233 cities behind a bar, and saves a tick, which a reload and the other tab show",
  async () => {
    const page = await openTab();
    await saved(page);
    expect(await page.locator("#found").textContent()).toMatch(/^135,233 found/);

    const before = (await shownIn(page)).labels.length;
    const cork = await find(page, "córk");
    await cork.check();
    await expect.poll(async () => (await shownIn(page)).labels.slice(before))
      .toEqual(["saving…", "saved"]);

    await page.reload();
    await expect.poll(async () => (await shownIn(page)).values.length).toBeGreaterThan(3);
    await saveScreenshot(page, "browser-reading");
    // The cities read so far can be searched.
    await find(page, "a");
    await saved(page);
    const { labels, values } = await shownIn(page);
    expect(labels).toEqual(["reading…", "saved"]);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.at(-1)).toBe(1);
    expect(await (await find(page, "cork")).isChecked()).toBe(true);
    await saveScreenshot(page, "browser-saved");

    const other = await openTab();
    await saved(other);
    const porto = await find(other, "porto");
    await (await find(page, "porto")).check();
    await expect.poll(() => porto.isChecked()).toBe(true);
    await expect.poll(() => other.locator("#found").textContent()).toMatch(/2 visited in all$/);
    expect(errors).toEqual([]);
  },
);
