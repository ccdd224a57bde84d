import { serve, type ServerType } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium, type Page } from "playwright-core";
import { MemoryStore } from "rian";
import { nasc } from "rian/hono";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { chromiumOptions } from "../support/chromium.ts";

const markup = `<!doctype html><title>Counter</title>
  <script>
    const heard = [];
    addEventListener("na:refused", ({ detail }) => heard.push(detail.code));
  </script>
  <script type="module" src="/nasc/client.js"></script>
  <body na-connect><main na-scope="Counter:c"><b na-bind="n">?</b><i na-error></i>
  <button na-click="add">add</button></main>`;

const Counter = {
  mount: (): { n: number } => ({ n: 1 }),
  add: (_: unknown, { n }: { n: number }) => ({ n: n + 1 }),
};

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
});
afterAll(() => browser.close());

type Gate = (context: Context) => Response | undefined;

/** A server whose requests below `/nasc` pass a gate, as the middleware of an app or a proxy before it would be. */
class GatedServer {
  /** The methods of the requests below `/nasc`, in the order of arrival. */
  readonly requests: string[] = [];
  gate: Gate = () => undefined;
  readonly #app = new Hono();
  #server: ServerType | undefined;
  #port = 0;

  constructor() {
    this.#app.use("/nasc/*", async (context, next) => {
      this.requests.push(context.req.method);
      return this.gate(context) ?? await next();
    });
    this.#app.route(
      "/nasc",
      nasc({
        handlers: { Counter },
        store: new MemoryStore(),
        authorize: "everyone",
        hosts: "any",
      }),
    );
    this.#app.get("/", (context) => context.html(markup));
    this.#app.get("/login", (context) => context.html("<form>Sign in</form>"));
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#server = serve({ fetch: this.#app.fetch, port: this.#port });
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends every request that is under way. */
  hangUp(): void {
    if (this.#server && "closeAllConnections" in this.#server) this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server!, "close");
    this.#server!.close();
    this.hangUp();
    await closed;
  }

  /** Sends an event as another page would. */
  async add(): Promise<void> {
    const response = await fetch(`${this.url}/nasc/event`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "Counter", instance: "c", event: "add" }),
    });
    expect(response.status).toBe(200);
  }
}

/** Opens a page that shows its state. */
async function open(): Promise<{ server: GatedServer; page: Page }> {
  const server = new GatedServer();
  await server.start();
  onTestFinished(() => server.stop());
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.clock.install();
  await page.goto(server.url);
  await expect.poll(() => page.textContent("b")).toBe("1");
  return { server, page };
}

/** Starts a server of another origin, which lets no script of this one read its answers. */
async function signOn(): Promise<string> {
  const other = createServer((_, response) => response.end("<form>Sign in</form>"));
  other.listen(0);
  await once(other, "listening");
  onTestFinished(() => void other.close());
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
}

const otherPage = "Another page came instead of an answer; sign in again, or reload";
const refusals: readonly [string, () => Promise<Gate>, string][] = [
  ["401", async () => (c) => c.text("no", 401), "The server answered 401"],
  ["403", async () => (c) => c.json({ detail: "You may not" }, 403), "You may not"],
  ["404", async () => (c) => c.html("<h1>Not found</h1>", 404), "The server answered 404"],
  ["431", async () => (c) => c.body(null, 431), "The server answered 431"],
  ["a redirect to its own login", async () => (c) => c.redirect("/login"), otherPage],
  ["a login of another origin", async () => {
    const login = await signOn();
    return (c) => c.redirect(login);
  }, otherPage],
];

test.for(refusals)(
  "a page whose stream is refused by %s says so, is quiet, and is right after the next event",
  async ([, close, message]) => {
    const { server, page } = await open();
    const gate = await close();
    server.gate = (context) => context.req.method === "GET" ? gate(context) : undefined;
    server.hangUp();
    await expect.poll(() => page.textContent("i")).toBe(message);
    const asked = server.requests.length;
    await page.clock.runFor("30:00");
    expect([server.requests.length, await page.textContent("b")]).toEqual([asked, "1"]);

    server.gate = () => undefined;
    await server.add();
    await page.click("button");
    await expect.poll(() => page.textContent("b")).toBe("3");
    await server.add();
    await expect.poll(() => page.textContent("b")).toBe("4");
    expect(await page.textContent("i")).toBe("");
  },
);

test.for(refusals)(
  "an event that is answered by %s is refused for good, and the page can act on it",
  async ([, close, message]) => {
    const { server, page } = await open();
    const gate = await close();
    server.gate = (context) => context.req.method === "POST" ? gate(context) : undefined;
    await page.click("button");
    await expect.poll(() => page.textContent("i")).toBe(message);
    expect(server.requests.filter((method) => method === "POST")).toHaveLength(1);
    expect(await page.evaluate("heard.length")).toBe(1);
    server.gate = () => undefined;
    await page.click("button");
    await expect.poll(() => page.textContent("b")).toBe("2");
    // The stream may bring the change before the answer takes the error away.
    await expect.poll(() => page.textContent("i")).toBe("");
  },
);

test("a page whose stream was refused is right again when the browser is back online", async () => {
  const { server, page } = await open();
  server.gate = (context) => context.text("no", 401);
  server.hangUp();
  await expect.poll(() => page.textContent("i")).toBe("The server answered 401");
  server.gate = () => undefined;
  await server.add();
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  await expect.poll(() => page.textContent("b")).toBe("2");
  expect(await page.textContent("i")).toBe("");
});

test("a deploy loses no click, and applies each once", async () => {
  const { server, page } = await open();
  async function later(selector: string): Promise<string | null> {
    await page.clock.runFor(1_000);
    return await page.textContent(selector);
  }
  await server.stop();
  await page.click("button");
  await page.click("button");
  await expect.poll(() => later("i")).toBe("Cannot send add: the server does not answer");
  // The proxy is back before the app.
  server.gate = (context) => context.text("Bad gateway", 502);
  await server.start();
  await expect.poll(() => later("i")).toBe("The server answered 502");
  server.gate = () => undefined;
  await expect.poll(() => later("b")).toBe("3");
  await expect.poll(() => later("i")).toBe("");
  await server.add();
  await expect.poll(() => later("b")).toBe("4");
});
