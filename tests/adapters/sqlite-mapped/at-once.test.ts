import { describe, expect, test } from "vitest";
import { databases } from "./databases.ts";
import { full, openStore, text, todos, value } from "./evolving.ts";

describe.each(databases)("stores that meet a schema at once on $library", ({ open }) => {
  test("make its tables together, however many they are", async () => {
    const on = open();
    await openStore({ todo: { id: text }, list: { id: text } }, on).persist(
      "TodoList",
      "a",
      {},
      value,
    );
    const stores = Array.from({ length: 8 }, (_, index) => {
      return openStore({ ...full, list: { ...full.list, [`p${index}`]: text } }, on);
    });
    await Promise.all(stores.map((store, index) => {
      return store.persist("TodoList", `k${index}`, {}, { ...value, [`p${index}`]: `${index}` });
    }));
    for (const [index, store] of stores.entries()) {
      const expected = { ...value, [`p${index}`]: `${index}` };
      for (const each of [store, stores[0]!]) {
        expect(await each.load("TodoList", `k${index}`)).toStrictEqual(expected);
      }
    }
  });

  test("may spell a property in different cases", async () => {
    const on = open();
    const spellings = ["Title", "TITLE", "title"];
    const stores = spellings.map((name) => openStore({ todo: {}, list: { [name]: text } }, on));
    for (const round of ["1", "1e3", "x"]) {
      const values = spellings.map((name, index) => ({ [name]: round, n: index }));
      await Promise.all(stores.map((store, index) => {
        return store.commit([{ type: "TodoList", key: `${index}`, value: values[index] }]);
      }));
      for (const reader of [...stores, openStore(full, on)]) {
        for (const [index, value] of values.entries()) {
          expect(await reader.load("TodoList", `${index}`)).toStrictEqual(value);
        }
      }
      on.exec("drop table todo_lists");
    }
  });

  test("may show keys in one where another has a property", async () => {
    for (const isFirst of [true, false]) {
      const on = open();
      const withProperty = openStore({ todo: { todo_list_id: text }, list: { items: todos } }, on);
      const without = openStore({ todo: {}, list: { items: todos } }, on);
      const stores = isFirst ? [withProperty, without] : [without, withProperty];
      const value = { items: [{ todo_list_id: "mine" }] };
      await Promise.all(
        stores.map((store, index) => store.persist("TodoList", `${index}`, {}, value)),
      );
      for (const store of stores) {
        for (const key of ["0", "1"]) {
          expect(await store.load("TodoList", key)).toStrictEqual(value);
        }
      }
    }
  });

  test("learn of what another one has made before they read or write anything", async () => {
    const on = open();
    const earlier = openStore({ todo: { id: text }, list: { id: text, items: todos } }, on);
    await earlier.persist("TodoList", "a", {}, { id: "a", items: [] });
    await openStore(full, on).persist("TodoList", "a", {}, value);
    expect(await earlier.load("TodoList", "a")).toStrictEqual(value);
    const another = openStore({ ...full, list: { ...full.list, colour: text } }, on);
    await another.persist("TodoList", "b", {}, { id: "b", colour: "red" });
    await earlier.persist("TodoList", "b", {}, { id: "b" });
    expect(on.prepare("select colour from todo_lists where id = 'b'").all())
      .toEqual([{ colour: null }]);
    expect(await another.load("TodoList", "b")).toStrictEqual({ id: "b" });
  });
});
