import type { Adapter } from "../../src/persistence/adapter.ts";
import { equal } from "../../src/persistence/collections/equal.ts";
import { persist } from "../../src/persistence/collections/mod.ts";
import { type Moment, withFault } from "../adapters/faults.ts";
import { HastyClock, stored, todoStore } from "./support.ts";

/** How the scenario opens its platform, and an adapter on it. */
export interface FaultScenario<Platform extends object> {
  /** A platform with nothing in it. */
  readonly create: () => Platform | Promise<Platform>;
  readonly open: (platform: Platform) => Adapter;
  /** Makes a call fail, where a platform cannot simply be wrapped. */
  readonly inject?: typeof withFault<Platform>;
}

/**
 * Writes behind on a real platform, over and over, with each call to the platform failing in turn, before and
 * after it took effect. Whatever fails, `persist` gets over it, and storage ends as memory does.
 *
 * @returns How many faults were tried.
 */
export async function persistThroughFaults<Platform extends object>(
  { create, open, inject = withFault }: FaultScenario<Platform>,
): Promise<number> {
  let tried = 0;
  for (const moment of ["before", "after"] as Moment[]) {
    for (let failing = 1;; failing++) {
      const platform = await create();
      const clean = open(platform);
      await clean.commit([
        { type: "todos", key: 1, value: { id: 1, title: "stored" } },
        { type: "lists", key: "home", value: { name: "home" } },
      ]);
      const faulty = inject(platform, { failing, moment });
      const db = todoStore();
      const saved = await persist(db, open(faulty.platform), {
        clock: new HastyClock(),
        retry: { timeout: Infinity },
        onError: () => {},
      });
      db.todos.update(1, { title: "changed" });
      db.todos.bulkAdd([2, 3, 4].map((id) => ({ id, title: "new" })));
      db.lists.put({ name: "home", color: "red" });
      await saved.flush();
      db.todos.update(2, { done: true });
      db.todos.delete(3);
      db.lists.clear();
      db.lists.add({ name: "work" });
      await saved.close();
      if (faulty.calls() < failing) break;
      tried++;
      const found = [await stored(clean, "todos"), await stored(clean, "lists")];
      const expected = [
        new Map<unknown, unknown>(db.todos.toArray().map((todo) => [todo.id, todo])),
        new Map<unknown, unknown>(db.lists.toArray().map((list) => [list.name, list])),
      ];
      if (equal(found, expected)) continue;
      const seen = JSON.stringify(found.map((each) => [...each]));
      throw new Error(`Call ${failing} failing ${moment} it took effect left ${seen}`);
    }
  }
  return tried;
}
