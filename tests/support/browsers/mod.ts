import type { Browser } from "./browser.ts";
import { startChromium } from "./chromium.ts";
import { startFirefox } from "./firefox.ts";
import { startWebKit } from "./webkit.ts";

export type { Browser, Profile, Tab } from "./browser.ts";

export type BrowserName = "chromium" | "firefox" | "webkit";

/** The browsers that the variable `BROWSERS` names, such as `firefox,webkit`; otherwise Chromium. */
export const browsers: readonly BrowserName[] = (process.env["BROWSERS"] ?? "chromium").split(
  ",",
) as BrowserName[];

/** Starts a browser. Returns why it cannot where it is not installed; npm brings only Chromium. */
export async function startBrowser(name: BrowserName): Promise<Browser | string> {
  try {
    if (name === "firefox") return await startFirefox();
    if (name === "webkit") return await startWebKit();
    return await startChromium();
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (name === "chromium" || code !== "ENOENT") throw error;
    return `Cannot start ${name}: ${path} is not installed`;
  }
}
