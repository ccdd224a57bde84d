/** Serves a page of lists in SQLite, as a process that can be killed: `PORT` and `DATABASE` say where. */
import { serve, upgradeWebSocket } from "@hono/node-server";
import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { WebSocketServer } from "ws";
import { defineHandler } from "../../mod.ts";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { createNasc } from "../../src/router/mod.ts";

type User = { readonly id: string } | undefined;

interface Item {
  readonly id: string;
  readonly done: boolean;
}

const List = defineHandler<{ user: User }>()({
  mount: () => ({ count: 0, isSecret: false, items: [] as readonly Item[] }),
  view: (list, { user }) => list.isSecret && !user ? undefined : list,
  viewKey: ({ isSecret }, { user }) => `${isSecret} ${user !== undefined}`,
  count: (_, list) => ({ ...list, count: list.count + 1 }),
  // Added as often as it is applied: a second time would show.
  add: ({ id }: { id: string }, list) => ({ ...list, items: [...list.items, { id, done: false }] }),
  fill: ({ size }: { size: number }, list) => {
    return {
      ...list,
      items: Array.from({ length: size }, (_, at) => ({ id: `i${at}`, done: false })),
    };
  },
  toggle: ({ id }: { id: string }, list) => ({
    ...list,
    items: list.items.map((item) => item.id === id ? { ...item, done: !item.done } : item),
  }),
  move: ({ from, to }: { from: number; to: number }, list) => {
    const items = [...list.items];
    items.splice(to, 0, ...items.splice(from, 1));
    return { ...list, items };
  },
  hide: (_, list) => ({ ...list, isSecret: true }),
  show: (_, list) => ({ ...list, isSecret: false }),
  drop: (_, list, context) => {
    context.delete();
    return list;
  },
});

const page = (id: string, transport: string) =>
  `<!doctype html><title>List</title>
  <script type="module">
    import { connection } from "/nasc/client.js";
    Object.assign(globalThis, { connection });
  </script>
  <body na-connect na-transport="${transport}"><section na-scope="List:${id}">
    <b na-bind="count"></b><i na-error></i><button na-click="count">count</button>
    <ul><template na-each="items" na-key="id"><li>
      <input type="checkbox" na-click="toggle" data-id="{{id}}" na-bind="done"><input class="note">
    </li></template></ul>
  </section>
  ${
    transport === "sse"
      ? ""
      : `<section na-scope="List:${id}-more"><u na-bind="count"></u></section>`
  }
  </body>`;

const app = new Hono();
app.get("/page/:id", (context) => {
  const { transport = "sse" } = context.req.query();
  return context.html(page(context.req.param("id"), transport));
});
const nasc = createNasc({
  handlers: { List },
  store: new SqliteStore(process.env["DATABASE"]!),
  user: (context): User => {
    const id = getCookie(context, "user");
    return id === undefined ? undefined : { id };
  },
  authorize: "everyone",
  hosts: "any",
  upgradeWebSocket,
});
app.route("/nasc", nasc.app);
const websocket = { server: new WebSocketServer({ noServer: true }) };
serve({ fetch: app.fetch, port: Number(process.env["PORT"]), websocket }, ({ port }) => {
  console.log(`Ready on ${port}`);
});
