import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumOptions } from "../support/chromium.ts";
import { ListServer } from "./list-pages.ts";

let browser: Browser;
const server = new ListServer();

beforeAll(async () => {
  await server.start();
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

test("a page says that it is offline at once, and what waits is saved when it is back", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://localhost:${server.port}/page/offline`);
  const scope = page.locator("section");
  await expect.poll(() => scope.getAttribute("na-state")).toBe("live");
  await context.setOffline(true);
  await expect.poll(() => scope.getAttribute("na-state")).toContain("offline");
  const button = page.getByRole("button", { name: "count" });
  await button.click();
  await expect.poll(() => scope.getAttribute("na-state")).toContain("offline pending");
  expect(await button.getAttribute("aria-busy")).toBe("true");
  await context.setOffline(false);
  await expect.poll(() => scope.getAttribute("na-state")).toBe("live saved");
  expect(await button.getAttribute("aria-busy")).toBeNull();
  expect(await page.locator("b").textContent()).toBe("1");
});
