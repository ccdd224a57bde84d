import type { Hono } from "hono";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { demo } from "../../examples/demo/app.ts";
import { MemoryStore } from "../../mod.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { type Served, serveNode } from "../support/serve-node.ts";

let browser: Browser;
let server: Served;
let store: MemoryStore;
let page: Page;

beforeAll(async () => {
  const options = await chromiumOptions();
  const args = [...options.args, "--host-resolver-rules=MAP rian.test 127.0.0.1"];
  browser = await chromium.launch({ ...options, args });
});
afterAll(() => browser.close());

beforeEach(async () => {
  store = new MemoryStore();
  server = await serveNode(demo({ store, hosts: "any" }) as Hono);
  page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
});
afterEach(async () => {
  await page.context().close();
  await server.close();
});

// Over plain HTTP, a browser trusts localhost and no name: there it sends no Sec-Fetch-Site, only an Origin.
describe.for(["localhost", "rian.test"])("without script, the demo on http://%s", (host) => {
  test("does what a form says, and comes back to the page", async () => {
    const url = `http://${host}:${server.port}/`;
    await page.goto(url);
    expect(await page.locator("h2").first().innerText()).toBe("Hello, Guest");

    await page.getByLabel("What needs to be done?").fill("Water the plants");
    const [sent] = await Promise.all([
      page.waitForRequest((request) => request.url().includes("/nasc/event")),
      page.getByRole("button", { name: "Add" }).click(),
    ]);
    await page.waitForURL(url);
    const { origin, "sec-fetch-site": site } = await sent.allHeaders();
    expect([origin, site]).toEqual([
      `http://${host}:${server.port}`,
      host === "localhost" ? "same-origin" : undefined,
    ]);

    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByRole("button", { name: "Save profile" }).click();
    await page.waitForURL(url);
    expect(await store.load("User", "currentUser"))
      .toEqual({ id: "currentUser", name: "Ada", email: "ada@example.com" });
    const { items } = await store.load("TodoList", "my-list");
    expect(items.map(({ title }: { title: string }) => title))
      .toEqual(["Learn Rian", "Build an app", "Water the plants"]);
  });
});
