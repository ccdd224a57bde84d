import { Hono } from "hono";
import type { Adapter, Handler, Handlers } from "../../../mod.ts";
import { createNasc, type NascOptions } from "../../../src/router/mod.ts";
import type { Beats } from "../../support/beats.ts";
import { seenThrough } from "../../support/view.ts";
import { upgradeInProcess } from "../support-sockets.ts";
import type { ModelStorage } from "./schedule.ts";

interface Item {
  readonly id: string;
  readonly text: string;
  readonly isSecret: boolean;
}
interface List {
  readonly items: readonly Item[];
  readonly hidden: number;
  readonly isOpen: boolean;
}

/** What an event is to do, in so far as it needs to know. */
interface Payload {
  /** Which event this is. */
  readonly mark: string;
  readonly at: number;
  readonly to: number;
  readonly isSecret: boolean;
}

/** Who looks: at everything, at a part, or at what is closed now and then. */
export const users = ["owner", "member", "guest"] as const;
export type User = typeof users[number];

/** Returns what a user sees of a list. */
export function view(state: object, user: unknown): object | undefined {
  const list = state as List;
  if (user === "owner") return list;
  if (user === "guest" && !list.isOpen) return undefined;
  return { items: list.items.filter(({ isSecret }) => !isSecret), isOpen: list.isOpen };
}

type Change = (items: readonly Item[], payload: Payload) => readonly Item[];

function changed(
  at: number,
  items: readonly Item[],
  change: (item: Item) => Item,
): readonly Item[] {
  return items.map((item, index) => index === at ? change(item) : item);
}

const changes: Readonly<Record<string, Change>> = {
  add: (items, { mark, isSecret }) => [...items, { id: mark, text: `new ${mark}`, isSecret }],
  remove: (items, { at }) => items.filter((_, index) => index !== at),
  move(items, { at, to }) {
    const moved = [...items];
    moved.splice(to, 0, ...moved.splice(at, 1));
    return moved;
  },
  write: (items, { at, to }) => changed(at, items, (item) => ({ ...item, text: `text ${to % 2}` })),
  reveal: (items, { at }) => changed(at, items, (item) => ({ ...item, isSecret: !item.isSecret })),
  clear: () => [],
};

/** Returns an event that also counts, in an instance of its own, how often it was applied. */
function counted(change: (list: List, payload: Payload) => List): Handler[string] {
  return async (payload: Payload, list: List, { update }) => {
    await update("Mark", payload.mark, ({ times }) => ({ times: times + 1 }));
    return change(list, payload);
  };
}

const events = Object.entries(changes).map(([event, change]) => [
  event,
  counted((list, payload) => ({ ...list, items: change(list.items, payload) })),
]);

const handlers: Handlers = {
  Mark: { mount: () => ({ times: 0 }) },
  List: seenThrough({
    mount: (): List => ({
      items: Array.from({ length: 8 }, (_, at) => ({
        id: `item ${at}`,
        text: `text ${at}`,
        isSecret: at % 3 === 0,
      })),
      hidden: 0,
      isOpen: true,
    }),
    ...Object.fromEntries(events),
    hide: counted((list) => ({ ...list, hidden: list.hidden + 1 })),
    shut: counted((list) => ({ ...list, isOpen: !list.isOpen })),
    async end({ mark }: Payload, list: List, context) {
      await context.update("Mark", mark, ({ times }) => ({ times: times + 1 }));
      context.delete();
      return list;
    },
    nothing: (_payload: Payload, list: List) => list,
  }, {
    view: (state, { user }) => view(state, user),
    viewKey: (_state, { user }) => String(user),
  }),
};

/** Returns the app of one process, whose streams look into the store when the beats are rung. */
export function modelApp(store: NascOptions["store"], beats: Beats): Hono {
  const app = new Hono();
  const { app: routes } = createNasc({
    handlers,
    store,
    authorize: "everyone",
    hosts: "any",
    user: (context) => context.req.header("x-user"),
    heartbeat: beats.heartbeat,
    clock: beats,
    maxStreamAge: Infinity,
    upgradeWebSocket: upgradeInProcess,
  });
  app.route("/nasc", routes);
  return app;
}

/** Returns what a store keeps. */
export function modelStorage(store: Adapter): ModelStorage {
  return {
    async list(id) {
      const entry = await store.get("List", id);
      const { rev, epoch } = (entry?.metadata ?? {}) as { rev: number; epoch: string };
      return entry && { rev, epoch, state: entry.value as object };
    },
    forget: (id) => store.commit([{ type: "List", key: id, delete: true }]),
    async marks() {
      const marks: Record<string, number> = {};
      for await (const { key, value } of store.list("Mark")) {
        marks[String(key)] = (value as { times: number }).times;
      }
      return marks;
    },
  };
}
