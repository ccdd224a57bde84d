import { expect, test } from "vitest";
import { openBrowser } from "./tabs.ts";

const crashes = 5;

test("what was acknowledged to a tab outlives its crash in the middle of writes, and nothing is half written", async () => {
  const context = await openBrowser("tab-page.ts");
  const acknowledged = new Set<number>();
  for (let crash = 0; crash <= crashes; crash++) {
    const page = await context.newPage();
    const before = acknowledged.size;
    let enough = () => {};
    const hasWritten = new Promise<void>((resolve) => enough = resolve);
    await page.exposeFunction("acknowledge", (keys: number[]) => {
      for (const key of keys) acknowledged.add(key);
      if (acknowledged.size > before + 300) enough();
    });
    await page.goto("http://localhost/");
    await page.waitForFunction(() => "work" in globalThis);
    const found = new Set(await page.evaluate(() => globalThis.found));
    expect([...acknowledged].filter((key) => !found.has(key))).toEqual([]);
    expect([...found].filter((key) => !found.has(key ^ 1))).toEqual([]);
    if (crash === crashes) break;
    void page.evaluate(() => globalThis.work()).catch(() => {});
    await hasWritten;
    const session = await context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    void session.send("Page.crash").catch(() => {});
    await crashed;
    await page.close();
  }
  expect(acknowledged.size).toBeGreaterThan(crashes * 300);
});
