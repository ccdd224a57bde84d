import { describe, expect, test } from "vitest";
import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import { persist, type Persistence } from "../../../src/persistence/collections/mod.ts";
import { epochEntry, stored, type TodoStore, todoStore } from "./support.ts";

/** A platform whose storage can be cleared from outside. */
export interface ClearablePlatform {
  /** Opens an adapter on the storage; each call opens another. */
  readonly open: () => Adapter | Promise<Adapter>;
  /** Removes all that the storage has, behind the back of the adapters. */
  readonly clear: () => unknown;
}

/** The edits that may come first after a storage was cleared. */
export const edits: Readonly<Record<string, (db: TodoStore) => unknown>> = {
  "an update": (db) => db.todos.update(1, { title: "edited" }),
  "a new document": (db) => db.todos.add({ id: 3, title: "new" }),
  "an update and a new document": (db) => {
    db.todos.update(1, { title: "edited" });
    db.lists.add({ name: "new" });
  },
  "a deletion": (db) => db.todos.delete(1),
  "a clear": (db) => db.lists.clear(),
};

interface Opened {
  readonly db: TodoStore;
  readonly saved: Persistence;
  readonly errors: readonly string[];
}

async function opened(
  { open }: ClearablePlatform,
  onCleared?: "stop" | "rewrite",
): Promise<Opened> {
  const errors: string[] = [];
  const db = todoStore();
  const saved = await persist(db, await open(), {
    debounce: 1,
    version: { todos: 2 },
    ...onCleared && { onCleared },
    onError: (error) => errors.push((error as Error).message),
  });
  db.todos.bulkAdd([{ id: 1, title: "one" }, { id: 2, title: "two" }]);
  db.lists.add({ name: "home" });
  await saved.flush();
  return { db, saved, errors };
}

/** Returns the documents in storage, and whether it has an epoch, as a new adapter reads them. */
async function contentOf({ open }: ClearablePlatform): Promise<unknown[]> {
  const adapter = await open();
  const epoch = await adapter.get(epochEntry.type, epochEntry.key);
  const content = [
    [...(await stored(adapter, "todos")).values()],
    [...(await stored(adapter, "lists")).values()],
    epoch !== undefined,
  ];
  await adapter.close();
  return content;
}

/** Clears a storage under a living `persist`, which then writes nothing, loses nothing of memory and says so. */
export async function stopsAfter(
  edit: (db: TodoStore) => unknown,
  platform: ClearablePlatform,
): Promise<void> {
  const { db, saved, errors } = await opened(platform);
  await platform.clear();
  edit(db);
  const [todos, lists] = [db.todos.toArray(), db.lists.toArray()];
  await expect(saved.flush()).rejects.toThrow(
    'it was cleared after its documents were read; call persist again, or pass onCleared: "rewrite"',
  );
  expect(saved.status).toBe("cleared");
  expect(errors).toEqual([expect.stringContaining("it was cleared after")]);
  // What is edited from now on stays in memory, too, and nobody waits for it.
  db.todos.put({ id: 9, title: "later" });
  await expect(saved.flush()).rejects.toThrow("it was cleared after");
  expect(db.todos.toArray()).toEqual([...todos, { id: 9, title: "later" }]);
  expect(db.lists.toArray()).toEqual(lists);
  expect(await contentOf(platform)).toEqual([[], [], false]);
  await saved.close();
  expect(saved.status).toBe("closed");
  expect(await contentOf(platform)).toEqual([[], [], false]);
}

/** Clears a storage under a living `persist` with `onCleared: "rewrite"`, which then stores all of memory again. */
export async function rewritesAfter(
  edit: (db: TodoStore) => unknown,
  platform: ClearablePlatform,
): Promise<void> {
  const { db, saved, errors } = await opened(platform, "rewrite");
  await platform.clear();
  edit(db);
  await saved.flush();
  expect(saved.status).toBe("saved");
  expect(errors).toEqual([expect.stringContaining("what memory has is stored anew")]);
  const byId = db.todos.toArray().sort((a, b) => a.id - b.id);
  expect(await contentOf(platform)).toEqual([byId, db.lists.toArray(), true]);
  db.todos.put({ id: 8, title: "later" });
  await saved.close();
  // The schema version is there again, so an earlier program is refused.
  const adapter = await platform.open();
  await expect(persist(todoStore(), adapter)).rejects.toThrow("stored in schema version 2");
  const again = todoStore();
  await (await persist(again, adapter, { version: { todos: 2 } })).close();
  expect(again.todos.toArray()).toEqual([...byId, { id: 8, title: "later" }]);
  await adapter.close();
}

/** Deletes all documents of a living `persist` as another program does, which is not a clearing. */
export async function followsDeletion(platform: ClearablePlatform): Promise<void> {
  const { db, saved, errors } = await opened(platform);
  const other = await platform.open();
  await other.clear("todos");
  db.todos.update(1, { title: "edited" });
  db.todos.add({ id: 3, title: "new" });
  await saved.flush();
  expect(saved.status).toBe("saved");
  expect(errors).toEqual([expect.stringContaining("Cannot keep title of todos/1")]);
  expect(db.todos.get(1)).toBe(undefined);
  expect(await contentOf(platform)).toEqual([[{ id: 3, title: "new" }], [{ name: "home" }], true]);
  await saved.close();
  await other.close();
  await platform.clear();
}

/** Tries every first edit on platforms whose storage is cleared. */
export function testClearing(
  platforms: Readonly<Record<string, () => ClearablePlatform>>,
): void {
  for (const [name, platform] of Object.entries(platforms)) {
    describe(`over ${name}`, () => {
      for (const [first, edit] of Object.entries(edits)) {
        test(`${first} after everything was deleted is not stored, stays in memory and is reported`, () => {
          return stopsAfter(edit, platform());
        });

        test(`${first} after everything was deleted stores all of memory again with onCleared "rewrite"`, () => {
          return rewritesAfter(edit, platform());
        });
      }

      test("a deletion of all documents by another program is followed as such", () => {
        return followsDeletion(platform());
      });
    });
  }
}
