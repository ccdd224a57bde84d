import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumArguments, chromiumPath } from "../support/chromium.ts";
import { DemoServer } from "../support/demo-server.ts";

const screenshots = fileURLToPath(new URL("../../.data/screenshots/", import.meta.url));
let server: DemoServer;
let browser: Browser;
let context: BrowserContext;
const complaints: string[] = [];

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  [server, browser] = await Promise.all([
    DemoServer.start("browser"),
    chromium.launch({ executablePath: await chromiumPath(), args: [...chromiumArguments] }),
  ]);
  // Tabs of one context share a database, as those of a person do.
  context = await browser.newContext({ viewport: { width: 900, height: 760 } });
  context.setDefaultTimeout(60_000);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

/** What a tab's label and bar have shown since it was opened. */
interface Shown {
  readonly labels: string[];
  readonly values: number[];
}

/** Runs in the page before its own script. */
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
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.addInitScript(noteWhatIsShown);
  await page.goto(server.url);
  return page;
}

function shownIn(page: Page): Promise<Shown> {
  return page.evaluate(() => (globalThis as unknown as { shown: Shown }).shown);
}

/** Waits until all cities are there and stored. */
async function saved(page: Page): Promise<void> {
  await page.locator("#loading").waitFor({ state: "hidden" });
  await page.getByRole("status").filter({ hasText: /^saved$/ }).waitFor({ timeout: 180_000 });
}

/** The checkbox of the largest city that a search finds. */
async function find(page: Page, name: string) {
  await page.getByLabel("Find a city").fill(name);
  return page.getByRole("listitem").first().getByRole("checkbox");
}

test(
  "135,233 cities are read behind a bar, and what is ticked is saved, there after a reload, and in the other tab",
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
    await page.screenshot({ path: `${screenshots}browser-reading.png` });
    // What is there already can be searched.
    await find(page, "a");
    await saved(page);
    const { labels, values } = await shownIn(page);
    expect(labels).toEqual(["reading…", "saved"]);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.at(-1)).toBe(1);
    expect(await (await find(page, "cork")).isChecked()).toBe(true);
    await page.screenshot({ path: `${screenshots}browser-saved.png` });

    const other = await openTab();
    await saved(other);
    const porto = await find(other, "porto");
    await (await find(page, "porto")).check();
    await expect.poll(() => porto.isChecked()).toBe(true);
    await expect.poll(() => other.locator("#found").textContent()).toMatch(/2 visited in all$/);
    expect(complaints).toEqual([]);
  },
  300_000,
);
