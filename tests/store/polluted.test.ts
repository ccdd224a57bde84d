import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { liveQuery, Ramify, type Schema } from "../../src/store/mod.ts";
import { type Item, itemStore } from "./support.ts";

const everyObject = Object.prototype as unknown as Record<string, unknown>;
const folder = new URL("../../src/store/", import.meta.url);

/** Every word of the store's sources: among them each name that it may read of an object. */
const words = readdirSync(folder).flatMap((file) =>
  readFileSync(new URL(file, folder), "utf8").match(/[A-Za-z_$][\w$]*/g)!
);
// The language itself follows what a property descriptor, an iterator or the options of an Error inherit.
const beyondUs = ["get", "set", "value", "writable", "configurable", "return", "cause"];
const names = [...new Set([...words, "extend", "status", "n", "tags", "id", "score"])]
  .filter((name) => !(name in everyObject) && !beyondUs.includes(name));

/** Runs work while every object inherits some names from a library. */
function polluted<Result>(added: readonly string[], value: unknown, work: () => Result): Result {
  for (const name of added) everyObject[name] = value;
  try {
    return work();
  } finally {
    for (const name of added) delete everyObject[name];
  }
}

/** Uses each part of the store, and returns what is seen of it. */
function journey(): string {
  const seen: unknown[] = [];
  const db = itemStore({ onError: (error) => seen.push(String(error)) });
  const { items } = db;
  items.subscribe((type, keys, { before, after }) => void seen.push(type, keys, before, after));
  const queries: (() => unknown)[] = [
    () => items.where("n").above(1).toArray(),
    () => items.where("n").belowOrEqual(2).keys(),
    () => items.where("status").equals("a").count(),
    () => items.sortBy("n").reverse().offset(1).limit(2).keys(),
    () => items.where({ status: ["a", "b"], note: "x" }).keys(),
    () => items.where("n").between(1, 3, { lowerOpen: true }).keys(),
    () => items.where("tags").equals(["x", "y"]).keys(),
    () => items.where("tags").allOf(["x"]).keys(),
    () => items.where(["status", "n"]).equals(["a", 1]).keys(),
    () => items.sortBy("id").after(1).keys(),
    () => items.filter(({ id }) => id > 1).keys(),
    () => [items.get(1), items.get(9), items.has(2), items.first(), items.last()],
  ];
  const lives = queries.map((query) => liveQuery(query));
  lives.forEach((live) => live.subscribe((result) => seen.push(result)));
  items.bulkAdd([
    { id: 1, status: "a", n: 1, tags: ["x", "y"], note: "x", stats: { level: 1 }, at: new Date(1) },
    { id: 2, status: "b", n: 2 },
    { id: 3 },
  ]);
  items.put({ id: 4, status: "a", n: 3, tags: [] });
  items.update(2, { n: 5 });
  items.update(3, { status: "a", n: undefined });
  items.where("status").equals("b").modify({ note: "x" });
  try {
    db.transaction(() => {
      items.add({ id: 7 });
      items.clear();
      throw new Error("undone");
    });
  } catch (error) {
    seen.push(String(error));
  }
  items.delete(1);
  items.delete(99);
  seen.push(lives.map((live) => live.getSnapshot()), items.toArray(), items.sortBy("note").keys());
  db.delete();
  const detached = new Ramify().createStore<{ a: Schema<Item, "id"> }>(
    { a: { primaryKey: "id" } },
    {
      detached: true,
    },
  );
  detached.a.put({ id: 1, tags: ["x"], at: new Date(5) });
  seen.push(Object.isFrozen(detached.a.get(1)), detached.a.get(1));
  seen.push(itemStore().items.where("id").equals(1).explain());
  return seen.map((each) => JSON.stringify(each, (_, value) => value ?? null)).join("\n");
}

test.for([["a function", () => {}], ["true", true], ["a number", 1], ["a string", "a"]])(
  "a store does the same when another library has given every object %s, under any name",
  ([, value]) => {
    expect(names.length).toBeGreaterThan(500);
    const usual = journey();
    const outcome = (added: string[]) => {
      try {
        return polluted(added, value, journey);
      } catch (error) {
        return String(error);
      }
    };
    if (outcome(names) === usual) return;
    expect(names.filter((name) => outcome([name]) !== usual)).toEqual([]);
  },
);

test("a document that lacks its key is refused even if every object has that property", () => {
  const { items } = itemStore();
  const put = () => items.put({ n: 1 } as Item);
  expect(() => polluted(["id"], 5, put)).toThrow(/id is undefined/);
});

test("an update to the value that every object has is written all the same", () => {
  const { items } = itemStore();
  items.put({ id: 1 });
  polluted(["note"], "x", () => items.update(1, { note: "x" }));
  expect(items.get(1)).toEqual({ id: 1, note: "x" });
});
