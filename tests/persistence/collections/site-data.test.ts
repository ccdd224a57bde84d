import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { chromiumOptions } from "../../support/chromium.ts";
import { pageOf } from "./tabs.ts";

/** Serves one page, whose site data a visit to `/log-out` deletes; returns its address. */
async function serve(body: string): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === "/log-out") response.setHeader("clear-site-data", '"storage"');
    response.setHeader("content-type", "text/html").end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  onTestFinished(() => void server.close());
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

const titles = ["edited", "two"];
const outcomes = {
  stop: { status: "cleared", titles, stored: [] },
  rewrite: { status: "saved", titles, stored: titles },
};

describe("a page whose site data was deleted by Clear-Site-Data", () => {
  for (const kind of ["localStorage", "indexedDB"]) {
    for (const [onCleared, outcome] of Object.entries(outcomes)) {
      test(`keeps its memory over ${kind}, and writes as onCleared "${onCleared}" says`, async () => {
        const address = await serve(await pageOf("site-page.ts"));
        const browser = await chromium.launch(await chromiumOptions());
        onTestFinished(() => browser.close());
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`${address}/?${onCleared}`);
        await page.waitForFunction(() => "edit" in globalThis);
        const status = await page.evaluate(() => fetch("/log-out").then(({ status }) => status));
        expect(status).toBe(200);
        expect(await page.evaluate((each) => globalThis.edit(each), kind)).toEqual(outcome);
      });
    }
  }
});
