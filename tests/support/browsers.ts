import { type Browser, type BrowserType, chromium, firefox, webkit } from "playwright-core";
import { chromiumOptions } from "./chromium.ts";

export type BrowserName = "chromium" | "firefox" | "webkit";

const types: Readonly<Record<BrowserName, BrowserType>> = { chromium, firefox, webkit };

/** The browsers that the variable `BROWSERS` names, such as `firefox,webkit`; otherwise Chromium. */
export const browsers: readonly BrowserName[] = (process.env["BROWSERS"] ?? "chromium").split(
  ",",
) as BrowserName[];

/**
 * Starts a browser, with its back/forward cache. Returns why it cannot if it is not Chromium: only that comes with npm.
 * Playwright's own builds of the others are installed by `npx playwright install firefox webkit`.
 */
export async function launchBrowser(name: BrowserName): Promise<Browser | string> {
  // Playwright turns the cache off.
  const ignoreDefaultArgs = ["--disable-back-forward-cache"];
  if (name === "chromium") {
    return await chromium.launch({ ...await chromiumOptions(), ignoreDefaultArgs });
  }
  try {
    const browser = await types[name].launch();
    await (await browser.newContext()).close();
    return browser;
  } catch (error) {
    return `Cannot start ${name}: ${(error as Error).message.split("\n")[0]}`;
  }
}
