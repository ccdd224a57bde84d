import type { Hono } from "hono";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { demo } from "../../examples/demo/app.ts";
import { MemoryStore } from "../../mod.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { type Served, serveNode } from "../support/serve-node.ts";
import { collectErrors } from "./pages.ts";

let browser: Browser;
let server: Served;
let errors: string[];

beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(() => browser.close());

beforeEach(async () => {
  errors = [];
  server = await serveNode(demo({ store: new MemoryStore(), hosts: "any" }).app as Hono);
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await server.close();
});

/** A window of somebody who looks at the board. */
class Window {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
    collectErrors(page, errors);
  }

  static async open(options: BrowserContextOptions = {}): Promise<Window> {
    const window = new Window(await (await browser.newContext(options)).newPage());
    await window.page.goto(`http://localhost:${server.port}/`);
    await window.card("Learn Rian").waitFor();
    return window;
  }

  card(text: string) {
    return this.page.locator(".card", { hasText: text });
  }

  /** Finds what opens and closes what can be done with a card. */
  summary(text: string) {
    return this.card(text).locator("summary");
  }

  get status() {
    return this.page.getByRole("status");
  }

  /** Returns the names of the lists, each with the first words of its cards. */
  async lists(): Promise<string[]> {
    return await this.page.locator("[data-list]").evaluateAll((lists) =>
      lists.map((list) => {
        const cards = [...list.querySelectorAll(".card summary span")];
        const words = cards.map((card) => card.textContent!.split(" ")[0]);
        return `${list.querySelector("h2")!.textContent}: ${words.join(" ")}`;
      })
    );
  }

  async shows(lists: readonly string[]): Promise<void> {
    await expect.poll(() => this.lists()).toEqual(lists);
  }

  async addCard(list: string, text: string): Promise<void> {
    await this.page.getByLabel(`New card in ${list}`).fill(text);
    await this.page.getByRole("button", { name: `Add the card to ${list}` }).click();
  }

  /** Returns the name of what has the focus, of the card or list that it is in if it has none. */
  async focus(): Promise<string> {
    return await this.page.evaluate(() => {
      const { activeElement } = document;
      const { tagName, textContent } = activeElement!;
      return activeElement!.getAttribute("aria-label") ?? `${tagName} ${textContent}`.slice(0, 40);
    });
  }
}

const atFirst = ["Ideas: Open Switch Go", "Doing: Move", "Done: Learn"];

describe("the demo's board", () => {
  test("shows two people what each other does, and by which names", async () => {
    const [ann, bob] = [await Window.open(), await Window.open()];
    for (const [{ page }, name] of [[ann, "Ann"], [bob, "Bob"]] as const) {
      await page.getByText("Your name", { exact: true }).click();
      await page.getByLabel("What others call you").fill(name);
      await page.getByRole("button", { name: "Save" }).first().click();
    }
    for (const [{ page }, me] of [[ann, "Ann"], [bob, "Bob"]] as const) {
      const people = page.getByRole("list", { name: "Who is here" }).getByRole("listitem");
      await expect.poll(async () =>
        (await people.allInnerTexts()).sort().map((text) => text.split(/\s/))
      )
        .toEqual(["Ann", "Bob"].map((name) => name === me ? [name, "you"] : [name]));
    }

    await ann.addCard("Doing", "Water the plants");
    await bob.shows(["Ideas: Open Switch Go", "Doing: Move Water", "Done: Learn"]);
    await expect.poll(() => bob.status.innerText()).toContain("Ann added “Water the plants”");
    await bob.card("Water the plants").getByRole("button", { name: "Done: Water" }).click();
    await expect.poll(() =>
      ann.card("Water the plants").getByRole("button", { name: "Done: Water" }).getAttribute(
        "aria-pressed",
      )
    ).toBe("true");
    await expect.poll(() => ann.status.innerText()).toContain(
      "Bob marked “Water the plants” as done",
    );

    // Each takes back what they did themselves.
    await bob.addCard("Done", "Bob's own");
    await ann.page.getByRole("button", { name: "Undo: added “Water the plants”" }).waitFor({
      state: "detached",
    });
    await bob.page.getByRole("button", { name: "Undo: added “Bob's own”" }).click();
    await bob.page.getByRole("button", { name: "Undo: marked" }).click();
    await ann.page.getByRole("button", { name: "Undo: added “Water the plants”" }).click();
    await ann.shows(atFirst);
    await bob.shows(atFirst);
    expect(errors).toEqual([]);
  });

  test("does everything by the keyboard alone, and keeps the focus on what it is used for", async () => {
    const ann = await Window.open();
    const { keyboard } = ann.page;
    /** Presses Tab until something of this name has the focus. */
    async function tabTo(name: RegExp): Promise<void> {
      for (let left = 20; left > 0; left--) {
        await keyboard.press("Tab");
        if (name.test(await ann.focus())) return;
      }
      throw new Error(`Cannot tab to ${name}: the focus is on ${await ann.focus()}`);
    }
    await tabTo(/^SUMMARY Open this page/);
    const moves: [key: string, lists: string[]][] = [
      ["ArrowDown", ["Ideas: Switch Open Go", "Doing: Move", "Done: Learn"]],
      ["ArrowRight", ["Ideas: Switch Go", "Doing: Move Open", "Done: Learn"]],
      ["ArrowUp", ["Ideas: Switch Go", "Doing: Open Move", "Done: Learn"]],
      ["ArrowRight", ["Ideas: Switch Go", "Doing: Move", "Done: Open Learn"]],
      ["ArrowRight", ["Ideas: Switch Go", "Doing: Move", "Done: Open Learn"]],
      ["ArrowLeft", ["Ideas: Switch Go", "Doing: Open Move", "Done: Learn"]],
    ];
    for (const [key, lists] of moves) {
      await keyboard.press(`Shift+${key}`);
      await ann.shows(lists);
      await expect.poll(() => ann.focus(), { message: key }).toMatch(/^SUMMARY Open this page/);
    }

    // The same by buttons.
    await keyboard.press("Enter");
    await tabTo(/^Move Open.* left$/);
    await keyboard.press("Enter");
    await ann.shows(["Ideas: Open Switch Go", "Doing: Move", "Done: Learn"]);
    await expect.poll(() => ann.focus()).toMatch(/^Move Open.* left$/);
    await tabTo(/^Move Open.* down$/);
    await keyboard.press("Enter");
    await ann.shows(["Ideas: Switch Open Go", "Doing: Move", "Done: Learn"]);
    await expect.poll(() => ann.focus()).toMatch(/^Move Open.* down$/);

    await keyboard.press("Escape");
    expect(await ann.focus()).toMatch(/^SUMMARY Open this page/);
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    await keyboard.type("Renamed");
    await keyboard.press("Enter");
    await ann.shows(["Ideas: Switch Renamed Go", "Doing: Move", "Done: Learn"]);
    await expect.poll(() => ann.focus()).toMatch(/^SUMMARY Renamed/);

    await keyboard.press("Enter");
    await tabTo(/^BUTTON Remove/);
    await keyboard.press("Enter");
    await ann.shows(["Ideas: Switch Go", "Doing: Move", "Done: Learn"]);
    await expect.poll(() => ann.focus()).not.toMatch(/^BODY/);

    await ann.page.getByLabel("New card in Ideas").focus();
    await keyboard.type("Typed");
    await keyboard.press("Enter");
    await ann.shows(["Ideas: Switch Go Typed", "Doing: Move", "Done: Learn"]);
    await expect.poll(() => ann.page.getByLabel("New card in Ideas").inputValue()).toBe("");
    expect(errors).toEqual([]);
  });

  test("says what is wrong at the field, and keeps what was typed", async () => {
    const { page } = await Window.open();
    const field = page.getByLabel("New card in Doing");
    await field.fill("x".repeat(141));
    await field.press("Enter");
    const alert = page.getByRole("alert").filter({ hasText: "at most 140 characters" });
    await expect.poll(() => alert.count()).toBe(1);
    expect(await field.inputValue()).toHaveLength(141);
    await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
    await field.fill("Shorter");
    await field.press("Enter");
    await page.locator(".card", { hasText: "Shorter" }).waitFor();
    await expect.poll(() => page.getByRole("alert").filter({ hasText: /./ }).count()).toBe(0);
    expect(await field.getAttribute("aria-invalid")).toBeNull();
  });

  test("asks before a list is removed, and says what there is to do where there is nothing", async () => {
    const ann = await Window.open();
    const { page } = ann;
    const main = page.getByRole("main");
    const asked: string[] = [];
    let agrees = false;
    page.on("dialog", async (dialog) => {
      asked.push(dialog.message());
      await (agrees ? dialog.accept() : dialog.dismiss());
    });
    for (const [name, left] of [["Ideas", 3], ["Ideas", 2], ["Doing", 1], ["Done", 0]] as const) {
      const list = page.locator("[data-list]", { hasText: name }).first();
      await list.locator("summary").first().click();
      await list.getByRole("button", { name: "Remove list" }).click();
      await expect.poll(async () => (await ann.lists()).length).toBe(left);
      if (left === 3) await list.locator("summary").first().click();
      agrees = true;
    }
    expect(asked).toEqual(
      ["Ideas", "Ideas", "Doing", "Done"].map((name) => `Remove “${name}” with all its cards?`),
    );
    await main.getByText("Nothing here yet.").waitFor();
    await page.getByLabel("New list").fill("Ideas");
    await page.getByLabel("New list").press("Enter");
    await main.getByText("No cards yet.").waitFor();
    expect(await main.getByText("Nothing here yet.").count()).toBe(0);
    for (const _ of ["Ideas", "Done", "Doing", "Ideas"]) {
      await page.getByRole("button", { name: /^Undo: / }).click();
    }
    await ann.shows(atFirst);
    expect(errors).toEqual([]);
  });

  test("goes on offline, says so, and sends everything later", async () => {
    const [ann, bob] = [await Window.open(), await Window.open()];
    await ann.page.context().setOffline(true);
    await expect.poll(() => ann.status.innerText()).toContain("Offline");
    await ann.summary("Switch").click();
    await ann.page.getByRole("button", { name: /^Move Switch.* up$/ }).click();
    await ann.addCard("Doing", "Written offline");
    // What was done is shown before anybody has heard of it.
    await ann.shows(["Ideas: Switch Open Go", "Doing: Move Written", "Done: Learn"]);
    await bob.addCard("Done", "Meanwhile");
    await ann.page.context().setOffline(false);
    const after = ["Ideas: Switch Open Go", "Doing: Move Written", "Done: Learn Meanwhile"];
    await bob.shows(after);
    await ann.shows(after);
    await expect.poll(() => ann.status.innerText()).toMatch(/^(Saved|Up to date)/);
  });

  test("lets a mouse drag a card to another place", async () => {
    const ann = await Window.open();
    await ann.card("Go offline").dragTo(ann.card("Learn Rian"), {
      targetPosition: { x: 60, y: 5 },
    });
    await ann.shows(["Ideas: Open Switch", "Doing: Move", "Done: Go Learn"]);
    expect(errors).toEqual([]);
  });

  test("has a name for everything, and fits a phone, from right to left too", async () => {
    const ann = await Window.open({ viewport: { width: 390, height: 844 } });
    const { page } = ann;
    await ann.summary("Open this page").click();
    await ann.page.locator("aside summary").first().click();
    const nameless = await page.locator("button, input:not([type=hidden]), summary, a").evaluateAll(
      (controls) =>
        controls.filter((control) => {
          const labels = (control as HTMLInputElement).labels;
          return !control.getAttribute("aria-label") && !control.textContent!.trim() &&
            !(labels?.[0]?.textContent ?? "").trim();
        }).map((control) => control.outerHTML),
    );
    expect(nameless).toEqual([]);
    const ids = await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
    expect(ids).toEqual([...new Set(ids)]);
    for (const direction of ["ltr", "rtl"]) {
      await page.evaluate((dir) => document.documentElement.dir = dir, direction);
      const { scroll, client } = await page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        client: document.documentElement.clientWidth,
      }));
      expect(scroll, direction).toBe(client);
    }
    expect(errors).toEqual([]);
  });

  test("shows the source of the page and of its events", async () => {
    const { page } = await Window.open();
    for (
      const [title, text] of [
        ["The page", '<template na-each="cards" na-key="id">'],
        ["Its events, on the server", "rename_board(payload, board, context) {"],
      ] as const
    ) {
      await page.locator("aside summary", { hasText: title }).click();
      expect(await page.locator("aside [open] code").innerText()).toContain(text);
    }
    expect(errors).toEqual([]);
  });

  test("works whole without a script", async () => {
    const ann = await Window.open({ javaScriptEnabled: false });
    const { page } = ann;
    expect(await ann.lists()).toEqual(atFirst);

    await page.getByText("Your name", { exact: true }).click();
    await page.getByLabel("What others call you").fill("Ann");
    await page.getByLabel("What others call you").press("Enter");
    await page.waitForURL((url) => url.pathname === "/");

    await ann.addCard("Doing", "Water the plants");
    await ann.shows(["Ideas: Open Switch Go", "Doing: Move Water", "Done: Learn"]);
    expect(await ann.status.innerText()).toContain("Ann added “Water the plants”");
    await ann.summary("Water the plants").click();
    await page.getByRole("button", { name: "Move Water the plants left" }).click();
    await ann.shows(["Ideas: Open Water Switch Go", "Doing: Move", "Done: Learn"]);
    await page.getByRole("button", { name: "Done: Water" }).click();
    await expect.poll(() =>
      page.getByRole("button", { name: "Done: Water" }).getAttribute("aria-pressed")
    ).toBe("true");

    // What was refused is open again, with what was typed.
    await ann.summary("Water the plants").click();
    const field = ann.card("Water the plants").getByLabel("What the card says");
    await field.fill("x".repeat(141));
    await field.press("Enter");
    const wrong = page.getByText("Write at most 140").filter({ visible: true });
    await wrong.waitFor();
    expect(await field.inputValue()).toBe("x".repeat(141));
    expect(await field.isVisible()).toBe(true);
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await wrong.innerText()).toBe("Write at most 140 characters; these are 141");
    await field.fill("Water the trees");
    await field.press("Enter");
    await ann.summary("Water the trees").waitFor();

    for (const _ of ["renamed", "marked", "moved", "added"]) {
      await page.getByRole("button", { name: /^Undo: / }).click();
    }
    await ann.shows(atFirst);
    await page.locator("[data-list]").first().locator("summary").first().click();
    await page.getByRole("button", { name: "Remove list" }).first().click();
    await ann.shows(atFirst.slice(1));
    expect(errors).toEqual([]);
  });
});
