import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumOptions } from "../support/chromium.ts";
import { DemoServer, type Platform } from "../support/demo-server.ts";
import { head, RawConnection } from "../support/raw-connection.ts";
import { collectErrors, saveScreenshot } from "./pages.ts";
import { addTodo, readTitles } from "./todo-list.ts";

let browser: Browser;

beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(() => browser.close());

/** A tab that shows the demo, the events that it sent and the errors that it reported. */
class Tab {
  readonly page: Page;
  readonly sent: { event: string; payload: unknown }[] = [];
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    collectErrors(page, this.errors);
    page.on("request", (request) => {
      if (request.url().endsWith("/nasc/event")) this.sent.push(request.postDataJSON());
    });
  }

  static async open(url: string): Promise<Tab> {
    const tab = new Tab(await (await browser.newContext()).newPage());
    await tab.page.goto(url);
    return tab;
  }

  async titles(): Promise<string[]> {
    return await this.page.locator("li span").allTextContents();
  }

  async shows(titles: readonly string[]): Promise<void> {
    await expect.poll(() => this.titles()).toEqual(titles);
  }

  /** Finds a button of one to-do by its label. */
  button(title: string, label: string) {
    return this.page.locator("li", { hasText: title }).getByRole("button", { name: label });
  }

  checkbox(title: string) {
    return this.page.locator("li", { hasText: title }).getByRole("checkbox");
  }
}

describe.for<Platform>(["worker", "worker-durable-object", "deno", "node"])(
  "the demo on %s",
  (platform) => {
    let server: DemoServer;
    beforeAll(async () => {
      server = await DemoServer.start(platform);
    });
    afterAll(() => server.close());

    test("does what a person clicks, shows it in a second tab, and keeps it over a restart", async () => {
      const [tab, other] = [
        await Tab.open(`${server.url}/lists`),
        await Tab.open(`${server.url}/lists`),
      ];
      await tab.shows(["Learn Rian", "Build an app"]);
      await other.shows(["Learn Rian", "Build an app"]);
      expect(await tab.checkbox("Learn Rian").isChecked()).toBe(true);

      await tab.page.getByLabel("What needs to be done?").fill("Water the plants");
      await tab.page.getByRole("button", { name: "Add" }).click();
      await tab.shows(["Learn Rian", "Build an app", "Water the plants"]);
      await expect.poll(() => tab.page.getByLabel("What needs to be done?").inputValue()).toBe("");

      await tab.checkbox("Water the plants").click();
      await expect.poll(() => tab.checkbox("Water the plants").isChecked()).toBe(true);
      await tab.button("Water the plants", "Move up").click();
      await tab.shows(["Learn Rian", "Water the plants", "Build an app"]);
      await tab.button("Learn Rian", "Move down").click();
      await tab.shows(["Water the plants", "Learn Rian", "Build an app"]);
      await tab.button("Learn Rian", "Remove").click();
      await tab.shows(["Water the plants", "Build an app"]);

      await tab.page.getByLabel("Name").fill("Ada");
      await tab.page.getByLabel("E-mail").fill("ada@example.com");
      await tab.page.getByRole("button", { name: "Save profile" }).click();
      await expect.poll(() => tab.page.locator("h2").first().textContent()).toBe("Hello, Ada");

      expect(tab.sent.map(({ event }) => event)).toEqual([
        "add_todo",
        "toggle_todo",
        "move_up",
        "move_down",
        "remove_todo",
        "save_profile",
      ]);
      await other.shows(["Water the plants", "Build an app"]);
      await expect.poll(() => other.page.locator("h2").first().textContent()).toBe("Hello, Ada");
      expect(await other.checkbox("Water the plants").isChecked()).toBe(true);
      expect(other.sent).toEqual([]);

      await server.restart();
      const later = await Tab.open(`${server.url}/lists`);
      await later.shows(["Water the plants", "Build an app"]);
      await expect.poll(() => later.page.getByLabel("E-mail").inputValue()).toBe("ada@example.com");
      expect(await later.checkbox("Water the plants").isChecked()).toBe(true);
      await saveScreenshot(later.page, platform);
      expect(later.errors).toEqual([]);

      // The first tab was open all along, and finds the server again by itself.
      await later.button("Build an app", "Remove").click();
      await tab.shows(["Water the plants"]);
      for (const { page } of [tab, other, later]) await page.context().close();
    });

    test("shows what is wrong beside the field, and keeps everything that was typed", async () => {
      const tab = await Tab.open(`${server.url}/lists`);
      // Waits for the server's value: a fill selects and then types, and a value that arrives in between would stay.
      await expect.poll(() => tab.page.getByLabel("Name").inputValue()).not.toBe("");
      await tab.page.getByLabel("Name").fill("Grace");
      await tab.page.getByLabel("E-mail").fill("grace@nowhere");
      await tab.page.getByRole("button", { name: "Save profile" }).click();
      await expect.poll(() => tab.page.locator("[na-error=email]").textContent())
        .toBe("Please enter a valid e-mail address");
      expect(await tab.page.getByLabel("Name").inputValue()).toBe("Grace");
      await tab.page.context().close();
    });

    test("keeps all of fifty to-dos that arrive at once", async () => {
      const before = await readTitles(server.url);
      const titles = Array.from({ length: 50 }, (_, number) => `at once ${number}`);
      const responses = await Promise.all(titles.map((title) => addTodo(server.url, title)));
      expect(responses.map(({ status }) => status)).toEqual(titles.map(() => 200));
      expect((await readTitles(server.url)).slice(before.length).sort()).toEqual(
        [...titles].sort(),
      );
    });

    test("answers what comes on a connection after a refusal, or says that it closes it", async () => {
      const { host, port } = new URL(server.url);
      const json = { host, "content-type": "application/json" };
      const large = "x".repeat(1_000_000);
      const chunk = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;
      const refused: [status: number, request: string][] = [
        [413, head("POST /nasc/event", { ...json, "content-length": `${large.length}` }) + large],
        [413, head("POST /nasc/event", { ...json, "transfer-encoding": "chunked" }) + chunk],
        [415, head("POST /nasc/event", { host, "content-length": "5" }) + "hello"],
        [
          403,
          head("POST /nasc/event", { host, "origin": "null", "content-length": "5" }) + "hello",
        ],
        [404, head("POST /nasc/nope", { host, "content-length": `${large.length}` }) + large],
      ];
      for (const [status, request] of refused) {
        const connection = RawConnection.open(Number(port));
        connection.write(request);
        const response = await connection.read();
        expect(response?.status).toBe(status);
        if (response?.headers.get("connection") !== "close") {
          connection.write(head("GET /nasc/health", { host }));
          expect((await connection.read("GET"))?.body).toBe('{"ok":true}');
        }
        connection.destroy();
      }
    });

    test("serves none of its own files", async () => {
      for (
        const path of [
          "/package.json",
          "/worker.ts",
          "/main.ts",
          "/../todo-list.ts",
          "/nasc/../.data",
          "/.env",
        ]
      ) {
        expect((await fetch(`${server.url}${path}`)).status, path).toBe(404);
      }
    });
  },
);
