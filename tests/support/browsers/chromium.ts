import { type BrowserContext, chromium, type Page } from "playwright-core";
import { chromiumOptions } from "../chromium.ts";
import { patience } from "../patience.ts";
import type { Browser, Profile, Tab } from "./browser.ts";

/** Starts Chromium through Playwright, with the back/forward cache that Playwright turns off. */
export async function startChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    ...await chromiumOptions(),
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  return {
    newProfile: async () => new ChromiumProfile(await browser.newContext()),
    close: () => browser.close(),
  };
}

class ChromiumProfile implements Profile {
  readonly #context: BrowserContext;
  readonly #ids = new Map<Page, string>();

  constructor(context: BrowserContext) {
    this.#context = context;
    context.setDefaultTimeout(patience.condition);
  }

  async open(url: string): Promise<Tab> {
    const page = await this.#context.newPage();
    // In a task of its own: the empty page may be gone before it answers.
    await page.evaluate((url) => void setTimeout(() => location.replace(url)), url);
    await page.waitForURL(url);
    return this.#tab(page);
  }

  tabs(): Promise<readonly Tab[]> {
    return Promise.resolve(this.#context.pages().map((page) => this.#tab(page)));
  }

  close(): Promise<void> {
    return this.#context.close();
  }

  #tab(page: Page): Tab {
    if (!this.#ids.has(page)) this.#ids.set(page, String(this.#ids.size));
    return {
      id: this.#ids.get(page)!,
      evaluate: (expression) => page.evaluate(expression),
      click: (selector) => page.locator(selector).click(),
      press: (letter) => page.keyboard.press(letter),
      close: () => page.close(),
      kill: async () => {
        const session = await this.#context.newCDPSession(page);
        const crashed = page.waitForEvent("crash");
        // No answer comes from a renderer that is dead.
        void session.send("Page.crash").catch(() => {});
        await crashed;
      },
    };
  }
}
