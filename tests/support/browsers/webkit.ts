import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { Browser, Profile, Tab } from "./browser.ts";
import { line, stop } from "./processes.ts";

/** The name under which WebDriver hands out elements. */
const elementId = "element-6066-11e4-a52e-4f735466cecf";

/** Prepares WebKit on a display of its own, driven by WebDriver: https://w3c.github.io/webdriver. */
export async function startWebKit(): Promise<Browser> {
  const screen = spawn("Xvfb", ["-displayfd", "1", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const display = await line(screen, screen.stdout, /^(\d+)\n/);
    // Fails here, and not in a test, where there is no driver.
    await (await WebKitProfile.start(display)).close();
    return { newProfile: () => WebKitProfile.start(display), close: () => stop(screen) };
  } catch (error) {
    await stop(screen);
    throw error;
  }
}

/**
 * A profile is a session, which is a browser with storage in memory. The driver ends it when the process of a page
 * dies, so no tab can be killed.
 */
class WebKitProfile implements Profile {
  readonly #driver: ChildProcess;
  readonly #url: string;
  #session = "";
  /** The blank tab with which the browser starts. */
  #first = "";

  private constructor(driver: ChildProcess, url: string) {
    this.#driver = driver;
    this.#url = url;
  }

  static async start(display: string): Promise<WebKitProfile> {
    const port = await freePort();
    const driver = spawn("WebKitWebDriver", [`--port=${port}`], {
      stdio: "ignore",
      env: { ...process.env, DISPLAY: `:${display}` },
    });
    const profile = new WebKitProfile(driver, `http://127.0.0.1:${port}/session`);
    try {
      await once(driver, "spawn");
      await profile.#start();
      return profile;
    } catch (error) {
      await stop(driver);
      throw error;
    }
  }

  async #start(): Promise<void> {
    for (;;) {
      try {
        const { sessionId } = await this.#send("POST", "", { capabilities: {} });
        this.#session = `/${sessionId}`;
        this.#first = await this.#send("GET", "/window");
        return;
      } catch (error) {
        // The driver does not listen yet.
        if (!(error instanceof TypeError) || this.#driver.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async open(url: string): Promise<Tab> {
    // The current tab may have closed itself or have been killed; nothing happens without one.
    await this.#send("POST", "/window", { handle: this.#first });
    const { handle } = await this.#send("POST", "/window/new", { type: "tab" });
    // The command that opens an address would leave the blank page in the tab's history.
    const tab = this.#tab(handle);
    await tab.evaluate(`void location.replace(${JSON.stringify(url)})`);
    return tab;
  }

  async tabs(): Promise<readonly Tab[]> {
    const handles: string[] = await this.#send("GET", "/window/handles");
    return handles.map((handle) => this.#tab(handle));
  }

  async close(): Promise<void> {
    // A session whose page was killed may have gone already.
    await this.#send("DELETE", "").catch(() => {});
    await stop(this.#driver);
  }

  // deno-lint-ignore no-explicit-any -- each command has a result of its own
  async #send(method: string, path: string, body?: object): Promise<any> {
    const response = await fetch(this.#url + this.#session + path, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  }

  // deno-lint-ignore no-explicit-any -- as above
  async #in(handle: string, method: string, path: string, body?: object): Promise<any> {
    await this.#send("POST", "/window", { handle });
    return await this.#send(method, path, body);
  }

  #tab(handle: string): Tab {
    return {
      id: handle,
      evaluate: async (expression) => {
        const script = `const done = arguments[0];
          (async () => ({ value: await (${expression}) }))()
            .catch((error) => ({ error: String(error) })).then(done);`;
        const result = await this.#in(handle, "POST", "/execute/async", { script, args: [] });
        if (result.error !== undefined) throw new Error(result.error);
        return result.value ?? undefined;
      },
      click: async (selector) => {
        const element = await this.#in(handle, "POST", "/element", {
          using: "css selector",
          value: selector,
        });
        await this.#send("POST", `/element/${element[elementId]}/click`, {});
      },
      press: async (letter) => {
        await this.#in(handle, "POST", "/actions", {
          actions: [{
            type: "key",
            id: "keyboard",
            actions: [{ type: "keyDown", value: letter }, { type: "keyUp", value: letter }],
          }],
        });
      },
      close: async () => {
        await this.#in(handle, "DELETE", "/window");
      },
    };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
