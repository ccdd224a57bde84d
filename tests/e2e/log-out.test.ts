import { serve } from "@hono/node-server";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { sessionApp } from "../router/session-app.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { EventStream } from "../support/event-stream.ts";

const notes = ["a", "b", "c"];

const page = `<!doctype html><title>Notes</title>
  <script>
    const heard = [];
    for (const name of ["na:refused", "na:unreachable"]) {
      addEventListener(name, ({ type, target, detail }) =>
        heard.push([type, target.id, detail.code].join(" ")));
    }
  </script>
  <script type="module" src="/nasc/client.js"></script>
  <body na-connect>
  <form method="post" action="/login?name=ann"><button>Sign in</button></form>
  <form method="post" action="/logout"><button>Sign out</button></form>
  ${
  notes.map((id) =>
    `<section id="${id}" na-scope="Note:${id}"><b na-bind="text">?</b><i na-error></i>
      <button na-click="touch">touch</button></section>`
  ).join("")
}`;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(() => browser.close());

/** A tab, the DOM events that it heard, and the requests that it made to the router. */
interface Tab {
  readonly page: Page;
  readonly requests: string[];
  heard(): Promise<string[]>;
  texts(selector: string): Promise<string[]>;
}

async function openTab(context: BrowserContext, url: string): Promise<Tab> {
  const page = await context.newPage();
  const requests: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/nasc\/(event|stream)$/.test(pathname)) requests.push(pathname);
  });
  await page.goto(url);
  return {
    page,
    requests,
    heard: () => page.evaluate("heard"),
    texts: (selector) => page.locator(selector).allTextContents(),
  };
}

/** Starts the session app with a heartbeat of 50 ms, and signs a browser's context in. */
async function signedIn(options: Parameters<typeof sessionApp>[0] = {}) {
  const server = serve({ fetch: sessionApp({ page, heartbeat: 50, ...options }).fetch, port: 0 });
  await once(server, "listening");
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    server.close();
  });
  const first = await openTab(context, url);
  await first.page.getByText("Sign in").click();
  await first.page.waitForURL("**/login*");

  async function write(id: string, text: string): Promise<void> {
    const response = await fetch(`${url}/nasc/event`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "Note", instance: id, event: "write", payload: text }),
    });
    expect(response.status).toBe(200);
  }

  /** Resolves after this many heartbeats of another user's stream. */
  async function heartbeats(count: number): Promise<void> {
    const login = await fetch(`${url}/login?name=bob`, { method: "POST" });
    const headers = { cookie: `session=${await login.text()}` };
    const stream = new EventStream(await fetch(`${url}/nasc/stream?scope=Note:z`, { headers }));
    for (let beats = 0; beats < count;) {
      if (/^event: heartbeat$/m.test(await stream.frame())) beats++;
    }
    await stream.close();
  }

  async function show(): Promise<Tab> {
    const tab = await openTab(context, url);
    await expect.poll(() => tab.texts("b")).toEqual(["first", "first", "first"]);
    return tab;
  }
  return { url, context, write, heartbeats, show, first };
}

test("signing out in one tab ends what the other shows, which says why, asks once, and is quiet", async () => {
  const { show, write, heartbeats, first, url } = await signedIn();
  const tab = await show();
  await write("a", "second");
  await expect.poll(() => tab.texts("b")).toEqual(["second", "first", "first"]);
  tab.requests.length = 0;

  await first.page.goto(url);
  await first.page.getByText("Sign out").click();
  await first.page.waitForURL("**/logout");
  await write("a", "secret");
  const refused = notes.map((id) => `na:refused ${id} http-401`);
  await expect.poll(() => tab.heard()).toEqual(refused);
  expect(await tab.texts("i")).toEqual(Array(3).fill("The server answered 401"));
  await write("b", "secret");
  await heartbeats(40);
  expect(await tab.texts("b")).toEqual(["second", "first", "first"]);
  // One attempt to open the stream again, and the question why it was refused.
  expect(tab.requests).toEqual(["/nasc/stream", "/nasc/stream"]);
  expect(await tab.heard()).toEqual(refused);

  // Signed in again, an event of the page brings everything back.
  await first.page.goto(url);
  await first.page.getByText("Sign in").click();
  await first.page.waitForURL("**/login*");
  await tab.page.locator("#c button").click();
  await expect.poll(() => tab.texts("b")).toEqual(["secret", "secret", "touched"]);
  expect(await tab.texts("i")).toEqual(["", "", ""]);
});

test("an EventSource of a page's own comes back once, and is refused", async () => {
  const { context, first, url, write, heartbeats } = await signedIn();
  const tab = await openTab(context, `${url}/asked`);
  await tab.page.evaluate(() => {
    const events: string[] = [];
    const source = new EventSource("/nasc/stream?scope=Note:a");
    for (const name of ["open", "snapshot", "message", "error"]) {
      source.addEventListener(name, () => events.push(`${name} ${source.readyState}`));
    }
    Object.assign(globalThis, { events });
  });
  const events = () => tab.page.evaluate("events");
  await expect.poll(events).toEqual(["open 1", "snapshot 1"]);
  await first.page.goto(url);
  await first.page.getByText("Sign out").click();
  await first.page.waitForURL("**/logout");
  await write("a", "secret");
  await expect.poll(events).toEqual(["open 1", "snapshot 1", "error 0", "error 2"]);
  await heartbeats(20);
  expect(tab.requests).toEqual(["/nasc/stream", "/nasc/stream"]);
});

test("a session that runs out is noticed by a page that only looks on", async () => {
  const { context, show, write, heartbeats, url } = await signedIn({ reauthorize: 200 });
  const tab = await show();
  tab.requests.length = 0;
  const [cookie] = await context.cookies();
  const headers = { cookie: `session=${cookie!.value}` };
  await fetch(`${url}/expire`, { method: "POST", headers });
  await expect.poll(() => tab.heard()).toEqual(notes.map((id) => `na:refused ${id} http-401`));
  await write("a", "secret");
  await heartbeats(40);
  expect(await tab.texts("b")).toEqual(["first", "first", "first"]);
  expect(tab.requests).toEqual(["/nasc/stream", "/nasc/stream"]);
});

test("an instance that may be seen no longer says so in its place, and the others go on", async () => {
  const refused = new Set<string | undefined>();
  const { show, write, heartbeats } = await signedIn({
    reauthorize: 100,
    authorize: (_, { id, event }) => event !== "mount" || !refused.has(id),
  });
  const tab = await show();
  tab.requests.length = 0;
  refused.add("b");
  await expect.poll(() => tab.heard()).toEqual(["na:refused b forbidden"]);
  for (const id of notes) await write(id, "second");
  await heartbeats(40);
  expect(await tab.texts("b")).toEqual(["second", "first", "second"]);
  expect(await tab.texts("i")).toEqual(["", "You may not do this", ""]);
  expect([tab.requests, await tab.heard()]).toEqual([[], ["na:refused b forbidden"]]);

  refused.add("a").add("c");
  await expect.poll(async () => (await tab.heard()).length).toBe(3);
  await heartbeats(40);
  expect([tab.requests, (await tab.heard()).length]).toEqual([[], 3]);
  refused.clear();
  await tab.page.evaluate("dispatchEvent(new Event('online'))");
  await expect.poll(() => tab.texts("b")).toEqual(["second", "second", "second"]);
  expect([await tab.texts("i"), tab.requests]).toEqual([["", "", ""], ["/nasc/stream"]]);
});

test("a page opens an old stream again, and neither it nor anybody notices", async () => {
  const { show, write } = await signedIn({ maxStreamAge: 6_000, random: () => 0.5 });
  const tab = await show();
  await tab.page.evaluate(() => {
    const shown: string[] = [];
    Object.assign(globalThis, { shown });
    new MutationObserver(() => shown.push(document.querySelector("#a b")!.textContent!))
      .observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  expect(tab.requests).toEqual(["/nasc/stream"]);
  await tab.page.waitForRequest((request) => request.url().includes("/nasc/stream"));
  await write("a", "second");
  await expect.poll(() => tab.texts("#a b")).toEqual(["second"]);
  await write("a", "third");
  await expect.poll(() => tab.texts("#a b")).toEqual(["third"]);
  expect(await tab.page.evaluate("shown")).toEqual(["second", "third"]);
  expect([tab.requests.length, await tab.heard()]).toEqual([2, []]);
});
