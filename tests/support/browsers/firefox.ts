import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Profile, Tab } from "./browser.ts";
import { descendants, kill, line, stop } from "./processes.ts";

/** Lets scripts close a tab, and asks the network for nothing. */
const preferences = `
  user_pref("dom.allow_scripts_to_close_windows", true);
  user_pref("app.normandy.enabled", false);
  user_pref("app.update.disabledForTesting", true);
  user_pref("browser.startup.page", 0);
  user_pref("datareporting.policy.dataSubmissionEnabled", false);
`;

/** Starts Firefox, which is driven by WebDriver BiDi: https://w3c.github.io/webdriver-bidi. */
export async function startFirefox(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), "rian-firefox-"));
  await writeFile(join(folder, "user.js"), preferences);
  const firefox = spawn("firefox-esr", [
    "--headless",
    "--no-remote",
    "--remote-debugging-port=0",
    "--profile",
    folder,
  ], { stdio: ["ignore", "ignore", "pipe"] });
  async function close(): Promise<void> {
    await stop(firefox);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  try {
    const address = await line(firefox, firefox.stderr, /BiDi listening on (ws:\S+)/);
    const connection = await Connection.open(`${address}/session`);
    await connection.send("session.new", { capabilities: {} });
    return {
      newProfile: async () => {
        const { userContext } = await connection.send("browser.createUserContext", {});
        return new FirefoxProfile(connection, { userContext, process: firefox.pid! });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

// deno-lint-ignore no-explicit-any -- each command has a result of its own
type Result = any;

/** Commands and their results over one WebSocket. */
class Connection {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Result>>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data)));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("Firefox has gone"));
    });
  }

  static async open(url: string): Promise<Connection> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`Cannot connect to ${url}`)));
    });
    return new Connection(socket);
  }

  send(method: string, params: object): Promise<Result> {
    const waiting = Promise.withResolvers<Result>();
    this.#waiting.set(++this.#last, waiting);
    this.#socket.send(JSON.stringify({ id: this.#last, method, params }));
    return waiting.promise;
  }

  #receive(message: Result): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === "success") waiting?.resolve(message.result);
    else waiting?.reject(new Error(`${message.error}: ${message.message}`));
  }
}

class FirefoxProfile implements Profile {
  readonly #connection: Connection;
  readonly #userContext: string;
  readonly #process: number;

  constructor(connection: Connection, of: { userContext: string; process: number }) {
    this.#connection = connection;
    this.#userContext = of.userContext;
    this.#process = of.process;
  }

  async open(url: string): Promise<Tab> {
    const { context } = await this.#connection.send("browsingContext.create", {
      type: "tab",
      userContext: this.#userContext,
    });
    await this.#connection.send("browsingContext.navigate", { context, url, wait: "complete" });
    return this.#tab(context);
  }

  async tabs(): Promise<readonly Tab[]> {
    const { contexts } = await this.#connection.send("browsingContext.getTree", { maxDepth: 0 });
    return contexts
      .filter(({ userContext }: Result) => userContext === this.#userContext)
      .map(({ context }: Result) => this.#tab(context));
  }

  async close(): Promise<void> {
    await this.#connection.send("browser.removeUserContext", { userContext: this.#userContext });
  }

  #tab(context: string): Tab {
    const connection = this.#connection;
    async function evaluate(expression: string): Promise<unknown> {
      const { result, exceptionDetails } = await connection.send("script.evaluate", {
        expression: `(async () => JSON.stringify(await (${expression})))()`,
        target: { context },
        awaitPromise: true,
      });
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
      return result.type === "string" ? JSON.parse(result.value) : undefined;
    }
    async function act(source: object): Promise<void> {
      await connection.send("input.performActions", { context, actions: [source] });
    }
    return {
      id: context,
      evaluate,
      click: async (selector) => {
        const { nodes } = await connection.send("browsingContext.locateNodes", {
          context,
          locator: { type: "css", value: selector },
        });
        const origin = { type: "element", element: { sharedId: nodes[0].sharedId } };
        await act({
          type: "pointer",
          id: "mouse",
          actions: [
            { type: "pointerMove", x: 0, y: 0, origin },
            { type: "pointerDown", button: 0 },
            { type: "pointerUp", button: 0 },
          ],
        });
      },
      press: (letter) =>
        act({
          type: "key",
          id: "keyboard",
          actions: [{ type: "keyDown", value: letter }, { type: "keyUp", value: letter }],
        }),
      close: async () => {
        await connection.send("browsingContext.close", { context });
      },
      kill: () => kill(descendants(this.#process, /-contentproc.* tab$/)),
    };
  }
}
