import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { MemoryStore } from "../../mod.ts";
import { attachNasc } from "../../src/router/mod.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { type Served, serveNode } from "../support/serve-node.ts";
import { collectErrors } from "./pages.ts";

let browser: Browser;
let context: BrowserContext;
const servers: Served[] = [];

beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(() => browser.close());
beforeEach(async () => {
  context = await browser.newContext();
});
afterEach(async () => {
  await context.close();
  for (const server of servers.splice(0)) await server.close();
});

async function serve(app: Hono): Promise<string> {
  const server = await serveNode(app);
  servers.push(server);
  return `http://localhost:${server.port}`;
}

/** Returns a page that shows a counter of the router at this address. */
function page(router: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<script type="module" src="${router}/nasc/client.js"></script>
<body na-connect="${router}/nasc">
  <p na-scope="visits" na-type="Counter">
    <output na-bind="count"></output> by <output na-bind="by"></output>
    <button na-click="add">Add</button> <em na-error></em>
  </p>
</body>`;
}

/** Starts a router that only a cookie opens, and pages on two other origins, of which it knows one. */
async function start(): Promise<{ router: string; known: string; unknown: string }> {
  const pages: string[] = [];
  const app = new Hono();
  const known = await serve(new Hono().get("/", (context) => context.html(pages[0]!)));
  const unknown = await serve(new Hono().get("/", (context) => context.html(pages[0]!)));
  app.get("/login", (context) => {
    setCookie(context, "session", "ada", { httpOnly: true, sameSite: "Lax" });
    return context.html(`<script type="module" src="/nasc/client.js"></script><p>Welcome</p>`);
  });
  attachNasc({
    app,
    store: new MemoryStore(),
    hosts: "any",
    origins: [known],
    user: (context) => getCookie(context, "session"),
    authorize: (context) => getCookie(context, "session") === "ada",
    handlers: {
      Counter: {
        mount: () => ({ count: 0, by: "nobody" }),
        add: (_, state, { user }) => ({ count: state.count + 1, by: user }),
      },
    },
  });
  const router = await serve(app);
  pages.push(page(router));
  return { router, known, unknown };
}

async function open(url: string, errors: string[] = []): Promise<Page> {
  const tab = await context.newPage();
  collectErrors(tab, errors);
  await tab.goto(url);
  return tab;
}

const shown = (tab: Page) => tab.locator("p").innerText();

test("a page of another origin loads the client, follows a stream and sends events, all with the router's cookie", async () => {
  const { router, known } = await start();
  // Caches the client as the router's own page gets it, which asks for no other origin.
  await open(`${router}/login`);
  const errors: string[] = [];
  const tabs = [await open(known, errors), await open(known, errors)];
  for (const tab of tabs) await expect.poll(() => shown(tab)).toMatch(/^0 by nobody/);
  await tabs[0]!.getByRole("button").click();
  for (const tab of tabs) await expect.poll(() => shown(tab)).toMatch(/^1 by ada/);
  // The client is asked for again, and has not changed.
  await tabs[1]!.reload();
  await expect.poll(() => shown(tabs[1]!)).toMatch(/^1 by ada/);
  await tabs[1]!.getByRole("button").click();
  for (const tab of tabs) await expect.poll(() => shown(tab)).toMatch(/^2 by ada/);
  expect(errors).toEqual([]);
});

test("a page of another origin says why it shows nothing if the cookie is missing", async () => {
  const { known } = await start();
  const tab = await open(known);
  await expect.poll(() => shown(tab)).toContain("You may not do this");
});

test("a page of an origin that the router does not know gets nothing, cookie or not", async () => {
  const { router, unknown } = await start();
  await open(`${router}/login`);
  const errors: string[] = [];
  const tab = await open(unknown, errors);
  await expect.poll(() => errors.join()).toMatch(/blocked by CORS policy/);
  const answer = await tab.evaluate(
    (url) =>
      fetch(url, { credentials: "include" }).then(({ status }) => `${status}`, () => "refused"),
    `${router}/nasc/manifest`,
  );
  expect([answer, await shown(tab)]).toEqual(["refused", "by Add"]);
});

test("a page learns that what it uploads is too large, however large it is", async () => {
  const { router } = await start();
  const tab = await open(`${router}/login`);
  for (const size of [300_000, 3_000_000, 30_000_000]) {
    const status = await tab.evaluate(async (size) => {
      const headers = { "content-type": "application/json" };
      const body = "x".repeat(size);
      return (await fetch("/nasc/event", { method: "POST", headers, body })).status;
    }, size);
    expect(status).toBe(413);
  }
  expect(await tab.evaluate(async () => (await fetch("/nasc/health")).status)).toBe(200);
});
