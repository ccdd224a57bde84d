import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumOptions } from "../support/chromium.ts";
import { DemoServer } from "../support/demo-server.ts";
import { collectErrors } from "./pages.ts";

let server: DemoServer;
let browser: Browser;
const errors: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([
    DemoServer.start("react"),
    chromium.launch(await chromiumOptions()),
  ]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  collectErrors(page, errors);
  await page.goto(server.url);
  return page;
}

function rowsOf(page: Page): Promise<string[]> {
  return page.locator("li").allTextContents();
}

test("two windows of the example in React show what either does, and a refusal where it belongs", async () => {
  const [mine, theirs] = await Promise.all([openPage(), openPage()]);
  await expect.poll(() => rowsOf(mine)).toEqual(["Bread♥ 0"]);
  await expect.poll(() => rowsOf(theirs)).toEqual(["Bread♥ 0"]);
  await mine.getByLabel("You bring").fill("Cheese");
  await mine.getByText("Add").click();
  await expect.poll(() => rowsOf(mine)).toEqual(["Bread♥ 0", "Cheese♥ 0"]);
  await expect.poll(() => rowsOf(theirs)).toEqual(["Bread♥ 0", "Cheese♥ 0"]);
  await expect.poll(() => mine.getByLabel("You bring").inputValue()).toBe("");
  await theirs.getByLabel("Vote for Cheese").click();
  await expect.poll(() => rowsOf(mine)).toEqual(["Bread♥ 0", "Cheese♥ 1"]);
  expect(errors).toEqual([]);
  await mine.getByText("Add").click();
  await expect.poll(() => mine.getByRole("alert").textContent()).toMatch(/^Write what you bring/);
});

test("a page without a build mirrors into a store, by a module that the router serves for it alone", async () => {
  const page = await browser.newPage();
  const modules: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/nasc\/client\/(?!checks)/.test(pathname)) modules.push(pathname);
  });
  await page.goto(`${server.url}/styles.css`);
  // As text, since the test runner rewrites what imports.
  const written = await page.evaluate(`(async () => {
    const { connect } = await import("/nasc/client.js");
    const { promise, resolve } = Promise.withResolvers();
    const Party = { primaryKey: "id", get() {}, put: resolve };
    const connection = connect({ into: { Party, transaction: (work) => work() } });
    connection.follow("Party", "other");
    return await promise;
  })()`);
  expect(written).toEqual({ id: "other", dishes: [{ id: 1, name: "Bread", votes: 0 }] });
  expect(modules).toEqual(["/nasc/client/into.js"]);
});
