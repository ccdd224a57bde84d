import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

/** Adds to a list every error that a page throws or writes to its console. */
export function collectErrors(page: Page, errors: string[]): void {
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
}

/** Saves a picture of a page as `.data/screenshots/<name>.png`. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  const path = fileURLToPath(new URL(`../../.data/screenshots/${name}.png`, import.meta.url));
  await page.screenshot({ path });
}
