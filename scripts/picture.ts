/**
 * `npm run picture`: makes docs/demo.png, the README's picture. It starts the demo, opens it in two windows, adds a to-do
 * in one as a person does, and takes a picture of both.
 */
import { writeFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumOptions } from "../tests/support/chromium.ts";
import { DemoServer } from "../tests/support/demo-server.ts";
import { root } from "./root.ts";

const file = "docs/demo.png";
const mostBytes = 60_000;
const width = 440;
const height = 308;
// Sharp on a screen with twice the pixels.
const deviceScaleFactor = 2;

async function openWindow(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor });
  await page.goto(url);
  await page.getByText("Build an app").waitFor();
  return page;
}

/** Adds a to-do in one window and ticks it in the other, so each shows what the other did. */
async function useDemo(first: Page, second: Page): Promise<void> {
  await first.getByLabel("What needs to be done?").fill("Water the plants");
  await first.getByRole("button", { name: "Add" }).click();
  await second.locator("li", { hasText: "Water the plants" }).getByRole("checkbox").click();
  await first.locator("li", { hasText: "Water the plants" }).locator(":checked").waitFor();
}

/** Takes a picture of the end of a page, where the to-dos are. */
async function takePicture(page: Page): Promise<Buffer> {
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  return await page.screenshot();
}

/** Puts pictures side by side, each in a frame like that of a browser's window. */
async function frame(browser: Browser, pictures: readonly Buffer[]): Promise<Buffer> {
  const page = await browser.newPage({
    viewport: { width: 2 * width + 100, height: height + 100 },
    deviceScaleFactor,
  });
  const windows = pictures.map((picture) =>
    `<figure><p><i></i><i></i><i></i>localhost:8787</p><img src="data:image/png;base64,${
      picture.toString("base64")
    }"></figure>`
  );
  await page.setContent(`<!doctype html>
    <style>
      body { margin: 0; background: transparent; }
      main { display: inline-flex; gap: 20px; padding: 4px; }
      figure { margin: 0; border: 1px solid #c4cdd6; border-radius: 10px; overflow: hidden; background: #e4e9ee; }
      p {
        display: flex; align-items: center; gap: 8px; margin: 0; padding: 8px 10px;
        font: 13px/1 system-ui, sans-serif; color: #5c6b7a;
      }
      i { width: 10px; height: 10px; border-radius: 50%; background: #b3bec9; }
      i:nth-child(3) { margin-right: 8px; }
      img { display: block; width: ${width}px; }
    </style>
    <main>${windows.join("")}</main>`);
  return await page.locator("main").screenshot({ omitBackground: true });
}

const server = await DemoServer.start("node");
const browser = await chromium.launch(await chromiumOptions());
try {
  const [first, second] = [
    await openWindow(browser, server.url),
    await openWindow(browser, server.url),
  ];
  await useDemo(first, second);
  const picture = await frame(browser, [
    await takePicture(first),
    await takePicture(second),
  ]);
  if (picture.length > mostBytes) {
    throw new Error(
      `Cannot make ${file}: it has ${picture.length} bytes, and a README's picture ${mostBytes}; make it smaller`,
    );
  }
  writeFileSync(`${root}${file}`, picture);
} finally {
  await browser.close();
  await server.close();
}
