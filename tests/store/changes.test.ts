import { expect, test } from "vitest";
import { itemStore } from "./support.ts";

test("what an observer is told of a change is frozen, whenever it looks", () => {
  const { items } = itemStore();
  const changes: { readonly after: readonly unknown[]; readonly before: readonly unknown[] }[] = [];
  items.subscribe((_type, _keys, change) => void changes.push(change));
  items.add({ id: 1, tags: ["a"] });
  items.update(1, { tags: ["b"] });
  items.bulkAdd([{ id: 2 }, { id: 3 }]);
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    [[undefined], [{ id: 1, tags: ["a"] }]],
    [[{ id: 1, tags: ["a"] }], [{ id: 1, tags: ["b"] }]],
    [[undefined, undefined], [{ id: 2 }, { id: 3 }]],
  ]);
  for (const { before, after } of changes) {
    for (const shared of [before, after, ...before, ...after]) {
      expect(Object.isFrozen(shared)).toBe(true);
    }
  }
  expect(changes[1]!.after[0]).toBe(items.get(1));
});
