import { expect, test } from "vitest";
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import { persist } from "../../../mod.ts";
import { todoStore } from "./support.ts";

/** Returns what is noted, by its names. */
function notes(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(localStorage).filter(([name]) => name.startsWith("rian-journal/")),
  );
}

test.for([["shop", "shop/eu"], ["cart", "cart%2Feu"], ["till/eu", "till%2Feu"]])(
  "the database %j leaves what %j has noted to it",
  async ([name, other]) => {
    localStorage.clear();
    const theirs = todoStore();
    const saved = await persist(theirs, new IndexedDbStore(indexedDB, { name: other! }));
    theirs.todos.put({ id: 1, title: "theirs" });
    const noted = notes();
    expect(Object.keys(noted)).toHaveLength(1);
    await saved.close();
    // As if their page had been killed before it was stored.
    for (const [name, text] of Object.entries(noted)) localStorage.setItem(name, text);

    const errors: unknown[] = [];
    const mine = todoStore();
    const store = new IndexedDbStore(indexedDB, { name: name! });
    const opened = await persist(mine, store, { onError: (error) => errors.push(error) });
    expect([mine.todos.toArray(), errors]).toEqual([[], []]);
    opened.forget();
    expect(notes()).toEqual(noted);
    await opened.close();
  },
);
