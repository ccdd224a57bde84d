import { type Browser, chromium } from "playwright-core";
import { chromiumOptions } from "./chromium.ts";

/** Whether the browser of the tests is Chromium. */
export const isChromium = true;

/** Starts the browser. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    ...await chromiumOptions(),
    // Playwright turns the back/forward cache off.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
}
