import { afterAll, expect, test } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import {
  type ClearablePlatform,
  edits,
  followsDeletion,
  rewritesAfter,
  stopsAfter,
} from "./cleared-scenario.ts";
import { persistThroughFaults } from "./fault-scenario.ts";
import { simulateOn } from "./platform-simulation.ts";
import { stored, todoStore } from "./support.ts";

const opened: Deno.Kv[] = [];
afterAll(() => {
  for (const kv of opened) kv.close();
});

async function openKv(): Promise<Deno.Kv> {
  const kv = await Deno.openKv(":memory:");
  opened.push(kv);
  return kv;
}

test("storage ends up equal to memory whichever call to Deno KV fails", async () => {
  const tried = await persistThroughFaults({ create: openKv, open: (kv) => new DenoKvStore(kv) });
  expect(tried).toBeGreaterThan(20);
});

test("storage equals memory once calls to Deno KV work again, whichever of them have failed", async () => {
  await simulateOn({ runs: 30, create: openKv, open: (kv) => new DenoKvStore(kv) });
});

/** A Deno KV from which another program deletes every key. */
async function clearableKv(): Promise<ClearablePlatform> {
  const kv = await openKv();
  return {
    open: () => new DenoKvStore(kv),
    async clear() {
      for await (const { key } of kv.list({ prefix: [] })) await kv.delete(key);
    },
  };
}

for (const [first, edit] of Object.entries(edits)) {
  test(`${first} after all keys of Deno KV were deleted is not stored, stays in memory and is reported`, async () => {
    await stopsAfter(edit, await clearableKv());
  });

  test(`${first} after all keys of Deno KV were deleted stores all of memory again with onCleared "rewrite"`, async () => {
    await rewritesAfter(edit, await clearableKv());
  });
}

test("a deletion of all documents by another program is followed as such in Deno KV", async () => {
  await followsDeletion(await clearableKv());
});

test("persistence is failing and memory keeps every change after its Deno KV was closed", async () => {
  const kv = await Deno.openKv(":memory:");
  const db = todoStore();
  const saved = await persist(db, new DenoKvStore(kv), {
    retry: { attempts: 2, minDelay: 0 },
    onError: () => {},
  });
  kv.close();
  db.todos.add({ id: 1, title: "a" });
  await expect(saved.flush()).rejects.toThrow("1 documents are in memory only");
  expect({ status: saved.status, pending: saved.pending }).toEqual({
    status: "failing",
    pending: 1,
  });
  expect(db.todos.count()).toBe(1);
  await expect(saved.close()).rejects.toThrow("Cannot save all changes to Deno KV");
  expect(saved.status).toBe("closed");
});

test("1,500 documents of 2 kB are saved in as many atomic operations as Deno KV needs", async () => {
  const storage = new DenoKvStore(await openKv());
  const db = todoStore();
  const saved = await persist(db, storage);
  db.todos.bulkAdd(Array.from({ length: 1_500 }, (_, id) => ({ id, title: "x".repeat(2_000) })));
  await saved.flush();
  const again = todoStore();
  await using _again = await persist(again, storage);
  expect(again.todos.count()).toBe(1_500);
  expect(again.todos.get(777)).toEqual(db.todos.get(777));
  await saved.close();
});

test("documents of 60 kB, of which few fit into one atomic operation, are all saved", async () => {
  const storage = new DenoKvStore(await openKv());
  const db = todoStore();
  await using saved = await persist(db, storage);
  db.todos.bulkAdd(Array.from({ length: 50 }, (_, id) => ({ id, title: "x".repeat(60_000) })));
  await saved.flush();
  expect((await stored(storage, "todos")).size).toBe(50);
});

test("two stores that watch one Deno KV see each other's changes", async () => {
  const kv = await openKv();
  const [mine, theirs] = [todoStore(), todoStore()];
  const storages = [new DenoKvStore(kv, { watch: true }), new DenoKvStore(kv, { watch: true })];
  const savedMine = await persist(mine, storages[0]!);
  const savedTheirs = await persist(theirs, storages[1]!);
  theirs.todos.add({ id: 1, title: "theirs" });
  await savedTheirs.flush();
  await expect.poll(() => mine.todos.get(1)).toEqual({
    id: 1,
    title: "theirs",
  });
  mine.todos.update(1, { done: true });
  await savedMine.flush();
  await expect.poll(() => theirs.todos.get(1)?.done).toBe(true);
  await savedMine.close();
  await savedTheirs.close();
  for (const storage of storages) await storage.close();
});
