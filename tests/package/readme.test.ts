import { build } from "esbuild";
import { once } from "node:events";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { collectErrors } from "../e2e/pages.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { run, Server } from "./commands.ts";
import { readSection } from "./readme.ts";

interface Way {
  readonly heading: string;
  /** What is in the folder at the end, beside the files that the README shows. */
  readonly leaves: readonly string[];
}

const ways: readonly Way[] = [
  {
    heading: "Cloudflare Workers",
    leaves: [".wrangler", "node_modules", "package-lock.json", "package.json"],
  },
  { heading: "Deno", leaves: ["deno.lock"] },
  {
    heading: "Node",
    leaves: [
      ...["app.sqlite", "app.sqlite-shm", "app.sqlite-wal"],
      ...["node_modules", "package-lock.json", "package.json"],
    ],
  },
];

const home = inject("folder");
const shared = readSection("In your project");

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(() => browser.close());

async function send(url: string, event: string, payload?: unknown): Promise<unknown> {
  const response = await fetch(`${url}/nasc/event`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "TodoList", instance: "my-list", event, payload }),
  });
  return await response.json();
}

/** Opens the page, adds a to-do as a person does, and returns what the list shows then. */
async function addInPage(url: string, title: string): Promise<string[]> {
  const page = await browser.newPage();
  const errors: string[] = [];
  collectErrors(page, errors);
  await page.goto(url);
  const rows = page.locator("li");
  await expect.poll(() => rows.count()).toBe(1);
  await page.locator("input").fill(title);
  await page.getByRole("button", { name: "Add" }).click();
  await expect.poll(() => rows.count()).toBe(2);
  const titles = await rows.allTextContents();
  await page.close();
  expect(errors).toEqual([]);
  return titles;
}

async function useApp(server: Server, source: string): Promise<void> {
  try {
    await send(server.url, "mount");
    expect(await send(server.url, "add", { title: "Milk" }), source).toMatchObject({
      ok: true,
      patches: [{ prop: "items", value: [{ title: "Milk" }] }],
    });
    expect(await addInPage(server.url, "Bread"), source).toEqual(["Milk", "Bread"]);
  } finally {
    await server.stop();
  }
}

test.for(ways)(
  "the way in by $heading works as the README writes it, warns of nothing and leaves nothing else behind",
  async ({ heading, leaves }) => {
    const section = readSection(heading);
    const source = `README.md, "${heading}"`;
    const parent = join(home, `the way in by ${heading}`);
    const cwd = join(parent, "my app");
    mkdirSync(cwd, { recursive: true });
    symlinkSync(root, join(parent, "rian"));
    const files = { ...shared.files, ...section.files };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);

    const options = { cwd, home, source };
    for (const command of section.commands.slice(0, -1)) await run(command, options);
    await useApp(await Server.start(section.commands.at(-1)!, options), source);
    expect(readdirSync(cwd).sort(), source).toEqual([...Object.keys(files), ...leaves].sort());
    expect(readdirSync(parent), source).toEqual(["my app", "rian"]);
  },
);

test("the way in by Node works on Node 22.13, with the flag that the README names", async () => {
  const { files } = readSection("Node");
  const cwd = join(inject("lowest"), "my app");
  mkdirSync(cwd);
  for (const [name, text] of Object.entries({ ...shared.files, ...files })) {
    writeFileSync(join(cwd, name), text);
  }
  const source = 'README.md, "Node"';
  const node = "../node_modules/.bin/node --disable-warning=ExperimentalWarning";
  const command = `${node} --experimental-strip-types server.ts`;
  await useApp(await Server.start(command, { cwd, home, source }), source);
});

test("the store in a page works as the README writes it", async () => {
  const { heading, files } = readSection("Only the store, in a page");
  const cwd = join(inject("newest"), "store in a page");
  mkdirSync(cwd);
  const { "store.ts": program } = files;
  const { outputFiles: [script] } = await build({
    stdin: { contents: program!, resolveDir: cwd, loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
  });
  const server = createServer(({ url }, response) => {
    const isScript = url === "/store.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script!.text : `<script type="module" src="/store.js"></script>`);
  });
  await once(server.listen(0), "listening");
  const { port } = server.address() as AddressInfo;

  const page = await browser.newPage();
  const logged: string[] = [];
  page.on("console", (message) => logged.push(message.text()));
  collectErrors(page, logged);
  // The second visit finds the to-do in IndexedDB.
  for (const expected of [["[]", "[Milk]"], ["[Milk]", "[Milk]"]]) {
    logged.length = 0;
    await page.goto(`http://localhost:${port}`);
    await expect.poll(() => logged, { message: `README.md, "${heading}"` }).toEqual(expected);
  }
  await page.close();
  server.close();
});
