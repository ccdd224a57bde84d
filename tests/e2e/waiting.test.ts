import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { MemoryStore } from "rian";
import { attachNasc } from "rian/hono";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { type Browser, browsers, type Profile, type Tab } from "../support/browsers/mod.ts";
import { useBrowser } from "../support/browsers/use-browser.ts";
import { serveNode } from "../support/serve-node.ts";

/** What the server does with events. */
let events: "run" | "refuse";
let served: Awaited<ReturnType<typeof serveNode>>;
let url: string;

const page = (user: string, id: string) =>
  `<!doctype html><meta charset="utf-8"><title>Waiting</title>
  <script type="module">
    import { connection } from "/nasc/client.js";
    Object.assign(globalThis, { connection });
  </script>
  <body na-connect ${user && `data-na-user="${user}"`}>
    <p id="waiting" hidden data-na-waiting="{{@waiting}} changes waiting"></p>
    <section na-scope="List:${id}">
      <form id="open" na-submit="add"><input id="text" name="text"></form>
      <form id="secret" na-submit="add"><input name="text"><input type="password" name="word"></form>
      <button id="add" na-click="add" data-text="last">add</button><i na-error></i>
      <form id="private" data-na-private na-submit="add"><input name="text" value="mine"></form>
      <ul><template na-each="items" na-key="id"><li na-bind="text"></li></template></ul>
    </section>
    <button id="reload" onclick="document.querySelector('#add').click(); location.reload()">reload</button>
    <button id="close" onclick="document.querySelector('#add').click(); window.close()">close</button>
  </body>`;

beforeAll(async () => {
  const app = new Hono();
  app.use("/nasc/event", async (context, next) => {
    if (events === "refuse") return context.json({ code: "unavailable" }, 503);
    return await next();
  });
  attachNasc({
    app,
    handlers: {
      List: {
        mount: () => ({ items: [] as { id: string; text: string }[] }),
        add: ({ text }: { text: string }, list: { items: object[] }, { eventId }) => ({
          items: [...list.items, { id: eventId, text }],
        }),
      },
    },
    store: new MemoryStore(),
    onError: () => {},
    authorize: "everyone",
    hosts: "any",
    user: (context) => getCookie(context, "user"),
  });
  app.get("/:user/:id", (context) => {
    const { user, id } = context.req.param();
    // Signed in as whom the page says, for as long as it does not matter to a test.
    if (user !== "-") context.header("set-cookie", `user=${user}; path=/`);
    return context.html(page(user === "-" ? "" : user, id));
  });
  served = await serveNode(app);
  url = `http://localhost:${served.port}`;
});
afterAll(() => served.close());

let browser: Browser;
let lists = 0;

describe.for(browsers)("in %s", (name) => {
  useBrowser(name, (started) => browser = started);
  beforeEach(() => {
    events = "run";
  });

  async function newProfile(): Promise<Profile> {
    const profile = await browser.newProfile();
    onTestFinished(() => profile.close());
    return profile;
  }

  async function open(profile: Profile, path: string): Promise<Tab> {
    const tab = await profile.open(`${url}/${path}`);
    await until(tab, `!!globalThis.connection`);
    return tab;
  }

  async function until(tab: Tab, condition: string): Promise<void> {
    await expect.poll(() => tab.evaluate(condition).catch(() => false)).toBe(true);
  }

  const shown = (tab: Tab) =>
    tab.evaluate("[...document.querySelectorAll('li')].map((row) => row.textContent)");

  const texts = Array.from({ length: 20 }, (_, at) => at === 19 ? "last" : `n${at}`);

  /** Sends all events but the last from the page's form, as a person would from a script of theirs. */
  async function sendAllButLast(tab: Tab, id: string): Promise<void> {
    for (const text of texts.slice(0, -1)) {
      await tab.evaluate(`void connection.send("List", "${id}", "add", { text: "${text}" })`);
    }
    expect(await tab.evaluate("connection.waiting")).toBe(19);
  }

  test.for(["reload", "close", "kill"] as const)(
    "twenty events that a server cannot take are applied once and in order after a %s",
    async (ending, { skip }) => {
      const id = `list${++lists}`;
      const profile = await newProfile();
      let tab = await open(profile, `ann/${id}`);
      if (ending === "kill" && !tab.kill) {
        skip("the driver ends the browser, and its storage, with the page");
      }
      events = "refuse";
      await sendAllButLast(tab, id);
      if (ending === "kill") {
        await tab.click("#add");
        await tab.kill!();
      } else {
        await tab.evaluate("void (globalThis.isOld = true)");
        await tab.click(`#${ending}`);
      }
      if (ending === "reload") await until(tab, `!globalThis.isOld && !!globalThis.connection`);
      else tab = await open(profile, `ann/${id}`);
      await until(tab, "connection.waiting === 20");
      await until(tab, `document.querySelector("section").matches("[na-state~=pending]")`);
      await until(tab, `document.querySelector("#waiting").textContent === "20 changes waiting"`);
      // What is done now comes after what was left.
      await tab.evaluate(`void connection.send("List", "${id}", "add", { text: "new" })`);
      events = "run";
      await expect.poll(() => shown(tab), { timeout: 60_000 }).toEqual([...texts, "new"]);
      await until(tab, `connection.waiting === 0 && document.querySelector("#waiting").hidden`);
      expect(await tab.evaluate("Object.keys(localStorage).length")).toBe(0);
    },
  );

  test("a tab takes over what another leaves behind, also while both are open, and nobody else's", async () => {
    const id = `list${++lists}`;
    const profile = await newProfile();
    const [first, second] = [await open(profile, `ann/${id}`), await open(profile, `ann/${id}`)];
    events = "refuse";
    for (const text of ["a", "b", "c"]) {
      await first.evaluate(`void connection.send("List", "${id}", "add", { text: "${text}" })`);
    }
    expect(await second.evaluate("connection.waiting")).toBe(0);
    const other = await open(profile, `bob/${id}`);
    await first.close();
    await until(second, "connection.waiting === 3");
    expect(await other.evaluate("connection.waiting")).toBe(0);
    // The cookie is Bob's by now, so what is Ann's is refused.
    events = "run";
    await until(second, "connection.waiting === 0");
    expect(await shown(other)).toEqual([]);
    expect(await second.evaluate("document.querySelector('i').textContent"))
      .toBe("This was made by another user than the one who is signed in");
  });

  test("what somebody has left is gone once they sign out, and so is what other tabs hold", async () => {
    const id = `list${++lists}`;
    const profile = await newProfile();
    const [first, second] = [await open(profile, `ann/${id}`), await open(profile, `ann/${id}`)];
    events = "refuse";
    await first.evaluate(
      `void (result = connection.send("List", "${id}", "add", { text: "a" }))`,
    );
    await second.evaluate("connection.forget()");
    // Firefox tells other processes a moment later.
    await until(first, "Object.keys(localStorage).length === 0");
    events = "run";
    await first.evaluate("dispatchEvent(new Event('online'))");
    expect(await first.evaluate("result.then(({ error }) => error.code)")).toBe("forgotten");
    const third = await open(profile, `ann/${id}`);
    expect(await third.evaluate("connection.waiting")).toBe(0);
    expect(await shown(third)).toEqual([]);
  });

  test("without a user events survive a reload, and a form with a password is never stored", async () => {
    const id = `list${++lists}`;
    const profile = await newProfile();
    const tab = await open(profile, `-/${id}`);
    events = "refuse";
    await tab.click("#add");
    await tab.evaluate(`document.querySelector("#secret").requestSubmit()`);
    await tab.evaluate(`document.querySelector("#private").requestSubmit()`);
    await until(tab, "connection.waiting === 3");
    expect(await tab.evaluate("Object.values({ ...sessionStorage, ...localStorage }).length")).toBe(
      1,
    );
    expect(await tab.evaluate("Object.values(sessionStorage).join()")).not.toContain("word");
    await tab.evaluate("void setTimeout(() => location.reload())");
    await until(tab, "connection?.waiting === 1");
    events = "run";
    await expect.poll(() => shown(tab)).toEqual(["last"]);
  });
});
