import { Hono } from "hono";
import { type Browser, chromium, type Page } from "playwright-core";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import { demo } from "../../examples/demo/app.ts";
import { MemoryStore } from "../../mod.ts";
import { attachNasc } from "../../src/router/mod.ts";
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
  server = await serveNode(demo({ store, hosts: "any" }).app as Hono);
  page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
});
afterEach(async () => {
  await page.context().close();
  await server.close();
});

// Over plain HTTP, a browser trusts localhost and no name: there it sends no Sec-Fetch-Site, only an Origin.
describe.for(["localhost", "rian.test"])("without script, the demo on http://%s", (host) => {
  test("does what a form says, and comes back to the page", async () => {
    const url = `http://${host}:${server.port}/lists`;
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

test.for(
  [["localhost", "/back"], ["rian.test", "403"]] as const,
)("a form of a page with no-referrer on http://%s leads to %s", async ([host, expected]) => {
  const app = new Hono();
  app.get("/back", (context) => context.text("back"));
  app.get("/form", (context) => {
    context.header("referrer-policy", "no-referrer");
    return context.html(`<form method="post"
      action="/nasc/event?type=Note&amp;instance=a&amp;event=write&amp;return=/back">
      <button>Write</button></form>`);
  });
  const handlers = { Note: { mount: () => ({ n: 0 }), write: () => ({ n: 1 }) } };
  attachNasc({ app, handlers, store, authorize: "everyone", hosts: "any" });
  const other = await serveNode(app);
  onTestFinished(() => other.close());

  await page.goto(`http://${host}:${other.port}/form`);
  const [answer] = await Promise.all([
    page.waitForNavigation(),
    page.getByRole("button").click(),
  ]);
  const led = answer!.ok() ? new URL(page.url()).pathname : String(answer!.status());
  expect(led).toBe(expected);
  expect(await store.load("Note", "a")).toEqual(expected === "403" ? null : { n: 1 });
});
