import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type Handlers, MemoryStore, NascError, type Processor } from "../../mod.ts";
import { attachNasc, type NascOptions } from "../../src/router/mod.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { firstClient } from "./first-client.ts";

interface List {
  id: string;
  items: { id: string; title: string; done: boolean }[];
}

/** Handlers as they were written for the first Nasc. */
const handlers: Handlers = {
  List: {
    async mount({ listId }: { listId?: string } = {}): Promise<List> {
      return { id: listId || "none", items: [{ id: "1", title: "Read", done: false }] };
    },
    async add(payload: { title?: string }, current: List): Promise<List> {
      if (!payload?.title) throw new NascError("no-title", "Write what there is to do");
      const item = { id: String(current.items.length + 1), title: payload.title, done: false };
      return { ...current, items: [...current.items, item] };
    },
    toggle(payload: { id?: string }, current: List): List {
      const items = current.items.map((item) =>
        item.id === payload?.id ? { ...item, done: !item.done } : item
      );
      return { ...current, items };
    },
  },
  User: {
    mount: () => ({ name: "Guest" }),
    save: ({ name }: { name: string }) => ({ name: String(name) }),
  },
};

/** A page with its first scope in the earlier way of writing, or in the later one. */
function page(scope: string): string {
  return `<!doctype html><title>First Nasc</title>
    <section ${scope}>
      <form na-submit="add"><input name="title"><button>Add</button></form>
      <ul><template na-each="items" na-key="id"><li>
        <input type="checkbox" na-click="toggle" data-id="" na-bind="done"><span na-bind="title"></span>
      </li></template></ul>
    </section>
    <section na-scope="User:me">
      <h1 na-bind="name"></h1><form na-submit="save"><input name="name"><button>Save</button></form>
    </section>
    <script type="module" src="/nasc.js"></script>`;
}

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(() => browser.close());

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

/** Serves the pages on a port, and returns how to end all at once, as a restart does. */
async function start(options: Partial<NascOptions> = {}, port = 0) {
  const app = new Hono();
  app.get("/earlier", (context) => context.html(page('na-scope="List:my-list"')));
  app.get("/later", (context) => context.html(page('na-scope="my-list" na-type="List"')));
  app.get(
    "/nasc.js",
    (context) => context.text(firstClient, 200, { "content-type": "text/javascript" }),
  );
  const { processMessage } = attachNasc({ app, handlers, store, ...options });
  const server = serve({ fetch: app.fetch, port, createServer }) as Server;
  if (!server.listening) await once(server, "listening");

  async function stop(): Promise<void> {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }
  const address = server.address() as AddressInfo;
  return { url: `http://localhost:${address.port}`, port: address.port, processMessage, stop };
}

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return context;
}

async function shows(tab: Page, titles: readonly string[]): Promise<void> {
  await expect.poll(() => tab.locator("li span").allTextContents()).toEqual(titles);
}

function change(processMessage: Processor, title: string) {
  const message = { instance: "List:my-list", event: "add", payload: { title } };
  return processMessage(message);
}

test.for(["earlier", "later"])(
  "a page of the first Nasc, of the %s kind, works with its own client",
  async (kind) => {
    const server = await start();
    onTestFinished(server.stop);
    const context = await newContext();
    const tab = await context.newPage();
    await tab.goto(`${server.url}/${kind}`);
    await shows(tab, ["Read"]);
    await tab.locator("[name=title]").fill("Write");
    await tab.getByRole("button", { name: "Add" }).click();
    await shows(tab, ["Read", "Write"]);
    await tab.locator("li", { hasText: "Write" }).getByRole("checkbox").click();
    await expect.poll(() => tab.locator("li input").nth(1).isChecked()).toBe(true);
    await tab.locator("[name=name]").fill("Ada");
    await tab.getByRole("button", { name: "Save" }).click();
    await expect.poll(() => tab.locator("h1").textContent()).toBe("Ada");

    // What others do appears too, and what is refused says why.
    await change(server.processMessage, "Rest");
    await shows(tab, ["Read", "Write", "Rest"]);
    await tab.locator("[name=title]").fill("");
    await tab.getByRole("button", { name: "Add" }).click();
    await expect.poll(() => tab.evaluate("errors")).toEqual(["Write what there is to do"]);

    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({
      name: "nasc_client",
      path: "/nasc",
      httpOnly: true,
      sameSite: "Strict",
      secure: false,
    });
    expect(await tab.evaluate("document.cookie")).toBe("");
  },
);

test("two tabs of one browser, which share a clientId, both follow, and one may close", async () => {
  const server = await start();
  onTestFinished(server.stop);
  const context = await newContext();
  const [first, second] = [await context.newPage(), await context.newPage()];
  await first.goto(`${server.url}/earlier`);
  await shows(first, ["Read"]);
  await second.goto(`${server.url}/later`);
  await shows(second, ["Read"]);
  await second.locator("[name=title]").fill("Write");
  await second.getByRole("button", { name: "Add" }).click();
  await shows(first, ["Read", "Write"]);
  await shows(second, ["Read", "Write"]);
  await second.close();
  await change(server.processMessage, "Rest");
  await shows(first, ["Read", "Write", "Rest"]);
});

test("another browser that names the same clientId is refused, and the first one goes on", async () => {
  const server = await start();
  onTestFinished(server.stop);
  const [own, other] = [await newContext(), await newContext()];
  const tab = await own.newPage();
  await tab.goto(`${server.url}/earlier`);
  await shows(tab, ["Read"]);
  const clientId: string = await tab.evaluate("localStorage.getItem('nascClientId')");

  await other.addInitScript((id) => localStorage.setItem("nascClientId", id), clientId);
  const stranger = await other.newPage();
  const refused = stranger.waitForResponse(/stream/);
  await stranger.goto(`${server.url}/earlier`);
  expect((await refused).status()).toBe(403);
  await expect.poll(() => stranger.evaluate("window.isOver")).toBe(true);
  const posted = stranger.waitForResponse(/event/);
  await stranger.locator("[name=title]").fill("Theirs");
  await stranger.getByRole("button", { name: "Add" }).click();
  expect((await posted).status()).toBe(403);
  await shows(stranger, []);

  await tab.locator("[name=title]").fill("Write");
  await tab.getByRole("button", { name: "Add" }).click();
  await shows(tab, ["Read", "Write"]);
});

test("a page takes up by itself after the server was restarted", async () => {
  const server = await start();
  const tab = await (await newContext()).newPage();
  await tab.goto(`${server.url}/later`);
  await shows(tab, ["Read"]);
  await server.stop();

  const restarted = await start({}, server.port);
  onTestFinished(restarted.stop);
  // Nobody may have seen this but the store.
  await change(restarted.processMessage, "Meanwhile");
  await shows(tab, ["Read", "Meanwhile"]);
  await tab.locator("[name=title]").fill("Write");
  await tab.getByRole("button", { name: "Add" }).click();
  await shows(tab, ["Read", "Meanwhile", "Write"]);
});

test("a page that authorize refuses shows nothing, and its console says why", async () => {
  const server = await start({ authorize: (_context, { type }) => type === "User" });
  onTestFinished(server.stop);
  const tab = await (await newContext()).newPage();
  await tab.goto(`${server.url}/earlier`);
  await expect.poll(() => tab.locator("h1").textContent()).toBe("Guest");
  await expect.poll(() => tab.evaluate("errors")).toEqual(["You may not do this"]);
  await shows(tab, []);
});
