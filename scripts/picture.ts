/**
 * `npm run picture`: makes docs/board.png and docs/board-dark.png, the README's picture. It starts the demo, opens its
 * board in two windows, lets two people work on it, and takes a picture of both.
 */
import { writeFileSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { chromiumOptions } from "../tests/support/chromium.ts";
import { DemoServer } from "../tests/support/demo-server.ts";
import { root } from "./root.ts";

type ColorScheme = NonNullable<BrowserContextOptions["colorScheme"]>;

const files = { light: "docs/board.png", dark: "docs/board-dark.png" } as const;
const mostBytes = 150_000;
const height = 600;
const widths = { first: 812, second: 376 };

/** Opens the board as somebody who has picked a name. */
async function openWindow(
  browser: Browser,
  url: string,
  { name, width }: { readonly name: string; readonly width: number },
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(url);
  await page.getByText("Your name", { exact: true }).click();
  await page.getByLabel("What others call you").fill(name);
  await page.getByLabel("What others call you").press("Enter");
  await page.getByText(name, { exact: true }).waitFor();
  return page;
}

/** Lets two people plan, so each window shows what the other did. */
async function useBoard(ann: Page, bob: Page): Promise<void> {
  async function add(page: Page, list: string, text: string): Promise<void> {
    await page.getByLabel(`New card in ${list}`).fill(text);
    await page.getByLabel(`New card in ${list}`).press("Enter");
    await page.locator(".card", { hasText: text }).waitFor();
  }
  const title = ann.getByLabel("Name of the board");
  await ann.getByRole("heading", { level: 1 }).click();
  await title.fill("Garden party");
  await title.press("Enter");
  for (const text of ["Open this page", "Switch JavaScript", "Go offline", "Move me", "Learn"]) {
    const card = ann.locator(".card", { hasText: text });
    await card.locator("summary").click();
    await card.getByRole("button", { name: "Remove" }).click();
    await card.waitFor({ state: "detached" });
  }
  await add(ann, "Ideas", "Lanterns in the apple tree");
  await add(ann, "Ideas", "Ask the neighbours");
  await add(ann, "Doing", "Write the invitations");
  await add(ann, "Doing", "Borrow a long table");
  await add(ann, "Done", "Pick a date");
  await bob.locator(".card", { hasText: "Pick a date" }).locator(".tick").click();
  await bob.locator(".card", { hasText: "Borrow" }).locator("summary").focus();
  await bob.keyboard.press("Shift+ArrowUp");
  await ann.getByText("Bob moved “Borrow a long table” to place 1").waitFor();
  await ann.locator(".card", { hasText: "Lanterns" }).locator("summary").click();
  // Where both windows show the same.
  await bob.evaluate(() => {
    document.querySelectorAll("[data-list]")[1]!.scrollIntoView();
    scrollBy(0, -16);
  });
}

/** Takes a picture of a page in a color scheme. */
async function takePicture(page: Page, colorScheme: ColorScheme): Promise<Buffer> {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.mouse.move(0, 0);
  return await page.screenshot();
}

/** Puts pictures side by side, each in a frame like that of a browser's window. */
async function frame(
  browser: Browser,
  pictures: readonly Buffer[],
  colorScheme: ColorScheme,
): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 1300, height: 800 }, colorScheme });
  const windows = pictures.map((picture) =>
    `<figure><p><i></i><i></i><i></i>localhost:8787</p><img src="data:image/png;base64,${
      picture.toString("base64")
    }"></figure>`
  );
  await page.setContent(`<!doctype html>
    <style>
      :root { color-scheme: light dark; }
      body { margin: 0; background: transparent; }
      main { display: inline-flex; gap: 12px; padding: 2px; }
      figure {
        margin: 0; border: 1px solid light-dark(#c9c3b3, #3c4748); border-radius: 10px; overflow: hidden;
        background: light-dark(#e6e2d6, #232b2c);
      }
      p {
        display: flex; align-items: center; gap: 7px; margin: 0; padding: 7px 10px;
        font: 12px/1 system-ui, sans-serif; color: light-dark(#5b6468, #a3aba8);
      }
      i { width: 9px; height: 9px; border-radius: 50%; background: light-dark(#b9b3a2, #4b5758); }
      i:nth-child(3) { margin-right: 8px; }
      img { display: block; }
    </style>
    <main>${windows.join("")}</main>`);
  return await page.locator("main").screenshot({ omitBackground: true });
}

const server = await DemoServer.start("node");
const browser = await chromium.launch(await chromiumOptions());
try {
  const ann = await openWindow(browser, server.url, { name: "Ann", width: widths.first });
  const bob = await openWindow(browser, server.url, { name: "Bob", width: widths.second });
  await useBoard(ann, bob);
  for (const colorScheme of ["light", "dark"] as const) {
    const pictures = [await takePicture(ann, colorScheme), await takePicture(bob, colorScheme)];
    const picture = await frame(browser, pictures, colorScheme);
    if (picture.length > mostBytes) {
      throw new Error(
        `Cannot make ${
          files[colorScheme]
        }: it has ${picture.length} bytes, and a README's picture ${mostBytes}; make it smaller`,
      );
    }
    writeFileSync(`${root}${files[colorScheme]}`, picture);
  }
} finally {
  await browser.close();
  await server.close();
}
