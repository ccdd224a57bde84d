import type { Adapter } from "../adapter/adapter.ts";
import { checkArguments } from "./check-arguments.ts";
import { Follower } from "./follower.ts";
import type { PersistOptions } from "./options.ts";
import type { Persistence } from "./persistence.ts";
import type { PersistTarget } from "./target.ts";

/**
 * Keeps a Ramify store, or one of its collections, in storage. Resolves when the stored documents are in memory; from
 * the call on, writes what changes in the background.
 *
 * What was changed in memory before or while documents are read wins over what is read. After that only what
 * changed is written: the newest state of each document, in the order in which the documents first changed, in
 * commits as large as the adapter allows, one at a time. A document counts as saved when storage has acknowledged the
 * very state that it has.
 *
 * Several `persist` calls may share an adapter. The processor's instances belong in other types than the documents of
 * the collections.
 *
 * @throws {TypeError} when the target is neither a store nor a collection, or an option is misspelt or of the wrong
 * kind.
 * @throws {Error} when storage cannot be read after `retry.attempts`, or was written by a later schema version.
 *
 * @example Read at the start, write behind, finish at the end
 * ```ts
 * import { MemoryStore, persist, Ramify, type Schema } from "rian";
 *
 * const db = new Ramify().createStore<{ todos: Schema<{ id: number; title: string }, "id"> }>({
 *   todos: { primaryKey: "id" },
 * });
 * const storage = new MemoryStore();
 * const saved = await persist(db, storage);
 * db.todos.add({ id: 1, title: "Write" });
 * await saved.flush();
 * if ((await storage.load("todos", "1")) !== null) throw new Error("1 and '1' are different keys");
 * console.log((await storage.get("todos", 1))?.value); // { id: 1, title: "Write" }
 * await saved.close();
 * ```
 */
export async function persist(
  target: PersistTarget,
  adapter: Adapter,
  options: PersistOptions = {},
): Promise<Persistence> {
  const follower = new Follower(target, adapter, checkArguments({ adapter, options }).options);
  await follower.open();
  return follower;
}
