import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { MemoryStore, type Processor } from "rian";
import { attachNasc } from "rian/hono";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { chromiumOptions } from "../support/chromium.ts";
import { collectErrors } from "./pages.ts";

type State = Record<string, unknown>;

const first = {
  name: "Ada",
  city: "Cork",
  note: "first",
  country: "ie",
  news: true,
  size: "m",
  age: 36,
};
const User = {
  mount: (): State => first,
  save: (payload: unknown, state: State): State => ({ ...state, ...payload as State }),
  flip: (_: unknown, state: State): State => ({ ...state, news: !state["news"] }),
};

const head = `<!doctype html><title>Profile</title><link rel="icon" href="data:,">
  <script type="module" src="/nasc/client.js"></script><body na-connect>`;
const profile = (id: string) =>
  `${head}<main na-scope="User:${id}"><h1 na-bind="city"></h1>
  <form na-submit="save" na-bind><input name="name"><input name="city"><textarea name="note"></textarea>
  <select name="country"><option value="fr">France</option><option value="ie">Ireland</option>
  <option value="de">Germany</option></select><input type="checkbox" name="news">
  <input type="radio" name="size" value="s"><input type="radio" name="size" value="m">
  <input type="radio" name="size" value="l"><input type="number" name="age"><button>Save</button></form>
  <input type="checkbox" id="own" na-click="flip" na-bind="news"></main><a href="/elsewhere">away</a>`;

let browser: Browser;
let server: ServerType;
let origin: string;
let process: Processor;

beforeAll(async () => {
  const app = new Hono();
  const options = { handlers: { User }, authorize: "everyone", hosts: "any" } as const;
  ({ processMessage: process } = attachNasc({ app, ...options, store: new MemoryStore() }));
  app.get("/profile/:id", (context) => {
    context.header("cache-control", "no-store");
    return context.html(profile(context.req.param("id")));
  });
  app.get("/elsewhere", (context) => context.html("<title>Elsewhere</title>elsewhere"));
  app.get("/first", (context) =>
    context.html(
      `<!doctype html><title>First</title><link rel="icon" href="data:,"><body>
       <div na-instance="User:first"><h1 na-bind="name"></h1><form na-submit="save">
       <input name="name"><input type="hidden" name="city"><button>Save</button></form></div>
       <script type="module" src="/nasc.js"></script>`,
    ));
  server = serve({ fetch: app.fetch, port: 0 });
  await once(server, "listening");
  origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(async () => {
  await browser.close();
  server.close();
});

/** Opens a page that is to run without errors. */
async function newPage(): Promise<Page> {
  const page = await browser.newPage();
  const errors: string[] = [];
  collectErrors(page, errors);
  onTestFinished(async () => {
    await page.close();
    expect(errors).toEqual([]);
  });
  return page;
}

/** Returns what the controls of a page hold. */
async function held(page: Page): Promise<unknown> {
  const [name, city, note, country, news, small, medium, large, age] = await page.locator(
    "form :is(input,textarea,select)",
  ).evaluateAll((all) =>
    (all as HTMLInputElement[]).map((control) =>
      ["checkbox", "radio"].includes(control.type) ? control.checked : control.value
    )
  );
  const size = [small && "s", medium && "m", large && "l"].filter(Boolean).join();
  return { name, city, note, country, news, size, age: Number(age) };
}

async function change(id: string, payload: State): Promise<void> {
  await process({ type: "User", instance: id, event: "save", payload });
}

test("a page of the first Nasc works with the client that /nasc.js leads to", async () => {
  const page = await newPage();
  await page.goto(`${origin}/first`);
  await expect.poll(() => page.inputValue("[name=name]")).toBe("Ada");
  // What nobody sees is not filled in.
  expect(await page.inputValue("[name=city]")).toBe("");
  await page.fill("[name=name]", "Grace");
  await page.click("button");
  await expect.poll(() => page.textContent("h1")).toBe("Grace");
});

test("what was filled in before the client is there is kept, and the rest shows the state", async () => {
  const page = await newPage();
  let release = () => {};
  const released = new Promise<void>((resolve) => release = resolve);
  await page.route("**/client.js", async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(`${origin}/profile/early`, { waitUntil: "commit" });
  await page.fill("[name=name]", "typed");
  await page.selectOption("select", "de");
  await page.check("[value=l]");
  await page.fill("[name=age]", "4");
  release();
  await expect.poll(() => page.textContent("h1")).toBe("Cork");
  const drafts = { name: "typed", country: "de", size: "l", age: 4 };
  expect(await held(page)).toEqual({ ...first, ...drafts });
  await change("early", { city: "Galway", country: "fr", size: "s", news: false, name: "Theirs" });
  await expect.poll(() => page.textContent("h1")).toBe("Galway");
  expect(await held(page)).toEqual({ ...first, ...drafts, city: "Galway", news: false });
  await page.click("button");
  await expect.poll(() => page.locator("form").getAttribute("na-pending")).toBe(null);
  await change("early", { ...first, city: "Cork" });
  await expect.poll(() => page.textContent("h1")).toBe("Cork");
  expect(await held(page)).toEqual(first);
});

test("after Back, drafts are as they were left, and all that had shown the state shows it as it is now", async () => {
  const page = await newPage();
  await page.goto(`${origin}/profile/back`);
  await expect.poll(() => page.textContent("h1")).toBe("Cork");
  await page.fill("[name=name]", "draft");
  await page.check("[value=l]");
  const theirs = {
    ...{ name: "Theirs", city: "Galway", note: "second", country: "fr", news: false },
    ...{ size: "s", age: 37 },
  };
  await page.click("a");
  await change("back", theirs);
  await page.goBack();
  await expect.poll(() => page.textContent("h1")).toBe("Galway");
  await expect.poll(() => held(page)).toEqual({ ...theirs, name: "draft", size: "l" });
  expect(await page.isChecked("#own")).toBe(false);
  await change("back", { ...first, city: "Rome" });
  await expect.poll(() => page.textContent("h1")).toBe("Rome");
  expect(await held(page)).toEqual({ ...first, city: "Rome", name: "draft", size: "l" });
});
