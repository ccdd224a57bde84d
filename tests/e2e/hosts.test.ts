import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { once } from "node:events";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { MemoryStore } from "rian";
import { attachNasc, type NascOptions } from "rian/hono";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { chromiumOptions } from "../support/chromium.ts";

const markup = `<!doctype html><title>Counter</title>
  <script type="module" src="/nasc/client.js"></script>
  <body na-connect><main na-scope="Counter:c"><b na-bind="n">?</b><i na-error></i>
  <button na-click="add">add</button></main>
  <form method="post" action="/nasc/event?type=Counter&instance=c&event=add">
    <input type="submit"></form>`;

const Counter = {
  mount: (): { n: number } => ({ n: 1 }),
  add: (_: unknown, { n }: { n: number }) => ({ n: n + 1 }),
};

let browser: Browser;
beforeAll(async () => {
  const { args, ...options } = await chromiumOptions();
  // Any name leads to this computer, as a stranger's may.
  const names = "--host-resolver-rules=MAP *.example 127.0.0.1";
  browser = await chromium.launch({ ...options, args: [...args, names] });
});
afterAll(() => browser.close());

async function listen(server: Server): Promise<number> {
  if (!server.listening) await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Serves the app, and returns its port and its store. */
async function start(hosts: NascOptions["hosts"]): Promise<{ port: number; store: MemoryStore }> {
  const app = new Hono();
  const store = new MemoryStore();
  app.get("/", (context) => context.html(markup));
  attachNasc({ app, handlers: { Counter }, store, authorize: "everyone", ...(hosts && { hosts }) });
  const port = await listen(serve({ fetch: app.fetch, port: 0 }) as Server);
  return { port, store };
}

/** Starts a proxy that tells a server another host than the page's, and returns its port. */
function startProxy(target: { port: number }, host: string): Promise<number> {
  return listen(
    createServer((request, response) => {
      const { method, url, headers } = request;
      const { port } = target;
      const onward = httpRequest({
        port,
        path: url,
        method,
        headers: { ...headers, host, "x-forwarded-host": headers.host },
      }, (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward.on("error", () => response.destroy()));
      response.on("close", () => onward.destroy());
    }).listen(0),
  );
}

async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

test("a page on a stranger's name that leads to the server reaches nothing", async () => {
  const { port, store } = await start(["app.example"]);
  const page = await open(`http://evil.example:${port}/`);
  const statuses = await page.evaluate(async () => {
    const message = JSON.stringify({ type: "Counter", instance: "c", event: "add" });
    const post = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: message,
    };
    const answers = [
      await fetch("/nasc/event", post),
      await fetch("/nasc/stream?scope=Counter:c"),
      await fetch("/nasc/manifest"),
      await fetch("/nasc/client.js"),
    ];
    return answers.map(({ status }) => status);
  });
  expect(statuses).toEqual([421, 421, 421, 421]);
  await page.click("input");
  expect(await page.textContent("body")).toContain("wrong-host");
  expect(await store.load("Counter", "c")).toBeNull();
});

test("a page behind a proxy that rewrites Host works by script and by form", async () => {
  // The name that people see has the port of the proxy, so that is started first.
  const target = { port: 0 };
  const authority = `app.example:${await startProxy(target, "internal:3000")}`;
  const { port, store } = await start([authority, "internal:3000"]);
  target.port = port;
  const url = `http://${authority}/`;
  const page = await open(url);
  await expect.poll(() => page.textContent("b")).toBe("1");
  await page.click("button");
  await expect.poll(() => page.textContent("b")).toBe("2");
  expect(await page.textContent("i")).toBe("");

  const bare = await open(url, { javaScriptEnabled: false });
  await bare.click("input");
  expect(bare.url()).toBe(url);
  await expect.poll(() => page.textContent("b")).toBe("3");
  expect(await store.load("Counter", "c")).toEqual({ n: 3 });
});
