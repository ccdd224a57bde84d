import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { GoneFrame, SnapshotFrame } from "../../src/processor/frames.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { EventStream } from "../support/event-stream.ts";
import { type Fault, type Faults, FaultyProxy } from "./faulty-proxy.ts";
import { collectErrors } from "./pages.ts";

const data = mkdtempSync(join(tmpdir(), "rian-hard-times-"));
const program = fileURLToPath(new URL("list-server.ts", import.meta.url));

interface List {
  readonly count: number;
  readonly items: readonly { readonly id: string; readonly done: boolean }[];
}

let browser: Browser;
let server: ChildProcess;
let port = 0;
beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
  await startServer();
});
afterAll(async () => {
  await browser.close();
  await killServer();
  rmSync(data, { recursive: true });
});

async function startServer(): Promise<void> {
  const env = { ...process.env, PORT: `${port}`, DATABASE: join(data, "lists.sqlite") };
  server = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface(server.stdout!)) {
    port = Number(/^Ready on (\d+)$/.exec(line)?.[1] ?? port);
    if (port) return;
  }
  throw new Error("Cannot start the server: it has ended");
}

async function killServer(): Promise<void> {
  const exit = once(server, "exit");
  server.kill("SIGKILL");
  await exit;
}

/** Sends an event as somebody else. */
async function send(id: string, event: string, payload: object = {}): Promise<void> {
  const response = await fetch(`http://localhost:${port}/nasc/event`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ protocol: 2, type: "List", instance: id, event, payload }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Returns what the server shows of a list to whoever asks. */
async function stored(id: string): Promise<List | undefined> {
  const address = `http://localhost:${port}/nasc/stream?scope=List:${id}&have=`;
  const stream = new EventStream(await fetch(address));
  await stream.frame();
  const frame: SnapshotFrame | GoneFrame = JSON.parse((await stream.frame()).slice(6));
  await stream.close();
  return frame.action === "gone" ? undefined : frame.state as unknown as List;
}

/** Opens the page of a list, which has to end without an error of its own. */
async function openPage(context: BrowserContext, id: string, url?: string): Promise<Page> {
  const page = await context.newPage();
  const errors: string[] = [];
  collectErrors(page, errors);
  onTestFinished(() => {
    // A browser reports each request that fails.
    expect(errors.filter((error) => !error.startsWith("Failed to load resource"))).toEqual([]);
  });
  await page.goto(`${url ?? `http://localhost:${port}`}/page/${id}`);
  await expectSame(page, id);
  return page;
}

async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  return context;
}

async function newProxy(): Promise<FaultyProxy> {
  const proxy = await FaultyProxy.start(() => port);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** What a page shows of its list. */
function shown(page: Page): Promise<List> {
  return page.evaluate(() => ({
    count: Number(document.querySelector("b")!.textContent || NaN),
    items: [...document.querySelectorAll("li")].map((row) => ({
      id: row.getAttribute("na-key-val")!,
      done: row.querySelector("input")!.checked,
    })),
  }));
}

/** Waits until a page shows exactly what the server has. */
async function expectSame(page: Page, id: string): Promise<void> {
  const { count, items } = (await stored(id))!;
  await expect.poll(() => shown(page)).toEqual({ count, items });
}

/** Sends events that each add one item, from a page, and returns their results once all are settled. */
function addFrom(page: Page, list: string, ids: readonly string[]): Promise<boolean[]> {
  return page.evaluate(async ({ list, ids }) => {
    const { connection } = globalThis as unknown as {
      connection: { send(...parameters: unknown[]): Promise<{ ok: boolean }> };
    };
    const results = await Promise.all(
      ids.map((id) => connection.send("List", list, "add", { id })),
    );
    return results.map(({ ok }) => ok);
  }, { list, ids });
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

function seeded(seed: number): () => number {
  return () => (seed = seed * 16_807 % 2_147_483_647) / 2_147_483_647;
}

test("a server that is killed amid events and restarted has each once, and the page shows them", async () => {
  const page = await openPage(await newContext(), "killed");
  const ids = names("k", 80);
  const results = addFrom(page, "killed", ids);
  await expect.poll(async () => (await shown(page)).items.length).toBeGreaterThan(5);
  await killServer();
  await page.getByRole("button").click();
  await startServer();
  expect(await results).toEqual(ids.map(() => true));
  await expect.poll(async () => (await shown(page)).count).toBe(1);
  expect((await stored("killed"))!.items.map(({ id }) => id)).toEqual(ids);
  await expectSame(page, "killed");
});

test.for([3, 8])(
  "two pages behind a network that loses, repeats, delays and cuts end alike (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const id = `network${seed}`;
    const proxy = await newProxy();
    const context = await newContext();
    const pages = [await openPage(context, id, proxy.url), await openPage(context, id, proxy.url)];
    const faults: readonly Fault[] = ["none", "answer lost", "twice", "late", "message lost"];
    proxy.faults = {
      message: () => faults[Math.floor(random() * faults.length)]!,
      cut: () => 200 + Math.floor(random() * 2_000),
    };
    proxy.cutAll();
    const ids = pages.map((_, index) => names(`p${index}-`, 15));
    const results = pages.map((page, index) => addFrom(page, id, ids[index]!));
    for (let event = 0; event < 20; event++) await send(id, "count");
    expect((await Promise.all(results)).flat()).toEqual(ids.flat().map(() => true));
    proxy.faults = {};
    const { items } = (await stored(id))!;
    for (const each of ids) {
      expect(items.map(({ id }) => id).filter((id) => each.includes(id))).toEqual(each);
    }
    for (const page of pages) await expectSame(page, id);
    expect(proxy.requests).toBeLessThan(200);
  },
);

test("an instance that was deleted and made anew while the page was away is shown, and older events are refused", async () => {
  await send("anew", "fill", { size: 3 });
  const proxy = await newProxy();
  const page = await openPage(await newContext(), "anew", proxy.url);
  proxy.isDown = true;
  proxy.cutAll();
  const results = addFrom(page, "anew", ["old"]);
  await send("anew", "drop");
  await send("anew", "add", { id: "new" });
  const requests = proxy.requests;
  proxy.isDown = false;
  expect(await results).toEqual([false]);
  await expectSame(page, "anew");
  expect((await shown(page)).items.map(({ id }) => id)).toEqual(["new"]);
  expect(await addFrom(page, "anew", ["newer"])).toEqual([true]);
  await expectSame(page, "anew");
  expect(proxy.requests - requests).toBeLessThan(10);
});

test("a page that deletes what it shows says so, and does not make it anew", async () => {
  const proxy = await newProxy();
  const page = await openPage(await newContext(), "deleted", proxy.url);
  expect(await addFrom(page, "deleted", ["one"])).toEqual([true]);
  const requests = proxy.requests;
  await page.evaluate("connection.send('List', 'deleted', 'drop')");
  await expect.poll(() => page.locator("i").textContent()).toBe("This is no longer there");
  await page.evaluate("dispatchEvent(new Event('online'))");
  expect(await addFrom(page, "deleted", ["two"])).toEqual([true]);
  await expect.poll(async () => (await shown(page)).items.map(({ id }) => id)).toEqual(["two"]);
  expect((await stored("deleted"))!.items.map(({ id }) => id)).toEqual(["two"]);
  expect(proxy.requests - requests).toBe(2);
});

test("an instance that is deleted, made anew, hidden and shown again while events go settles them all", async () => {
  const id = "restless";
  const page = await openPage(await newContext(), id);
  const results = addFrom(page, id, names("r", 40));
  for (let round = 0; round < 4; round++) {
    for (const event of ["hide", "count", "show", "drop", "count"]) await send(id, event);
  }
  expect(await results).toHaveLength(40);
  await expectSame(page, id);
  const { count } = (await stored(id))!;
  await page.getByRole("button").click();
  await expect.poll(async () => (await shown(page)).count).toBe(count + 1);
  expect((await stored(id))!.count).toBe(count + 1);
});

test("a view that hides an instance empties the page, and logging in brings it back", async () => {
  await send("hidden", "fill", { size: 2 });
  const context = await newContext();
  const page = await openPage(context, "hidden");
  await send("hidden", "hide");
  await expect.poll(() => shown(page)).toEqual({ count: NaN, items: [] });
  expect(await page.locator("i").textContent()).toBe("You may not see this");
  await context.addCookies([{ name: "user", value: "ada", url: `http://localhost:${port}` }]);
  await page.getByRole("button").click();
  await expect.poll(async () => (await shown(page)).items.length).toBe(2);
  expect(await page.locator("i").textContent()).toBe("");
  await send("hidden", "count");
  await expect.poll(async () => (await shown(page)).count).toBe(2);
});

test("a row of 1,000 keeps its focus and what is typed while others move it and its neighbours", async () => {
  await send("rows", "fill", { size: 1_000 });
  const page = await openPage(await newContext(), "rows");
  await page.locator(".note").nth(500).click();
  await page.keyboard.type("half a ");
  await page.evaluate(() => {
    document.activeElement!.addEventListener("blur", () => document.title = "lost the focus");
  });
  const random = seeded(4);
  for (let move = 0; move < 20; move++) {
    const [from, to] = [Math.floor(random() * 1_000), Math.floor(random() * 1_000)];
    await send("rows", "move", move % 4 === 0 ? { from: 500, to } : { from, to });
    await send("rows", "toggle", { id: `i${from}` });
  }
  await page.keyboard.type("note");
  await expectSame(page, "rows");
  const focused = await page.evaluate(() => {
    const { value } = document.activeElement as HTMLInputElement;
    return [value, document.activeElement!.closest("li")!.getAttribute("na-key-val")];
  });
  expect([await page.title(), ...focused]).toEqual(["List", "half a note", "i500"]);
});

test.for<[string, Faults]>([
  ["holds streams back", { holdsStreams: true }],
  ["cuts streams before they bring anything", { noStreams: true }],
])("a page behind a proxy that %s polls, and sees what others change", async ([, faults]) => {
  const id = `polls${Object.keys(faults)}`;
  const proxy = await newProxy();
  proxy.faults = faults;
  await send(id, "add", { id: "first" });
  const page = await openPage(await newContext(), id, proxy.url);
  const polled = page.waitForResponse((response) => response.url().includes("/nasc/poll?"));
  expect((await polled).ok()).toBe(true);
  await send(id, "add", { id: "second" });
  await expectSame(page, id);
  await page.getByRole("button").click();
  await expect.poll(async () => (await shown(page)).count).toBe(1);
  await send(id, "add", { id: "third" });
  await expectSame(page, id);
});
