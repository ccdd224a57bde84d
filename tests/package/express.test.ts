import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { EventStream } from "../support/event-stream.ts";
import { Server } from "./commands.ts";

const source = 'docs/migrating.md, "Beside Express"';
const program = readFileSync(join(root, "docs/migrating.md"), "utf8")
  .match(/```js ignore\n(\/\/ server\.mjs\n[\s\S]*?)^```$/m)![1]!;

const handlers = `
export const handlers = {
  TodoList: {
    mount: ({ todoListId }) => ({ id: todoListId, items: [] }),
    add: ({ title }, list) => ({ ...list, items: [...list.items, { id: "1", title }] }),
  },
};`;

/** Handlers of the app's own, after its body parser. */
const more = `
app.post("/echo", (request, response) => response.json(request.body));
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

test("the routes serve a page beside an Express app, as the docs mount them", async () => {
  const cwd = join(inject("newest"), "beside express");
  mkdirSync(join(cwd, "public"), { recursive: true });
  writeFileSync(join(cwd, "public/page.html"), "<p>of Express</p>");
  writeFileSync(join(cwd, "handlers.mjs"), handlers);
  const port = String(await freePort());
  writeFileSync(join(cwd, "server.mjs"), program.replaceAll("3000", port) + more);

  const server = await Server.start("node server.mjs", { cwd, home: inject("folder"), source });
  try {
    const post = (path: string, body: unknown) =>
      fetch(`${server.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    const list = { type: "TodoList", instance: "my-list" };
    const stream = new EventStream(
      await fetch(`${server.url}/nasc/stream?scope=TodoList:my-list`),
    );
    await stream.next();
    const added = await post("/nasc/event", { ...list, event: "add", payload: { title: "Milk" } });
    expect(added.status).toBe(200);
    expect((await stream.next()).data.patches)
      .toMatchObject([{ prop: "items", value: [{ id: "1", title: "Milk" }] }]);
    await stream.close();

    const form = await fetch(`${server.url}/nasc/event?type=TodoList&instance=my-list&event=add`, {
      method: "POST",
      headers: { referer: `${server.url}/page.html` },
      body: new URLSearchParams({ title: "Bread" }),
      redirect: "manual",
    });
    expect([form.status, form.headers.get("location")]).toEqual([303, "/page.html"]);

    // Refused by its own answer, and the app answers what is its own.
    expect((await post("/nasc/event", { event: 1 })).status).toBe(400);
    expect((await fetch(`${server.url}/nasc/nothing`)).status).toBe(404);
    expect(await (await post("/echo", { own: true })).json()).toEqual({ own: true });
    expect(await (await fetch(`${server.url}/page.html`)).text()).toBe("<p>of Express</p>");
  } finally {
    await server.stop();
  }
});
