import { persist } from "../../../src/persistence/collections/mod.ts";
import { equal } from "../../../src/shared/equal.ts";
import { eachFault, type FaultScenario } from "../../adapters/faults/each-fault.ts";
import { HastyClock, stored, todoStore } from "./support.ts";

/**
 * Writes behind on a real platform, with each of its calls failing in one run: `persist` recovers, and storage ends up
 * equal to memory. Returns how many faults were tried.
 */
export function persistThroughFaults<Platform extends object>(
  scenario: FaultScenario<Platform>,
): Promise<number> {
  return eachFault(scenario, async ({ clean, openFaulty, fault }) => {
    await clean.commit([
      { type: "todos", key: 1, value: { id: 1, title: "stored" } },
      { type: "lists", key: "home", value: { name: "home" } },
    ]);
    const db = todoStore();
    const saved = await persist(db, openFaulty(), {
      clock: new HastyClock(),
      storageTimeout: Infinity,
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
    return async () => {
      const found = [await stored(clean, "todos"), await stored(clean, "lists")];
      const expected = [
        new Map<unknown, unknown>(db.todos.toArray().map((todo) => [todo.id, todo])),
        new Map<unknown, unknown>(db.lists.toArray().map((list) => [list.name, list])),
      ];
      if (equal(found, expected)) return;
      throw new Error(
        `With ${fault}, storage had ${JSON.stringify(found.map((each) => [...each]))}`,
      );
    };
  });
}
