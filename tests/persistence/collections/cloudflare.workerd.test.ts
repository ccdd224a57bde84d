import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { CloudflareKvStore, type KvBinding } from "../../../adapters/cloudflare-kv.ts";
import { type DurableObjectBinding, DurableObjectStore } from "../../../adapters/durable-object.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { createProcessor } from "../../../src/processor/mod.ts";
import { Ramify, type Schema } from "../../../src/store/mod.ts";
import { edits, followsDeletion, rewritesAfter, stopsAfter } from "./cleared-scenario.ts";
import { persistThroughFaults } from "./fault-scenario.ts";
import { simulateOn } from "./platform-simulation.ts";
import { stored, TestClock, todoStore } from "./support.ts";

const types = ["todos", "lists", "docs", "rian.collections"];
const drop = types.map((type) => `drop table if exists "${type}"`);

async function emptyD1(): Promise<typeof env.DB> {
  await env.DB.batch(drop.map((sql) => env.DB.prepare(sql)));
  return env.DB;
}

function emptied<Storage extends DurableObjectBinding>(storage: Storage): Storage {
  for (const sql of drop) storage.sql.exec(sql);
  return storage;
}

async function emptyKv(): Promise<typeof env.KV> {
  const clean = new CloudflareKvStore(env.KV);
  for (const type of types) await clean.clear(type);
  return env.KV;
}

test("storage ends up equal to memory whichever call to D1 fails", async () => {
  const tried = await persistThroughFaults({
    create: emptyD1,
    open: (database) => new D1Store(database),
  });
  expect(tried).toBeGreaterThan(20);
});

test("storage equals memory once calls to D1 work again, whichever of them have failed", async () => {
  await simulateOn({ runs: 20, create: emptyD1, open: (database) => new D1Store(database) });
});

test("storage ends up equal to memory whichever call to Workers KV fails", async () => {
  const tried = await persistThroughFaults({
    create: emptyKv,
    open: (namespace) => new CloudflareKvStore(namespace),
  });
  expect(tried).toBeGreaterThan(20);
});

test("storage equals memory once calls to Workers KV work again, whichever of them have failed", async () => {
  await simulateOn({ runs: 20, create: emptyKv, open: (kv) => new CloudflareKvStore(kv) });
});

test("storage ends up equal to memory whichever call to an object's storage fails", async () => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName("persist"));
  const tried = await runInDurableObject(stub, (_, { storage }) => {
    return persistThroughFaults({
      create: () => emptied(storage),
      open: (own) => new DurableObjectStore(own),
    });
  });
  expect(tried).toBeGreaterThan(10);
});

test("storage equals memory once calls to an object's storage work again, whichever of them have failed", async () => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName("simulated"));
  await runInDurableObject(stub, (_, { storage }) => {
    return simulateOn({
      runs: 50,
      create: () => emptied(storage),
      open: (own) => new DurableObjectStore(own),
    });
  });
});

for (const [first, edit] of Object.entries(edits)) {
  test(`${first} after an object's deleteAll is not stored, stays in memory and is reported`, async () => {
    const stub = env.STORAGE.get(env.STORAGE.newUniqueId());
    await runInDurableObject(stub, (_, { storage }) => {
      const open = () => new DurableObjectStore(storage);
      return stopsAfter(edit, { open, clear: () => storage.deleteAll() });
    });
  });

  test(`${first} after an object's deleteAll stores all of memory again with onCleared "rewrite"`, async () => {
    const stub = env.STORAGE.get(env.STORAGE.newUniqueId());
    await runInDurableObject(stub, (_, { storage }) => {
      const open = () => new DurableObjectStore(storage);
      return rewritesAfter(edit, { open, clear: () => storage.deleteAll() });
    });
  });

  test(`${first} after the tables of D1 were dropped is not stored, stays in memory and is reported`, async () => {
    await emptyD1();
    await stopsAfter(edit, { open: () => new D1Store(env.DB), clear: emptyD1 });
  });

  test(`${first} after the tables of D1 were dropped stores all of memory again with onCleared "rewrite"`, async () => {
    await emptyD1();
    await rewritesAfter(edit, { open: () => new D1Store(env.DB), clear: emptyD1 });
  });
}

test("a deletion of all documents by another program is followed as such in D1", async () => {
  await emptyD1();
  await followsDeletion({ open: () => new D1Store(env.DB), clear: emptyD1 });
});

test("Workers KV that was cleared is noticed by the first write after a minute", async () => {
  const open = () => new CloudflareKvStore(env.KV);
  const clock = new TestClock();
  for (const onCleared of ["stop", "rewrite"] as const) {
    await emptyKv();
    const db = todoStore();
    const saved = await persist(db, open(), { clock, onCleared, onError: () => {} });
    db.todos.add({ id: 1, title: "one" });
    await clock.until(saved.flush());
    await emptyKv();
    await clock.advance(60_000);
    db.todos.add({ id: 2, title: "two" });
    await clock.until(saved.flush()).catch(() => {});
    expect(saved.status).toBe(onCleared === "stop" ? "cleared" : "saved");
    expect([...(await stored(open(), "todos")).keys()]).toEqual(onCleared === "stop" ? [] : [1, 2]);
    expect(db.todos.count()).toBe(2);
    await saved.close();
  }
});

test("Workers KV gets no key twice within a second, and a 429 loses nothing", async () => {
  const clean = new CloudflareKvStore(await emptyKv());
  const clock = new TestClock();
  const puts = new Map<string, number>();
  let refusals = 2;
  /** The local KV takes every write; this one is as strict as the platform. */
  const strict: KvBinding = {
    get: env.KV.get.bind(env.KV) as KvBinding["get"],
    list: (options) => env.KV.list(options),
    delete: (name) => env.KV.delete(name),
    put(name, value, options) {
      const isTooSoon = clock.now() - (puts.get(name) ?? 0) < 1_000;
      puts.set(name, clock.now());
      if (isTooSoon) throw new Error(`KV PUT failed: 429 Too Many Requests for ${name}`);
      if (name.endsWith("todos/1") && refusals-- > 0) throw new Error("KV PUT failed: 429");
      return env.KV.put(name, value, options);
    },
  };
  const errors: string[] = [];
  const db = todoStore();
  const saved = await clock.until(persist(db, new CloudflareKvStore(strict), {
    clock,
    debounce: 0,
    storageTimeout: 1e9,
    retry: { minDelay: 1 },
    onError: (error) => errors.push(String(error)),
  }));
  for (let change = 0; change < 30; change++) {
    db.todos.put({ id: change % 3, title: `change ${change}` });
    await clock.advance(100);
  }
  await clock.until(saved.close());
  expect(errors.filter((error) => error.includes("for rian"))).toEqual([]);
  expect(saved.status).toBe("closed");
  expect((await stored(clean, "todos")).get(1)).toEqual({ id: 1, title: "change 28" });
});

test("two isolates merge what each has changed", async () => {
  await emptyD1();
  const [mine, theirs] = [todoStore(), todoStore()];
  mine.todos.add({ id: 1, title: "origin" });
  const savedMine = await persist(mine, new D1Store(env.DB));
  await savedMine.flush();
  const savedTheirs = await persist(theirs, new D1Store(env.DB));
  mine.todos.update(1, { done: true });
  theirs.todos.update(1, { list: "home" });
  await Promise.all([savedMine.close(), savedTheirs.close()]);
  const merged = { id: 1, title: "origin", done: true, list: "home" };
  expect((await new D1Store(env.DB).get("todos", 1))?.value).toEqual(merged);
});

test("each request reads its instance's collection, runs an event and stores the result in the background", async () => {
  const handlers = {
    Counter: {
      mount: ({ id }: { id: string }) => ({ id, count: 0 }),
      increment: (_: unknown, state: { id: string; count: number }) => ({
        ...state,
        count: state.count + 1,
      }),
    },
  };

  /** Handles one request as a Worker does. */
  async function request(event: string): Promise<{ patches: unknown[]; work: Promise<unknown>[] }> {
    const work: Promise<unknown>[] = [];
    const db = new Ramify().createStore<{ Counter: Schema<{ id: string; count: number }, "id"> }>({
      Counter: { primaryKey: "id" },
    });
    await persist(db, new D1Store(env.DB), {
      debounce: 0,
      waitUntil: (promise) => work.push(promise),
    });
    const process = createProcessor(handlers, db);
    return { patches: await process({ type: "Counter", instance: "visits", event }), work };
  }

  for (const event of ["mount", "increment", "increment"]) {
    const { work } = await request(event);
    expect(work.length).toBe(1);
    await Promise.all(work);
  }
  const stored = await new D1Store(env.DB).get("Counter", "visits");
  expect(stored?.value).toEqual({ id: "visits", count: 2 });
});
