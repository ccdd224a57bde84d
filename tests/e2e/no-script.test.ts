import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
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
import { MemoryStore, NascError } from "../../mod.ts";
import { formActionOf } from "../../src/page/form-action.ts";
import { attachNasc, createNasc } from "../../src/router/mod.ts";
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

interface Item {
  readonly id: string;
  readonly title: string;
  readonly isDone: boolean;
}

const List = {
  mount: () => ({ items: [] as Item[] }),
  add(
    { title, isDone, tags }: { title: string; isDone: boolean; tags: string[] },
    { items }: { items: Item[] },
  ) {
    if (title.length < 3) {
      throw new NascError("short", "Say more", { fields: { title: "At least 3 letters" } });
    }
    return { items: [...items, { id: String(items.length), title, isDone, tags }] };
  },
  toggle({ id }: { id: string }, { items }: { items: Item[] }) {
    return {
      items: items.map((item) => item.id === id ? { ...item, isDone: !item.isDone } : item),
    };
  },
};

/** An app with a page as the server would paint it, with Hono's own headers and the referrer of pages. */
function painted(): Hono {
  const nasc = createNasc({
    ...{ handlers: { List }, store, authorize: "everyone", hosts: "any" },
    secret: "sixteen letters, and some more",
  });
  const app = new Hono();
  app.use(secureHeaders());
  app.route("/nasc", nasc.app);
  const encode = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  app.get("/lists/:id", async (context) => {
    const id = context.req.param("id");
    const flash = await nasc.flash(context);
    const { pathname, search } = new URL(context.req.url);
    const returnTo = `${pathname}${search}#list`;
    const of = { type: "List", id, returnTo };
    const add = formActionOf("/nasc", {
      ...{ ...of, event: "add", flags: ["isDone"], lists: ["tags"] },
      keep: ["title", "isDone", "tags"],
    });
    const { items = [] } = (await nasc.reader(context).read("List", id))!.state as {
      items: Item[];
    };
    const toggle = (item: Item) =>
      encode(formActionOf("/nasc", { ...of, event: "toggle", data: { id: item.id } }));
    const { title = "", isDone = false, tags = [] } = flash?.values ?? {};
    return context.html(`<!doctype html><meta name="referrer" content="same-origin">
      <form method="post" action="${encode(add)}">
        <p role="alert">${
      flash ? `${flash.error.message}: ${flash.error.fields?.["title"]}` : ""
    }</p>
        <label>Title <input name="title" value="${encode(String(title))}"></label>
        <label><input type="checkbox" name="isDone" ${isDone ? "checked" : ""}> Done</label>
        <label>Tags <input name="tags" value="${encode([tags].flat().join())}"></label>
        <label>Secret <input name="pin" type="password"></label>
        <button>Add</button>
      </form>
      <ul id="list">${
      items.map((item) =>
        `<li>${encode(item.title)}: ${item.isDone ? "done" : "open"}
          <button form="na-form" formaction="${toggle(item)}">Toggle</button></li>`
      ).join("")
    }</ul>
      <form hidden id="na-form" method="post"></form>`);
  });
  return app;
}

test.for(["localhost", "rian.test"])(
  "a painted page without script adds, toggles, and shows what was refused, on http://%s",
  async (host) => {
    const other = await serveNode(painted());
    onTestFinished(() => other.close());
    const url = `http://${host}:${other.port}/lists/5?sort=a&x=1`;
    const press = async (name: string) => {
      await Promise.all([page.waitForNavigation(), page.getByRole("button", { name }).click()]);
    };
    const items = () => page.locator("li").allInnerTexts();
    await page.goto(url);

    await page.getByLabel("Title").fill("Milk");
    await page.getByLabel("Tags").fill("shop");
    await press("Add");
    expect(page.url()).toBe(`${url}#list`);
    expect(await items()).toEqual(["Milk: open Toggle"]);
    const added = { id: "0", title: "Milk", isDone: false, tags: ["shop"] };
    expect(await store.load("List", "5")).toEqual({ items: [added] });

    await press("Toggle");
    expect([page.url(), await items()]).toEqual([`${url}#list`, ["Milk: done Toggle"]]);

    await page.getByLabel("Title").fill('"&');
    await page.getByLabel("Done").check();
    await page.getByLabel("Secret").fill("1234");
    await press("Add");
    expect(page.url()).toBe(`${url}#list`);
    expect(await page.getByRole("alert").innerText()).toBe("Say more: At least 3 letters");
    expect(await page.getByLabel("Title").inputValue()).toBe('"&');
    expect(await page.getByLabel("Done").isChecked()).toBe(true);
    expect(await page.getByLabel("Secret").inputValue()).toBe("");
    expect(await page.context().cookies()).toEqual([]);

    await page.reload();
    expect(await page.getByRole("alert").innerText()).toBe("");
    expect(await page.getByLabel("Title").inputValue()).toBe("");
    expect(await items()).toEqual(["Milk: done Toggle"]);
  },
);
