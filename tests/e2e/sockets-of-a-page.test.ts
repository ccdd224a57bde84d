import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { sessionApp } from "../router/session-app.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { serveNode, upgradeWebSocket } from "../support/serve-node.ts";
import { type Fault, FaultyProxy } from "./faulty-proxy.ts";
import { addFrom, ListServer, shown } from "./list-pages.ts";
import { collectErrors } from "./pages.ts";

const server = new ListServer();
let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
  await server.start();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

/** A page that asked for a socket, and the requests that it has made to the router. */
interface Tab {
  readonly page: Page;
  readonly requests: string[];
}

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return context;
}

async function newProxy(): Promise<FaultyProxy> {
  const proxy = await FaultyProxy.start(() => server.port);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Opens the page of a list, which has to end without an error of its own. */
async function openTab(id: string, options: {
  readonly url?: string;
  readonly context?: BrowserContext;
} = {}): Promise<Tab> {
  const { url = `http://localhost:${server.port}`, context = await newContext() } = options;
  const page = await context.newPage();
  const errors: string[] = [];
  collectErrors(page, errors);
  onTestFinished(() => {
    // A browser reports each request and each socket that fails.
    const own = errors.filter((error) =>
      !/^(Failed to load resource|WebSocket connection to)/.test(error)
    );
    expect(own).toEqual([]);
  });
  const requests: string[] = [];
  const note = (address: string) => {
    const { pathname } = new URL(address);
    if (/^\/nasc\/(event|stream|ws)$/.test(pathname)) requests.push(pathname.slice(6));
  };
  page.on("request", (request) => note(request.url()));
  page.on("websocket", (socket) => note(socket.url()));
  await page.goto(`${url}/page/${id}?transport=ws`);
  await server.expectSame(page, id);
  return { page, requests };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function seeded(seed: number): () => number {
  return () => (seed = seed * 16_807 % 2_147_483_647) / 2_147_483_647;
}

test("two tabs that ask for sockets have one each, and see and send everything over it", async () => {
  const context = await newContext();
  const tabs = [await openTab("tabs", { context }), await openTab("tabs", { context })];
  await tabs[0]!.page.getByRole("button").click();
  await expect.poll(async () => (await shown(tabs[1]!.page)).count).toBe(1);
  expect(await addFrom(tabs[1]!.page, "tabs", ["a", "b"])).toEqual([true, true]);
  await tabs[0]!.page.locator("li input[type=checkbox]").first().click();
  await expect.poll(async () => (await shown(tabs[1]!.page)).items)
    .toEqual([{ id: "a", done: true }, { id: "b", done: false }]);
  await server.send("tabs-more", "count");
  for (const { page } of tabs) {
    await expect.poll(() => page.locator("u").textContent()).toBe("1");
    await server.expectSame(page, "tabs");
  }
  expect(tabs.map(({ requests }) => requests)).toEqual([["ws"], ["ws"]]);
});

test("scopes that a script adds and removes are opened and let go over the same socket", async () => {
  const { page, requests } = await openTab("added");
  await page.evaluate(() => {
    const { connection } = globalThis as unknown as { connection: { refresh(): void } };
    document.body.insertAdjacentHTML(
      "beforeend",
      '<p na-scope="List:added-later"><s na-bind="count"></s></p>',
    );
    connection.refresh();
    document.querySelector("u")!.parentElement!.remove();
    connection.refresh();
  });
  await expect.poll(() => page.locator("s").textContent()).toBe("0");
  await server.send("added-later", "count");
  await expect.poll(() => page.locator("s").textContent()).toBe("1");
  await page.getByRole("button").click();
  await expect.poll(async () => (await shown(page)).count).toBe(1);
  expect(requests).toEqual(["ws"]);
});

test.for([3, 5, 8])(
  "two pages whose sockets are cut, delayed and refused, and whose requests are lost, end alike (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const id = `network${seed}`;
    const proxy = await newProxy();
    const context = await newContext();
    const tabs = [
      await openTab(id, { context, url: proxy.url }),
      await openTab(id, { context, url: proxy.url }),
    ];
    const faults: readonly Fault[] = ["none", "answer lost", "twice", "late", "message lost"];
    proxy.faults = {
      message: () => faults[Math.floor(random() * faults.length)]!,
      cut: () => 200 + Math.floor(random() * 2_000),
      upgrade: () => random() < 0.2 ? "refused" : "none",
      delay: () => Math.floor(random() * 200),
    };
    proxy.cutAll();
    const ids = tabs.map((_, index) => names(`p${index}-`, 15));
    const results = tabs.map(({ page }, index) => addFrom(page, id, ids[index]!));
    for (let event = 0; event < 20; event++) await server.send(id, "count");
    expect((await Promise.all(results)).flat()).toEqual(ids.flat().map(() => true));
    proxy.faults = {};
    const { items } = await server.stored(id);
    for (const each of ids) {
      expect(items.map(({ id }) => id).filter((id) => each.includes(id))).toEqual(each);
    }
    for (const { page } of tabs) await server.expectSame(page, id);
    expect(proxy.upgrades).toBeGreaterThan(2);
    expect(proxy.requests).toBeLessThan(200);
  },
);

test("a page whose network lets no socket through follows a stream, and its events go by requests", async () => {
  const proxy = await newProxy();
  proxy.faults = { upgrade: () => "refused" };
  const { page, requests } = await openTab("blocked", { url: proxy.url });
  await page.getByRole("button").click();
  await expect.poll(async () => (await shown(page)).count).toBe(1);
  await server.send("blocked", "count");
  await expect.poll(async () => (await shown(page)).count).toBe(2);
  expect(requests).toEqual(["ws", "stream", "event"]);
});

test("a page whose network swallows sockets follows a stream after a while", async () => {
  const proxy = await newProxy();
  proxy.faults = { upgrade: () => "unanswered" };
  const { page, requests } = await openTab("swallowed", { url: proxy.url });
  await server.send("swallowed", "count");
  await expect.poll(async () => (await shown(page)).count).toBe(1);
  expect(requests).toEqual(["ws", "stream"]);
});

test("in mid-session a page goes from its socket to a stream, and from that to asking with each event", async () => {
  const proxy = await newProxy();
  const { page, requests } = await openTab("falling", { url: proxy.url });
  expect(await addFrom(page, "falling", ["by socket"])).toEqual([true]);
  expect(requests).toEqual(["ws"]);

  proxy.faults = { upgrade: () => "refused" };
  proxy.cutAll();
  await server.send("falling", "count");
  await expect.poll(async () => (await shown(page)).count).toBe(1);
  expect(await addFrom(page, "falling", ["by request"])).toEqual([true]);
  expect([requests.includes("stream"), requests.includes("event")]).toEqual([true, true]);

  proxy.faults = { upgrade: () => "refused", noStreams: true };
  proxy.cutAll();
  await server.send("falling", "count");
  expect(await addFrom(page, "falling", ["without a stream"])).toEqual([true]);
  await server.expectSame(page, "falling");
  expect((await shown(page)).count).toBe(2);

  proxy.faults = { upgrade: () => "refused" };
  await server.send("falling", "count");
  await expect.poll(async () => (await shown(page)).count, { timeout: 40_000 }).toBe(3);
  expect(proxy.requests).toBeLessThan(60);
});

test("a socket that is cut off soon, again and again, gives way to a stream", async () => {
  const proxy = await newProxy();
  proxy.faults = { cut: () => 900 };
  const { page, requests } = await openTab("cut", { url: proxy.url });
  for (let event = 0; !requests.includes("stream"); event++) {
    await addFrom(page, "cut", [`item ${event}`]);
  }
  proxy.faults = {};
  await server.send("cut", "count");
  await expect.poll(async () => (await shown(page)).count).toBe(1);
  await server.expectSame(page, "cut");
});

test("an event whose answer is lost with its socket is applied once, and its page learns so", async () => {
  const proxy = await newProxy();
  const { page } = await openTab("lost", { url: proxy.url });
  for (const item of names("lost", 6)) {
    // What the server says from now on does not arrive.
    proxy.faults = { upgrade: () => "refused" };
    proxy.swallow();
    const result = addFrom(page, "lost", [item]);
    await expect.poll(async () => (await server.stored("lost")).items.map(({ id }) => id))
      .toContain(item);
    proxy.faults = {};
    proxy.cutAll();
    expect(await result).toEqual([true]);
  }
  expect((await server.stored("lost")).items.map(({ id }) => id)).toEqual(names("lost", 6));
  await server.expectSame(page, "lost");
});

test("a server that is killed amid events over sockets and restarted has each once", async () => {
  const { page, requests } = await openTab("killed");
  const ids = names("k", 80);
  const results = addFrom(page, "killed", ids);
  await expect.poll(async () => (await shown(page)).items.length).toBeGreaterThan(5);
  await server.kill();
  await page.getByRole("button").click();
  await server.start();
  expect(await results).toEqual(ids.map(() => true));
  await expect.poll(async () => (await shown(page)).count).toBe(1);
  expect((await server.stored("killed")).items.map(({ id }) => id)).toEqual(ids);
  await server.expectSame(page, "killed");
  expect(requests[0]).toBe("ws");
});

test("a view that hides an instance takes it off a page over its socket, and brings it back", async () => {
  await server.send("hidden", "fill", { size: 2 });
  const context = await newContext();
  const { page } = await openTab("hidden", { context });
  await server.send("hidden", "hide");
  await expect.poll(() => shown(page)).toEqual({ count: NaN, items: [] });
  expect(await page.locator("i").textContent()).toBe("You may not see this");
  await server.send("hidden", "show");
  await expect.poll(async () => (await shown(page)).items.length).toBe(2);
  expect(await page.locator("i").textContent()).toBe("");
});

const notes = `<!doctype html><title>Notes</title>
  <script>
    const heard = [];
    addEventListener("na:refused", ({ target, detail }) => heard.push(target.closest("[id]").id + " " + detail.code));
  </script>
  <script type="module" src="/nasc/client.js"></script>
  <body data-na-connect data-na-transport="ws">
  <form method="post" action="/login?name=ann"><button>Sign in</button></form>
  <form method="post" action="/logout"><button>Sign out</button></form>
  <section id="a" na-scope="Note:a"><b na-bind="text">?</b><button na-click="touch">touch</button>
  </section><section id="b" na-scope="Note:b"><b na-bind="text">?</b></section>`;

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByText("Sign in").click();
  await page.waitForURL("**/login*");
}

test("signing out in one tab ends what the other shows over its socket, and signing in brings it back", async () => {
  const app = await serveNode(sessionApp({ page: notes, upgradeWebSocket }));
  onTestFinished(() => app.close());
  const url = `http://127.0.0.1:${app.port}`;
  const context = await newContext();
  const [first, page] = [await context.newPage(), await context.newPage()];
  await signIn(first, url);
  await page.goto(url);
  const texts = () => page.locator("b").allTextContents();
  await expect.poll(texts).toEqual(["first", "first"]);

  await first.goto(url);
  await first.getByText("Sign out").click();
  await first.waitForURL("**/logout");
  await expect.poll(() => page.evaluate("heard")).toEqual(["a unauthorized", "b unauthorized"]);
  const write = (id: string) =>
    fetch(`${url}/nasc/event`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "Note", instance: id, event: "write", payload: "later" }),
    });
  await write("b");

  await signIn(first, url);
  await page.locator("#a button").click();
  await expect.poll(texts).toEqual(["touched", "later"]);
  expect(await page.evaluate("heard.length")).toBe(2);
});

test("an event that only the user may send who has just signed in is sent as theirs", async () => {
  const app = await serveNode(sessionApp({
    ...{ page: notes, upgradeWebSocket },
    authorize: (context, { event }) =>
      event !== "touch" || context.req.header("cookie")?.includes("session=") === true,
  }));
  onTestFinished(() => app.close());
  const url = `http://127.0.0.1:${app.port}`;
  const context = await newContext();
  const [first, page] = [await context.newPage(), await context.newPage()];
  await page.goto(url);
  await expect.poll(() => page.locator("b").allTextContents()).toEqual(["first", "first"]);
  await page.locator("#a button").click();
  await expect.poll(() => page.evaluate("heard")).toEqual(["a forbidden"]);
  await signIn(first, url);
  await page.locator("#a button").click();
  await expect.poll(() => page.locator("b").allTextContents()).toEqual(["touched", "first"]);
  expect(await page.evaluate("heard")).toEqual(["a forbidden"]);
});
