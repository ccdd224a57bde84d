import { afterAll, beforeAll, beforeEach } from "vitest";
import { type Browser, type BrowserName, startBrowser } from "./mod.ts";

/** Starts a browser for the tests of a block, and hands it over; skips them, with its reason, where it cannot start. */
export function useBrowser(name: BrowserName, started: (browser: Browser) => void): void {
  let browser: Browser | undefined;
  let reason: string | undefined;

  beforeAll(async () => {
    const launched = await startBrowser(name);
    if (typeof launched === "string") reason = launched;
    else started(browser = launched);
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });
}
