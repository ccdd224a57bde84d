import { build } from "esbuild";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { browsers, launchBrowser } from "../support/browsers.ts";

/** A page, the same at each address and on both origins; its links and buttons leave it. */
async function pageServer() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("leaving-page.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = outputFiles[0]!.text.replaceAll("</script", "<\\/script");
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const body = request.url === "/elsewhere" ? "" : `
      <input><a id="link" href="/elsewhere">link</a><button id="reload">reload</button>
      <a id="origin" href="http://127.0.0.1:${port}/elsewhere">origin</a>
      <button id="close">close</button><button id="edit">edit</button>
      <script type="module">${code}</script>`;
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><meta charset="utf-8"><title>Leaving</title>${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}/`, close: () => server.close() };
}
let server: Awaited<ReturnType<typeof pageServer>>;
let browser: Browser;

beforeAll(async () => {
  server = await pageServer();
});
afterAll(() => server.close());

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  context.setDefaultTimeout(30_000);
  return context;
}

async function open(context: BrowserContext, query = ""): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.url + query);
  return await ready(page);
}

/** Opens a page that may close itself. */
async function openPopup(opener: Page): Promise<Page> {
  const opened = opener.waitForEvent("popup");
  await opener.evaluate(() => void globalThis.open("/"));
  const page = await ready(await opened);
  await opener.close();
  return page;
}

async function ready(page: Page): Promise<Page> {
  await page.waitForFunction(() => "booksFound" in globalThis);
  return page;
}

/** Returns what a page has found in storage and journal. */
function booksIn(page: Page): Promise<unknown> {
  return page.evaluate(() => booksFound);
}

/** Makes all edits but the last, each with a key that is pressed. */
async function editAllButLast(page: Page): Promise<void> {
  await page.locator("input").focus();
  await page.keyboard.type("x".repeat(19), { delay: 30 });
}

/** What a page finds after twenty edits. */
const all = [0, ...Array.from({ length: 20 }, (_, index) => index + 1)]
  .map((id) => ({ id, edits: id || 20 }));

/** Leaves a page in a task that makes the last edit. */
const endings: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  "reloads": (page) => Promise.all([page.waitForEvent("load"), page.locator("#reload").click()]),
  "follows a link": (page) => followLink(page, "#link"),
  "goes to another origin": (page) => followLink(page, "#origin"),
  "closes itself": async (page) => {
    await Promise.all([page.waitForEvent("close"), page.locator("#close").click()]);
  },
  "is closed": async (page) => {
    await page.locator("#edit").click();
    await page.close();
  },
};

async function followLink(page: Page, link: "#link" | "#origin"): Promise<void> {
  await Promise.all([page.waitForURL("**/elsewhere"), page.locator(link).click()]);
}

describe.for(browsers)("in %s", (name) => {
  let reason: string | undefined;

  beforeAll(async () => {
    const launched = await launchBrowser(name);
    if (typeof launched === "string") reason = launched;
    else browser = launched;
  });
  afterAll(async () => {
    if (reason === undefined) await browser.close();
  });
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });

  test.for(Object.keys(endings))(
    "a page over IndexedDB that %s after the last of twenty edits keeps them all",
    async (ending) => {
      const context = await newContext();
      const page = await openPopup(await open(context));
      await editAllButLast(page);
      await endings[ending]!(page);
      expect(await booksIn(await open(context))).toEqual(all);
    },
  );

  test(
    "a page over IndexedDB whose renderer is killed after the last of twenty edits keeps them all",
    async ({ skip }) => {
      if (name !== "chromium") skip("only Chromium's renderer can be told to crash");
      const context = await newContext();
      const page = await open(context);
      const session = await context.newCDPSession(page);
      await editAllButLast(page);
      await page.locator("#edit").click();
      const crashed = page.waitForEvent("crash");
      void session.send("Page.crash").catch(() => {});
      await crashed;
      expect(await booksIn(await open(context))).toEqual(all);
    },
  );

  test("a page over IndexedDB that comes back stores what it left, and goes on", async ({ skip }) => {
    const context = await newContext();
    const page = await open(context);
    await editAllButLast(page);
    await followLink(page, "#link");
    // Another page takes up what was left, while this one waits in the back/forward cache.
    expect(await booksIn(await open(context))).toEqual(all);
    await page.evaluate(() => history.back());
    await page.waitForFunction(() => "isBack" in globalThis);
    if (!await page.evaluate(() => isBack)) skip("this browser has no back/forward cache");
    await page.locator("#edit").click();
    await page.evaluate(() => flushBooks());
    expect(await booksIn(await open(context))).toEqual([{ id: 0, edits: 21 }, ...all.slice(1), {
      id: 21,
      edits: 21,
    }]);
  });

  test.for(["indexedDB", "localStorage"])(
    "a page over %s that comes back shows what another tab has stored meanwhile",
    async (storage, { skip }) => {
      const context = await newContext();
      const query = `?storage=${storage}`;
      const [page, other] = [await open(context, query), await open(context, query)];
      await followLink(page, "#link");
      await other.reload();
      await (await ready(other)).locator("#edit").click();
      await other.evaluate(() => flushBooks());
      await page.evaluate(() => history.back());
      await page.waitForFunction(() => "isBack" in globalThis);
      if (!await page.evaluate(() => isBack)) skip("this browser has no back/forward cache");
      await expect.poll(() => page.evaluate(() => editsShown())).toBe(2);
      await page.locator("#edit").click();
      await page.evaluate(() => flushBooks());
      await other.reload();
      expect(await booksIn(await ready(other))).toEqual([0, 1, 2, 3].map((id) => {
        return { id, edits: id || 3 };
      }));
    },
  );

  const late = ["visibilitychange", "pagehide"].flatMap((event) =>
    ["indexedDB", "localStorage"].map((storage) => ({ event, storage }))
  );

  test.for(late)(
    "what an app puts in its own $event listener is kept in $storage when the page leaves",
    async ({ event, storage }) => {
      const context = await newContext();
      const query = `?storage=${storage}&late=${event}`;
      const page = await open(context, query);
      await followLink(page, "#origin");
      const books = [{ id: -1, edits: 0 }, { id: 0, edits: 1 }, { id: 1, edits: 1 }];
      expect(await booksIn(await open(context, `?storage=${storage}`))).toEqual(books);
    },
  );
});
