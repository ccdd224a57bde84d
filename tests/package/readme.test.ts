import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

/** Writes files into a new folder that has this repository beside it, and returns the folder. */
function prepare(heading: string, files: Readonly<Record<string, string>>): string {
  const parent = join(home, `the way in by ${heading}`);
  const cwd = join(parent, "my app");
  mkdirSync(cwd, { recursive: true });
  symlinkSync(root, join(parent, "rian"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}

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
    const files = { ...shared.files, ...section.files };
    const cwd = prepare(heading, files);
    const options = { cwd, home, source };
    for (const command of section.commands.slice(0, -1)) await run(command, options);
    await useApp(await Server.start(section.commands.at(-1)!, options), source);
    expect(readdirSync(cwd).sort(), source).toEqual([...Object.keys(files), ...leaves].sort());
    expect(readdirSync(dirname(cwd)), source).toEqual(["my app", "rian"]);
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

test("the store in a page works as the README writes it, warns of nothing and leaves nothing else behind", async () => {
  const { heading, files, commands } = readSection("Only the store, in a page");
  const source = `README.md, "${heading}"`;
  const cwd = prepare(heading, files);
  const options = { cwd, home, source };
  for (const command of commands.slice(0, -1)) await run(command, options);
  const server = await Server.start(commands.at(-1)!, options);
  try {
    const page = await browser.newPage();
    const logged: string[] = [];
    page.on("console", (message) => {
      // Vite has more to say.
      if (message.type() === "log") logged.push(message.text());
    });
    collectErrors(page, logged);
    await page.goto(server.url);
    // Vite reloads a page for which it first had to bundle what this one imports.
    await expect.poll(() => logged.at(-1), { message: source }).toBe("[Milk]");
    // The second visit finds the to-do in IndexedDB.
    logged.length = 0;
    await page.reload();
    await expect.poll(() => logged, { message: source }).toEqual(["[Milk]", "[Milk]"]);
    await page.close();
  } finally {
    await server.stop();
  }
  expect(readdirSync(cwd).sort(), source).toEqual(
    [...Object.keys(files), "node_modules", "package-lock.json", "package.json"].sort(),
  );
});
