import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { MemoryStore } from "rian";
import { nasc } from "rian/hono";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chromiumOptions } from "../support/chromium.ts";
import { collectErrors } from "./pages.ts";

const markup = (path: string) =>
  `<!doctype html><html lang="de"><title>Bill</title>
  <script type="module" src="/nasc/client.js"></script>
  <body na-connect><main na-scope="Bill:b"><b na-bind="${path}">?</b></main>`;

let browser: Browser;
let server: ServerType;

beforeAll(async () => {
  const app = new Hono();
  const Bill = { mount: () => ({ total: 1234.5 }) };
  const options = { handlers: { Bill }, authorize: "everyone", hosts: "any" } as const;
  app.route("/nasc", nasc({ ...options, store: new MemoryStore() }));
  app.get("/plain", (context) => context.html(markup("total")));
  app.get("/", (context) => context.html(markup("total|currency:EUR")));
  app.get("/wrong", (context) => context.html(markup("total total")));
  app.get("/favicon.ico", (context) => context.body(null, 204));
  server = serve({ fetch: app.fetch, port: 0 });
  await once(server, "listening");
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(async () => {
  await browser.close();
  server.close();
});

test("the served client loads its formats for a page that uses one, and words for a mistake in it", async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  const modules: string[] = [];
  collectErrors(page, errors);
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    // On localhost, every page is checked.
    const isModule = pathname.startsWith("/nasc/client/") && !pathname.endsWith("/checks.js");
    if (isModule) modules.push(pathname);
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  await page.goto(`${url}/plain`);
  await expect.poll(() => page.textContent("b")).toBe("1234.5");
  expect(modules).toEqual([]);
  await page.goto(url);
  await expect.poll(async () => (await page.textContent("b"))?.replaceAll(/\s/g, " "))
    .toBe("1.234,50 €");
  expect([modules, errors]).toEqual([["/nasc/client/formats.js"], []]);
  await page.goto(`${url}/wrong`);
  await expect.poll(() => errors).toEqual([
    `Cannot read "total total": "total" is not expected; write such as city, done!=yes or due|date:full`,
  ]);
  expect(modules.slice(1)).toEqual(["/nasc/client/problems.js"]);
  await page.close();
});
