import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { defineHandler, MemoryStore } from "../../mod.ts";
import { createNasc } from "../../src/router/mod.ts";
import { chromiumOptions } from "../support/chromium.ts";
import { type Served, serveNode, upgradeWebSocket } from "../support/serve-node.ts";
import { collectErrors } from "./pages.ts";

const Room = defineHandler<{ user: string | undefined }>()({
  mount: () => ({ names: "", text: "" }),
  view: (room, { user }) => user === "mallory" ? undefined : room,
  typing(text: string, room, context) {
    context.broadcast({ by: context.user, text });
    return room;
  },
  look: (_: unknown, room, context) => ({
    ...room,
    names: context.viewers().map(({ name }) => name).join(),
  }),
});

const html = (transport: string) =>
  `<!doctype html><title>Room</title>
  <section id="room" na-scope="Room:lobby">
    <b na-bind="names"></b> <button na-click="look">look</button><input name="line">
    <ul><template na-each="@viewers" na-key="name"><li na-bind="name"></li></template></ul>
  </section>
  <section id="again" na-scope="Room:lobby"></section>
  <section id="other" na-scope="Room:other"></section>
  <script type="module">
    import { connect } from "/nasc/client.js";
    window.heard = [];
    addEventListener("na:broadcast", ({ target, detail, bubbles }) =>
      heard.push([target.id, detail.by, detail.text, bubbles].join(" ")));
    const connection = connect({ transport: "${transport}" });
    const line = document.querySelector("input");
    line.addEventListener("input", () =>
      connection.send("Room", "lobby", "typing", line.value));
  </script>`;

let browser: Browser;
let served: Served;
beforeAll(async () => {
  browser = await chromium.launch(await chromiumOptions());
  const { app } = createNasc({
    handlers: { Room },
    store: new MemoryStore(),
    user: (context) => getCookie(context, "name"),
    presence: (name) => ({ name }),
    authorize: "everyone",
    hosts: "any",
    upgradeWebSocket,
  });
  const outer = new Hono();
  outer.get("/page/:transport", (context) => context.html(html(context.req.param("transport"))));
  served = await serveNode(outer.route("/nasc", app));
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

async function openAs(name: string, transport: string): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const url = `http://localhost:${served.port}`;
  await context.addCookies([{ name: "name", value: name, url }]);
  const page = await context.newPage();
  const errors: string[] = [];
  collectErrors(page, errors);
  onTestFinished(() =>
    // Whoever may see nothing is told so.
    expect(errors.filter((error) => name !== "mallory" || !/may not see/.test(error))).toEqual([])
  );
  await page.goto(`${url}/page/${transport}`);
  return page;
}

const heard = (page: Page) => page.evaluate<string[]>("window.heard");

/** Looks, until a page shows that these look on. */
async function expectNames(page: Page, names: string): Promise<void> {
  await expect.poll(async () => {
    await page.getByRole("button").click();
    return await page.locator("b").textContent();
  }).toBe(names);
}

async function expectListed(page: Page, names: string): Promise<void> {
  await expect.poll(async () => (await page.locator("li").allTextContents()).join()).toBe(names);
}

for (const transport of ["sse", "ws"]) {
  test(`over ${transport}, pages hear each other's typing in each scope of the instance, and see who has left`, async () => {
    const ann = await openAs("ann", transport);
    await expectNames(ann, "ann");
    const bob = await openAs("bob", transport);
    await expectNames(bob, "ann,bob");
    const eve = await openAs("eve", transport);
    const mallory = await openAs("mallory", transport);
    await expectNames(eve, "ann,bob,eve");
    await bob.locator("input").pressSequentially("Hi");
    const said = ["H", "Hi"].flatMap((text) => [
      `room bob ${text} true`,
      `again bob ${text} true`,
    ]);
    for (const page of [ann, eve]) await expect.poll(() => heard(page)).toEqual(said);
    await expectListed(ann, "ann,bob,eve");
    await eve.locator("input").pressSequentially("!");
    await expect.poll(() => heard(bob)).toEqual(["room eve ! true", "again eve ! true"]);
    expect(await heard(mallory)).toEqual([]);
    expect(await heard(eve)).toEqual(said);
    await eve.close();
    await expectNames(ann, "ann,bob");
    await expectListed(ann, "ann,bob");
    await bob.goto("about:blank");
    await expectNames(ann, "ann");
    await bob.goBack();
    await expectNames(bob, "ann,bob");
  });
}
