import { build } from "esbuild";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Browser, browsers, type Profile, type Tab } from "../support/browsers/mod.ts";
import { useBrowser } from "../support/browsers/use-browser.ts";

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

async function newProfile(): Promise<Profile> {
  const profile = await browser.newProfile();
  onTestFinished(() => profile.close());
  return profile;
}

async function open(profile: Profile, query = ""): Promise<Tab> {
  const tab = await profile.open(server.url + query);
  await until(tab, `"booksFound" in globalThis`);
  return tab;
}

const noCache = "it has no back/forward cache, as npm's headless Chromium";

/** Waits for a condition in a tab, on whichever page it shows by then. */
async function until(tab: Tab, condition: string): Promise<void> {
  // Between two pages there is nothing to ask.
  await expect.poll(() => tab.evaluate(condition).catch(() => false)).toBe(true);
}

/** Returns what a page has found in storage and journal. */
function booksIn(tab: Tab): Promise<unknown> {
  return tab.evaluate("booksFound");
}

/** Makes all edits but the last, each with a key that is pressed. */
async function editAllButLast(tab: Tab): Promise<void> {
  await tab.click("input");
  for (let edits = 1; edits < 20; edits++) await tab.press("x");
}

/** What a page finds after twenty edits, or as many. */
function booksAfter(edits: number): { id: number; edits: number }[] {
  return Array.from({ length: edits + 1 }, (_, id) => ({ id, edits: id || edits }));
}

/** Leaves a page in a task that makes the last edit. */
const endings: Readonly<Record<string, (tab: Tab, profile: Profile) => Promise<unknown>>> = {
  "reloads": async (tab) => {
    await tab.evaluate("void (globalThis.isOld = true)");
    await tab.click("#reload");
    await until(tab, `!("isOld" in globalThis)`);
  },
  "follows a link": (tab) => followLink(tab, "#link"),
  "goes to another origin": (tab) => followLink(tab, "#origin"),
  "closes itself": async (tab, profile) => {
    await tab.click("#close");
    await expect.poll(async () => (await profile.tabs()).map(({ id }) => id))
      .not.toContain(tab.id);
  },
  "is closed": async (tab) => {
    await tab.click("#edit");
    await tab.close();
  },
};

async function followLink(tab: Tab, link: "#link" | "#origin"): Promise<void> {
  await tab.click(link);
  await until(tab, `location.pathname === "/elsewhere" && document.readyState === "complete"`);
}

/** Goes back to the page before, and waits until it knows whether it came from the back/forward cache. */
async function goBack(tab: Tab): Promise<void> {
  // In a task of its own: the page may be gone before it answers.
  await tab.evaluate("void setTimeout(() => history.back())");
  await until(tab, `"isBack" in globalThis`);
}

describe.for(browsers)("in %s", (name) => {
  useBrowser(name, (started) => browser = started);

  test.for(Object.keys(endings))(
    "a page over IndexedDB that %s after the last of twenty edits keeps them all",
    async (ending) => {
      const profile = await newProfile();
      const tab = await open(profile);
      await editAllButLast(tab);
      await endings[ending]!(tab, profile);
      expect(await booksIn(await open(profile))).toEqual(booksAfter(20));
    },
  );

  test(
    "a page over IndexedDB whose renderer is killed after the last of twenty edits keeps them all",
    async ({ skip }) => {
      const profile = await newProfile();
      const tab = await open(profile);
      if (tab.kill === undefined) {
        skip("the driver ends the browser, and its storage, with the page");
      }
      await editAllButLast(tab);
      await tab.click("#edit");
      await tab.kill!();
      expect(await booksIn(await open(profile))).toEqual(booksAfter(20));
    },
  );

  test("a page over IndexedDB that comes back stores what it left, and goes on", async ({ skip }) => {
    const profile = await newProfile();
    const tab = await open(profile);
    await editAllButLast(tab);
    await followLink(tab, "#link");
    // Another page takes up what was left, while this one waits in the back/forward cache.
    expect(await booksIn(await open(profile))).toEqual(booksAfter(20));
    await goBack(tab);
    if (!await tab.evaluate("isBack")) skip(noCache);
    await tab.click("#edit");
    await tab.evaluate("flushBooks()");
    expect(await booksIn(await open(profile))).toEqual(booksAfter(21));
  });

  test.for(["indexedDB", "localStorage"])(
    "a page over %s that comes back shows what another tab has stored meanwhile",
    async (storage, { skip }) => {
      const profile = await newProfile();
      const query = `?storage=${storage}`;
      const page = await open(profile, query);
      await followLink(page, "#link");
      const other = await open(profile, query);
      await other.click("#edit");
      await other.evaluate("flushBooks()");
      await goBack(page);
      if (!await page.evaluate("isBack")) skip(noCache);
      await until(page, "editsShown() === 2");
      await page.click("#edit");
      await page.evaluate("flushBooks()");
      expect(await booksIn(await open(profile, query))).toEqual(booksAfter(3));
    },
  );

  const late = ["visibilitychange", "pagehide"].flatMap((event) =>
    ["indexedDB", "localStorage"].map((storage) => ({ event, storage }))
  );

  test.for(late)(
    "what an app puts in its own $event listener is kept in $storage when the page leaves",
    async ({ event, storage }) => {
      const profile = await newProfile();
      const tab = await open(profile, `?storage=${storage}&late=${event}`);
      await followLink(tab, "#origin");
      const books = [{ id: -1, edits: 0 }, { id: 0, edits: 1 }, { id: 1, edits: 1 }];
      expect(await booksIn(await open(profile, `?storage=${storage}`))).toEqual(books);
    },
  );
});
