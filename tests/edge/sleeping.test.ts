import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { chromiumOptions } from "../support/chromium.ts";

/** After how many milliseconds without anything to do the local runtime lets an object sleep, and a little more. */
const nap = 11_000;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(() => browser.close());

// By the older date, a close has to be answered by hand, and a message of bytes is an ArrayBuffer.
describe.for(["2024-09-23", "2026-10-01"])("on Workers of %s", (compatibility_date) => {
  const harness = createTestHarness({
    root: fileURLToPath(new URL("./", import.meta.url)),
    workers: [{
      config: {
        name: "sleeping",
        main: fileURLToPath(new URL("./sleeping-worker.ts", import.meta.url)),
        compatibility_date,
        durable_objects: { bindings: [{ name: "NASC", class_name: "Nasc" }] },
        migrations: [{ tag: "v1", new_sqlite_classes: ["Nasc"] }],
      },
    }],
  });
  let url: string;
  beforeAll(async () => {
    url = String((await harness.listen()).url);
  });
  afterAll(() => harness.close());

  async function made(): Promise<number> {
    return await (await harness.fetch("/made")).json() as number;
  }

  test("an object sleeps under two open pages, and wakes to show one what the other does", async () => {
    const open = async (): Promise<Page> => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(url);
      return page;
    };
    const [ann, bob] = await Promise.all([open(), open()]);
    const show = async (count: string) => {
      for (const page of [ann, bob]) {
        await expect.poll(() => page.locator("output").textContent()).toBe(count);
      }
    };
    await show("0");
    await ann.getByRole("button").click();
    await show("1");
    expect(await made()).toBe(1);
    // Nobody can look whether it sleeps without waking it.
    await new Promise((resolve) => setTimeout(resolve, nap));
    await bob.getByRole("button").click();
    await show("2");
    expect(await made()).toBe(2);
    for (const page of [ann, bob]) await page.context().close();
  });
});
