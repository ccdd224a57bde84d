/** A small program over every entry, for the type checker; nothing runs it. */
import Database from "better-sqlite3";
import { Hono } from "hono";
import {
  createProcessor,
  type DefinedHandler,
  defineHandler,
  type Hub,
  liveQuery,
  type Patch,
  persist,
  Ramify,
  type Schema,
  type StandardSchema,
} from "rian";
import { encodeKey, type Key, type TextAdapter } from "rian/adapter";
import { connect } from "rian/client";
import { type D1Binding, D1Store } from "rian/cloudflare-d1";
import { CloudflareKvStore, type KvBinding } from "rian/cloudflare-kv";
import { type DenoKvBinding, DenoKvStore } from "rian/deno-kv";
import { type DurableObjectBinding, DurableObjectStore } from "rian/durable-object";
import {
  broadcastHub,
  channelHub,
  denoKvHub,
  type InstanceNamespace,
  nascObject,
  type NascObjectClass,
  type NewsChannel,
  sqliteHub,
} from "rian/edge";
import { attachNasc, nasc } from "rian/hono";
import { IndexedDbStore } from "rian/indexed-db";
import { jsonSchema } from "rian/json-schema";
import { LocalStorageStore } from "rian/local-storage";
import { useLiveQuery as useInReact } from "rian/react";
import { createLiveQuery } from "rian/solid";
import { SqliteStore } from "rian/sqlite";
import { SqliteMappedStore } from "rian/sqlite-mapped";
import { attachPage } from "rian/ssr";
import { harness, testAdapter } from "rian/testing";
import { useLiveQuery as useInVue } from "rian/vue";

interface Todo {
  readonly id: number;
  readonly title: string;
  readonly done: boolean;
}

/** What the platforms hand out. */
interface Bindings {
  readonly DB: D1Binding;
  readonly KV: KvBinding;
  readonly storage: DurableObjectBinding;
  readonly denoKv: DenoKvBinding;
}

const db = new Ramify().createStore<{ todos: Schema<Todo, "id"> }>({
  todos: { primaryKey: "id", indexes: ["done"] },
});

function openTodos(): Todo[] {
  return db.todos.where("done").equals(false).toArray();
}

export const openTitles: readonly string[] = [
  ...liveQuery(openTodos).getSnapshot(),
  ...useInReact(openTodos),
  ...useInVue(openTodos).value,
  ...createLiveQuery(openTodos)(),
].map(({ title }) => title);

export async function follow(): Promise<void> {
  await using saved = await persist(db, new IndexedDbStore(indexedDB));
  using connection = connect({ baseUrl: "/nasc" });
  await saved.flush();
  await connection.send("Counter", "visits", "add", 1);
}

export const handlers = {
  Counter: {
    mount: (): { count: number } => ({ count: 0 }),
    add: (by: number, { count }: { count: number }): { count: number } => ({ count: count + by }),
  },
};

export const by: StandardSchema<{ by: number }> = jsonSchema<{ by: number }>({ type: "object" });

// TypeScript before 5.7 infers no parameters of events.
export const defined: DefinedHandler = defineHandler<{ user: string }>()({
  mount: () => ({ count: 0 }),
  schemas: { add: by },
  add: (payload: { by: number }, { count }: { count: number }) => ({ count: count + payload.by }),
});

export const app: Hono<{ Bindings: Bindings }> = new Hono();
const attached = attachNasc({ app, handlers, store: (context) => new D1Store(context.env.DB) });
attachPage(app, "/visits", `<p na-scope="Counter:visits" na-bind="count"></p>`, { nasc: attached });

const objects: NascObjectClass = nascObject({ handlers });
export class Nasc extends objects {}
export const edge: Hono<{ Bindings: { NASC: InstanceNamespace } }> = nasc({
  handlers,
  instances: (context) => context.env.NASC,
});

export function send(store: SqliteStore): Promise<Patch[]> {
  const process = createProcessor(handlers, store);
  return process({ type: "Counter", instance: "visits", event: "add", payload: 1 });
}

export function openEach({ DB, KV, storage, denoKv }: Bindings): TextAdapter[] {
  return [
    new CloudflareKvStore(KV),
    new DenoKvStore(denoKv),
    new DurableObjectStore(storage),
    new LocalStorageStore(localStorage),
    new SqliteMappedStore(DB, { mapping: {}, schema: { $defs: {} } }),
    new SqliteStore(new Database(":memory:")),
    new SqliteStore("app.sqlite"),
  ];
}

export function connectEach(store: SqliteStore, kv: DenoKvBinding, channel: NewsChannel): Hub[] {
  using own = channelHub(channel);
  return [own, broadcastHub(), denoKvHub(kv), sqliteHub(store)];
}

export const key: Key = encodeKey(1);
export const cases: readonly string[] = testAdapter("LocalStorageStore", () => {
  return new LocalStorageStore(localStorage);
}).map(({ name }) => name);

export const counted: Promise<number | undefined> = harness({
  Counter: { mount: () => ({ count: 0 }), add: (by: number) => ({ count: by }) },
}).send("Counter", "visits", "add", 1).then(({ state }) => state?.count);
