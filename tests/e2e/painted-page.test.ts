import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { defineHandler, MemoryStore, NascError } from "../../mod.ts";
import { attachNasc } from "../../src/router/mod.ts";
import { attachPage } from "../../src/ssr/mod.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { type Served, serveNode } from "../support/serve-node.ts";
import { collectErrors } from "./pages.ts";

interface Item {
  id: string;
  title: string;
  done: boolean;
  tags: string[];
}

const List = defineHandler<{ user: string | undefined }>()({
  mount: () => ({ title: "Groceries", items: [] as Item[] }),
  add({ title, done = false, tags = [] }: Omit<Item, "id">, list, context) {
    if (title.length > 20) {
      throw new NascError("too-long", "That is too long", {
        fields: { title: "At most 20 letters" },
      });
    }
    return { ...list, items: [...list.items, { id: context.eventId, title, done, tags }] };
  },
  toggle: ({ id }: { id: string }, list) => ({
    ...list,
    items: list.items.map((item) => item.id === id ? { ...item, done: !item.done } : item),
  }),
  rename: ({ id, title }: { id: string; title: string }, list) => {
    if (title === "") throw new NascError("empty", "Say what it is");
    return { ...list, items: list.items.map((item) => item.id === id ? { ...item, title } : item) };
  },
});

const html = `<!doctype html><html lang="en"><head><title>List</title>
<script type="module" src="/nasc/client.js"></script></head>
<body na-connect><main na-scope="List:{{@params.id}}">
  <h1 na-bind="title">…</h1>
  <form id="new" na-submit="add" na-optimistic="append items">
    <label>What <input name="title" aria-describedby="hint" required></label> <p na-error="title"></p>
    <label>Bought <input type="checkbox" name="done"></label>
    <select name="tags" multiple aria-label="Tags"><option>food</option><option>other</option></select>
    <input type="password" name="pin" aria-label="Pin">
    <button>Add</button> <p na-error></p>
  </form>
  <template na-if="!items"><p class="empty">Nothing to buy.</p></template>
  <ul><template na-each="items" na-key="id">
    <li na-class="done: done"><b na-bind="title"></b> <i na-bind="tags|list"></i>
      <button na-click="toggle" data-id="{{id}}" aria-label="Toggle {{title}}" na-attr="aria-pressed: done">✓</button>
      <form na-submit="rename"><input type="hidden" name="id" value="{{id}}">
        <input name="title" na-bind="title" aria-label="Rename {{title}}"><button>Rename</button><p na-error></p></form>
    </li></template></ul>
</main></body></html>`;

let browser: Browser;
let served: Served;

beforeAll(async () => {
  browser = await chromium.launch({
    ...await chromiumOptions(),
  });
  const app = new Hono();
  // As strict as it gets, and without a referrer.
  app.use(secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      requireTrustedTypesFor: ["'script'"],
      formAction: ["'self'"],
    },
  }));
  const nasc = attachNasc({
    app,
    handlers: { List },
    store: new MemoryStore(),
    authorize: "everyone",
    hosts: "any",
    secret: "only this server knows it",
  });
  attachPage(app, "/lists/:id", html, { nasc });
  served = await serveNode(app);
});

afterAll(async () => {
  await browser.close();
  await served.close();
});

async function open(id: string, javaScriptEnabled: boolean): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  collectErrors(page, errors);
  onTestFinished(() => expect(errors).toEqual([]));
  await page.goto(`http://localhost:${served.port}/lists/${id}?tab=1#new`);
  return page;
}

test("without a script, a painted page adds, toggles, refuses with what was typed, and stays where it was", async () => {
  const page = await open("plain", false);
  const back = /\/lists\/plain\?tab=1(#new)?$/;
  expect(await page.locator("h1").textContent()).toBe("Groceries");
  expect(await page.locator(".empty").isVisible()).toBe(true);

  await page.getByLabel("What").fill("Milk & <b>");
  await page.getByLabel("Tags").selectOption(["food"]);
  await page.getByRole("button", { name: "Add" }).click();
  await page.waitForURL(back);
  expect(await page.locator("li b").allTextContents()).toEqual(["Milk & <b>"]);
  expect(await page.locator("li i").textContent()).toBe("food");
  expect(await page.locator(".empty").count()).toBe(0);

  await page.getByLabel("Toggle").click();
  await page.waitForURL(back);
  expect(await page.locator("li.done [aria-pressed=true]").count()).toBe(1);

  await page.getByLabel("What").fill("What is longer than it may be");
  await page.getByLabel("Bought").check();
  await page.getByLabel("Tags").selectOption(["food", "other"]);
  await page.getByLabel("Pin").fill("1234");
  await page.getByRole("button", { name: "Add" }).click();
  await page.waitForURL(back);
  expect(await page.locator("#new [na-error=title]").textContent()).toBe("At most 20 letters");
  expect(await page.locator("#new > p[na-error='']").textContent()).toBe("That is too long");
  expect(await page.locator("li p").allTextContents()).toEqual([""]);
  expect(await page.getByLabel("What").inputValue()).toBe("What is longer than it may be");
  expect(await page.getByLabel("What").getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByLabel("What").getAttribute("aria-describedby")).toMatch(/^hint \S+$/);
  expect(await page.getByLabel("Bought").isChecked()).toBe(true);
  expect(
    await page.getByLabel("Tags").evaluate((each) =>
      Array.from((each as HTMLSelectElement).selectedOptions, ({ value }) => value)
    ),
  ).toEqual(["food", "other"]);
  expect(await page.getByLabel("Pin").inputValue()).toBe("");

  await page.reload();
  expect(await page.getByRole("alert").count()).toBe(0);
  await page.getByLabel("Rename").fill("");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.waitForURL(back);
  expect(await page.getByRole("alert").allTextContents()).toEqual(["Say what it is"]);
  expect(await page.getByLabel("Rename").inputValue()).toBe("");
});

test("with a script, the same page is taken over as it is, and changes as one", async () => {
  const plain = await open("both", false);
  await plain.getByLabel("What").fill("Bread");
  await plain.getByRole("button", { name: "Add" }).click();
  const page = await open("both", true);
  expect(await page.locator("li b").allTextContents()).toEqual(["Bread"]);
  await page.locator("main[na-state~=live]").waitFor();
  const kept = await page.locator("li").elementHandle();
  await page.getByLabel("What").fill("Milk");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("li b").allTextContents()).toEqual(["Bread", "Milk"]);
  await page.getByLabel("Toggle Bread").click();
  await page.locator("li.done", { hasText: "Bread" }).waitFor();
  expect(await page.locator("li").first().evaluate((row, before) => row === before, kept)).toBe(
    true,
  );
  expect(page.url()).toMatch(/\/lists\/both\?tab=1#new$/);
});
