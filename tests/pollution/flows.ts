/**
 * What an application does with each part of Rian, in steps whose results are the same each time.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { Hono } from "hono";
import { SqliteStore } from "../../adapters/sqlite.ts";
import {
  type Adapter,
  applyEvent,
  createProcessor,
  diff,
  type Handlers,
  type InstanceStore,
  liveQuery,
  MemoryStore,
  NascError,
  persist,
  Ramify,
  type Schema,
  type Write,
} from "../../mod.ts";
import { createNasc } from "../../src/router/mod.ts";
import { applyUpdates, updatesOf } from "../../src/processor/apply-patches.ts";
import { applyOperations } from "../../src/processor/operations/apply-operations.ts";
import { makeOperations } from "../../src/processor/operations/make-operations.ts";
import type { Operation } from "../../src/processor/operations/operation.ts";
import type { Patch } from "../../mod.ts";

interface Todo {
  readonly id: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly done?: boolean;
}

type Definition = { todos: Schema<Todo, "id"> };

/** Each flow returns what it saw, as plain JSON. */
export type Flow = () => Promise<unknown>;

function openDb() {
  return new Ramify().createStore<Definition>({
    todos: { primaryKey: "id", indexes: ["title"], multiEntry: ["tags"] },
  });
}

const milk: Todo = { id: "1", title: "Milk", tags: ["shop"] };
const bread: Todo = { id: "2", title: "Bread", tags: ["shop", "bake"] };

async function store(): Promise<unknown> {
  const seen: unknown[] = [];
  const db = openDb();
  const query = liveQuery(() => db.todos.where("tags").equals("shop").toArray().length);
  const end = query.subscribe((count) => void seen.push(count));
  db.todos.subscribe((type, keys) => void seen.push([type, keys]));
  db.todos.bulkAdd([milk, bread]);
  db.todos.update("1", { done: true });
  db.transaction(() => db.todos.put({ ...bread, title: "Cake" }));
  seen.push(db.todos.where("title").equals("Cake").toArray(), db.todos.sortBy("title").toArray());
  seen.push(db.todos.delete("2"), db.todos.toArray());
  await Promise.resolve();
  end();
  return seen;
}

async function listed(adapter: Adapter, options?: Parameters<Adapter["list"]>[1]) {
  const found: unknown[] = [];
  for await (const entry of adapter.list("todos", options)) {
    found.push(Object.entries(entry).filter(([name]) => name !== "version"));
  }
  return found;
}

async function adapter(open: Adapter): Promise<unknown> {
  const seen: unknown[] = [];
  const put = (key: string, value: unknown, more: object = {}): Write => ({
    type: "todos",
    key,
    value,
    ...more,
  });
  const [version] = await open.commit([put("1", milk), put("2", bread, { metadata: { rev: 1 } })]);
  await open.commit([put("1", { ...milk, due: new Date(0) }, { ifVersion: version })]);
  seen.push(await listed(open), await listed(open, { limit: 1, reverse: true }));
  seen.push(await open.commit([put("1", {}, { ifVersion: "never" })]).catch(nameOf));
  seen.push(await open.commit([{ type: "todos", key: "1" } as Write]).catch(nameOf));
  const entry = await open.get("todos", "2");
  await open.commit([
    { type: "todos", key: "2", check: true, ifVersion: entry!.version },
    { type: "todos", key: "1", delete: true },
  ]);
  seen.push(await listed(open), await open.load("todos", "1"), Object.keys(entry!));
  await open.clear("todos");
  seen.push(await listed(open));
  await open.close();
  return seen;
}

async function persisted(open: Adapter): Promise<unknown> {
  const db = openDb();
  db.todos.add(milk);
  const saved = await persist(db, open);
  db.todos.add(bread);
  db.todos.update("1", { done: true });
  await saved.flush();
  const again = openDb();
  const loaded = await persist(again, open);
  const seen = [again.todos.toArray(), saved.status, saved.pending, await listed(open)];
  db.todos.delete("2");
  await saved.close();
  await loaded.close();
  return [...seen, await listed(open)];
}

function nameOf(error: unknown): string {
  return `${(error as Error).name}: ${(error as Error).message}`;
}

const handlers: Handlers = {
  todos: {
    mount: ({ id }) => ({ id, title: "", tags: [] }),
    rename(payload, state, { user, env, eventId }) {
      if (payload === undefined) throw new NascError("no-title", "A title, please");
      return { ...state, title: payload, tags: [typeof user, typeof env, eventId] };
    },
    async both(title, state, context) {
      await context.update("todos", "other", (other) => ({ ...other, title }));
      return { ...state, title };
    },
    remove: ({ ...state }) => ({ id: "1", ...state }),
    fail() {
      throw new Error("no more");
    },
  },
};

const first = { type: "todos", instance: "1" } as const;

async function processed(open: InstanceStore): Promise<unknown> {
  const errors: string[] = [];
  const run = createProcessor(handlers, open, { onError: (error) => errors.push(nameOf(error)) });
  const seen = [
    await run({ ...first, event: "mount", eventId: "m" }),
    await run({ instance: "todos:1", event: "rename", payload: "A", eventId: "a" } as never),
    await run({ ...first, event: "rename", payload: "A", eventId: "a" }),
    await run({ ...first, event: "rename", eventId: "b" }, { user: "ada" }),
    await run({ ...first, event: "fail", eventId: "c" }),
    await run({ ...first, event: "both", payload: "B", eventId: "d" }),
    await run({ ...first, event: "unknown", eventId: "e" }),
    await run({ event: "mount" } as never).then(([{ ...patch }]) => ({ ...patch, eventId: "" })),
    await run({ ...first, event: "mount", eventId: "f" }),
  ];
  let state = {};
  for (const patches of seen.slice(0, -2) as Patch[][]) {
    state = applyUpdates(state, updatesOf(patches, { type: "todos", id: "1" }));
  }
  return [seen, errors, Object.entries(state)];
}

async function steps(): Promise<unknown> {
  const { diff: changed, newState } = await applyEvent({
    handler: handlers["todos"]!,
    event: "rename",
    payload: "A",
    current: { title: "" },
    type: "todos",
    id: "1",
    dryRun: true,
  });
  const store = new MemoryStore();
  // A new instance would have an epoch of its own each time.
  const metadata = { rev: 1, epoch: "e", log: "[]" };
  await store.commit([{ type: "todos", key: "1", value: {}, metadata }]);
  await applyEvent({
    handler: handlers["todos"]!,
    event: "rename",
    payload: "A",
    current: {},
    store,
    type: "todos",
    id: "1",
  });
  return [changed, newState, diff({ a: 1 }, { b: 2 }), await listed(store)];
}

async function operated(): Promise<unknown> {
  const rows = [1, 2, 3, 4].map((id) => ({ id, text: "text ".repeat(20), of: [{ n: id }] }));
  const before = { rows, none: rows.map(({ of }) => of), list: ["a", "b", "c"], gone: 1 };
  const after = {
    rows: [...rows.slice(1), { ...rows[0]!, text: "new", more: { a: null } }],
    none: [...before.none.slice(1), [{ n: 5 }]],
    list: ["b", "c", "d"],
    came: new Date(0),
  };
  const operations = makeOperations(before, after);
  const refused = [{}, { op: "add" }, { op: "add", path: "/a" }, { op: "move", path: "/a" }]
    .concat({ op: "remove", path: "/value" }, { op: "remove", path: "/rows/0/limit" })
    .map((operation) => {
      try {
        return applyOperations(before, [operation as Operation]);
      } catch (error) {
        return String(error);
      }
    });
  const applied = applyOperations(before, operations!) as typeof after;
  const kept = applied.rows[0] === rows[1];
  // JSON.stringify reads no inherited properties; entries show which the new objects have.
  return [operations, applied, Object.entries(applied.rows[3]!), kept, refused];
}

async function served(): Promise<unknown> {
  const errors: string[] = [];
  const nasc = createNasc({
    handlers,
    authorize: () => true,
    hosts: ["rian.test"],
    store: new MemoryStore(),
    schemaProvider: { todos: { type: "object", properties: { title: { type: "string" } } } },
    onError: (error) => errors.push(nameOf(error)),
  });
  const app = new Hono().route("/nasc", nasc.app);
  const seen: unknown[] = [];
  async function answer(path: string, init?: RequestInit): Promise<void> {
    const response = await app.request(`http://rian.test/nasc${path}`, init);
    seen.push([response.status, await response.text()]);
  }
  const post = (body: unknown, type = "application/json") =>
    answer("/event", {
      method: "POST",
      headers: { "content-type": type },
      body: JSON.stringify(body),
    });
  await post({ ...first, event: "mount", eventId: "m" });
  await post([{ ...first, event: "rename", payload: "A", eventId: "a" }, {
    ...first,
    event: "rename",
    eventId: "b",
  }]);
  await post({ ...first, event: "fail", eventId: "c" });
  await answer("/event?type=todos&instance=1&event=rename", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "none" },
    body: "title=B",
  });
  for (const path of ["/schema", "/schema/todos", "/manifest", "/health"]) await answer(path);
  const stream = await app.request("http://rian.test/nasc/stream?scope=todos:1&scope=nothing:1");
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.split("\n\n").length < 4) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  seen.push(stream.status, text);
  await nasc.process({ ...first, event: "rename", payload: "C", eventId: "g" });
  seen.push((await reader.read()).value);
  await reader.cancel();
  // The form's event has an id of its own.
  return JSON.parse(
    JSON.stringify([seen, errors]).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "uuid"),
  );
}

/** The flows, by the rooms that they go through. */
export const flows: Readonly<Record<string, Flow>> = {
  "src/store": store,
  "MemoryStore": () => adapter(new MemoryStore()),
  "SqliteStore": () => adapter(new SqliteStore(new DatabaseSync(":memory:"))),
  "persist": () => persisted(new MemoryStore()),
  "a processor on MemoryStore": () => processed(new MemoryStore()),
  "a processor on SqliteStore": () => processed(new SqliteStore(new DatabaseSync(":memory:"))),
  "a processor on a Map": () => processed(new Map()),
  "a processor on a plain store": () => {
    const states = new Map<string, unknown>();
    return processed({
      load: async (_type, id) => await states.get(id) ?? null,
      persist: async (_type, id, _diff, full) => void await states.set(id, full),
    });
  },
  "a processor on a Ramify db": () => processed(openDb()),
  "applyEvent and diff": steps,
  "operations": operated,
  "the router": served,
};
