import { build } from "esbuild";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumOptions } from "../../support/chromium.ts";
import type { Leaving } from "./tab-page.ts";

let server: Server;
let browser: Browser;
let url: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./tab-page.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  const script = outputFiles[0]!.text;
  const html = '<!doctype html><title>Tab</title><a href="/other">Other</a>' +
    '<script type="module" src="/tab.js"></script>';
  server = createServer(({ url }, response) => {
    // A real answer, because Chromium does not clear what a fulfilled route asks it to.
    if (url === "/clear") response.setHeader("clear-site-data", '"storage"');
    const isScript = url === "/tab.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(async () => {
  await browser.close();
  await new Promise((resolve) => server.close(resolve));
});

async function openTab(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await ready(page);
  return page;
}

async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => "tab" in globalThis);
}

describe("A page that leaves right after it has begun a commit to IndexedDB", () => {
  const rounds = 8;

  test.each<Leaving>(["in the same task", "in the next task", "once committed", "by a link"])(
    "leaves it whole or undone, and the next page opens the database at once (%s)",
    async (how) => {
      const page = await openTab();
      const landed: boolean[] = [];
      let before: unknown = 0;
      for (let value = 1; value <= rounds; value++) {
        const loaded = page.waitForEvent("load");
        if (how === "by a link") {
          await page.evaluate((value) => {
            document.querySelector("a")!.onclick = () => void tab.leave(value, "by a link");
          }, value);
          await page.click("a");
        } else {await page.evaluate(([value, how]) =>
            void tab.leave(value, how), [value, how] as const);}
        await loaded;
        await ready(page);
        const { values, took } = await page.evaluate(() => tab.found);
        const hasLanded = values[0] === value;
        expect(values).toEqual(Array(5).fill(hasLanded ? value : before));
        expect(took).toBeLessThan(5_000);
        landed.push(hasLanded);
        before = values[0];
      }
      if (how === "once committed") expect(landed).toEqual(Array(rounds).fill(true));
      await page.context().close();
    },
  );

  test("leaves it whole or undone when its process is killed", async () => {
    const page = await openTab();
    const context = page.context();
    let current = page;
    let before: unknown = 0;
    for (let value = 1; value <= 4; value++) {
      const session = await context.newCDPSession(current);
      const crashed = current.waitForEvent("crash");
      void current.evaluate((value) => void tab.leave(value, "by a link"), value).catch(() => {});
      void session.send("Page.crash").catch(() => {});
      await crashed;
      await current.close();
      current = await context.newPage();
      await current.goto(url);
      await ready(current);
      const { values } = await current.evaluate(() => tab.found);
      expect([before, value]).toContain(values[0]);
      expect(values).toEqual(Array(5).fill(values[0]));
      before = values[0];
    }
    await context.close();
  });

  test("stores all that it writes without a condition in the task that leaves", async () => {
    const page = await openTab();
    for (let value = 1; value <= rounds; value++) {
      const loaded = page.waitForEvent("load");
      await page.evaluate((value) => tab.leaveWriting(value), value);
      await loaded;
      await ready(page);
      expect((await page.evaluate(() => tab.found)).values).toEqual(Array(5).fill(value));
    }
    await page.context().close();
  });
});

test("A page whose site data is cleared in the middle of calls to IndexedDB goes on with an empty database", async () => {
  const page = await openTab();
  const other = await page.context().newPage();
  await other.goto(url);
  const work = page.evaluate(() => tab.work());
  for (let round = 0; round < 3; round++) {
    await other.evaluate(async () => {
      await (await fetch("/clear")).text();
    });
    const rounds = await page.evaluate(() => tab.rounds);
    await page.waitForFunction((rounds) => tab.rounds > rounds + 1, rounds);
  }
  await page.evaluate(() => tab.stop());
  const { errors, opened } = await work;
  expect(errors).toEqual([]);
  expect(opened).toBeGreaterThan(1);
  await page.reload();
  await ready(page);
  expect((await page.evaluate(() => tab.found)).values).toEqual(Array(5).fill(0));
  await page.context().close();
});
