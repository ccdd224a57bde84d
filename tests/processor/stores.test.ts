import { describe, expect, test, vi } from "vitest";
import { createProcessor, type Handlers, MemoryStore, Ramify, type Schema } from "../../mod.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

interface User {
  id: string;
  name: string;
}

const handlers: Handlers = {
  User: {
    mount: ({ id }): User => ({ id, name: "Guest" }),
    save: (changes, user: User) => ({ ...user, ...changes }),
    async greet(other, user: User, context) {
      await context.update(
        "User",
        other,
        (greeted: User) => ({ ...greeted, name: `${greeted.name}!` }),
      );
      return { ...user, name: `${user.name}?` };
    },
  },
};

function openDb() {
  return new Ramify().createStore<{ User: Schema<User, "id"> }>({
    User: { primaryKey: "id", indexes: ["name"] },
  });
}

describe("a Ramify db as the store", () => {
  test("has an instance as a document, found by its indexes, told to its observers", async () => {
    const db = openDb();
    const heard = vi.fn();
    db.User.subscribe((type, keys) => heard(type, keys));
    const process = createProcessor(handlers, db);
    await process({ type: "User", instance: "ada", event: "mount" });
    expect(
      await process({ type: "User", instance: "ada", event: "save", payload: { name: "Ada" } }),
    )
      .toMatchObject([{ prop: "name", value: "Ada", rev: 2 }]);
    expect(db.User.where("name").equals("Ada").toArray()).toEqual([{ id: "ada", name: "Ada" }]);
    expect(heard.mock.calls).toEqual([["create", ["ada"]], ["update", ["ada"]]]);
  });

  test("commits several documents together, or none", async () => {
    const db = openDb();
    const process = createProcessor(handlers, db, { onError: () => {} });
    for (const instance of ["ada", "bob"]) {
      await process({ type: "User", instance, event: "mount" });
    }
    await process({ type: "User", instance: "ada", event: "greet", payload: "bob" });
    expect(db.User.toArray().map(({ name }) => name)).toEqual(["Guest?", "Guest!"]);
  });

  test("lets no event of one instance write another", async () => {
    const db = openDb();
    const process = createProcessor(handlers, db, { onError: () => {} });
    for (const instance of ["victim", "mallory"]) {
      await process({ type: "User", instance, event: "mount" });
    }
    const payload = { id: "victim", name: "owned" };
    expect(errorCode(await process({ type: "User", instance: "mallory", event: "save", payload })))
      .toBe("internal");
    expect(db.User.get("victim")).toEqual({ id: "victim", name: "Guest" });
  });

  test("loses nothing to code that writes the document beside it", async () => {
    const db = openDb();
    const slow: Handlers = {
      User: {
        ...handlers["User"],
        async exclaim(_payload, user: User) {
          if (!user.name.endsWith("*")) db.User.update("ada", { name: `${user.name}*` });
          return { ...user, name: `${user.name}!` };
        },
      },
    };
    const process = createProcessor(slow, db, { delay: () => Promise.resolve() });
    await process({ type: "User", instance: "ada", event: "mount" });
    await process({ type: "User", instance: "ada", event: "exclaim" });
    expect(db.User.get("ada")).toEqual({ id: "ada", name: "Guest*!" });
  });

  test("1,000 increments make 1,000", async () => {
    const db = new Ramify().createStore<{ Counter: Schema<{ id: string; count: number }, "id"> }>({
      Counter: { primaryKey: "id" },
    });
    const process = createProcessor({
      Counter: { ...counterHandlers["Counter"], mount: ({ id }) => ({ id, count: 0 }) },
    }, db);
    await process(counterMessage({ event: "mount" }));
    await Promise.all(Array.from({ length: 1000 }, () => process(counterMessage())));
    expect(db.Counter.get("visits")).toEqual({ id: "visits", count: 1000 });
  });
});

describe("an eventId", () => {
  test.for<[string, () => Parameters<typeof createProcessor>[1]]>([
    ["an adapter", () => new MemoryStore()],
    ["a map", () => new Map()],
  ])("that comes twice is applied once on %s", async ([, open]) => {
    const process = createProcessor(counterHandlers, open());
    await process(counterMessage({ event: "mount" }));
    const answers = [
      await process(counterMessage({ eventId: "x" })),
      await process(counterMessage({ eventId: "x" })),
    ];
    expect(answers[0]).toEqual(answers[1]);
    expect(await process(counterMessage({ event: "mount" }))).toMatchObject([{ value: 1 }]);
  });

  test("belongs to one instance: another one may have it too", async () => {
    const process = createProcessor(counterHandlers, new MemoryStore());
    for (const instance of ["a", "b"]) {
      await process(counterMessage({ instance, event: "mount" }));
      expect(await process(counterMessage({ instance, eventId: "x" }))).toMatchObject([{
        instance,
        value: 1,
      }]);
    }
  });

  test("leaves a small receipt however large the document, and a repeat is answered with what is there now", async () => {
    const store = new MemoryStore();
    const list: Handlers = {
      List: {
        mount: () => ({
          items: Array.from({ length: 1000 }, (_, id) => ({ id, title: "x".repeat(50) })),
          open: true,
        }),
        first: (title, state) => ({ ...state, items: state.items.with(0, { id: 0, title }) }),
      },
    };
    const process = createProcessor(list, store);
    const message = { type: "List", instance: "a" };
    await process({ ...message, event: "mount" });
    const first = await process({ ...message, event: "first", payload: "once", eventId: "x" });
    expect(await process({ ...message, event: "first", payload: "once", eventId: "x" })).toEqual(
      first,
    );
    for await (const receipt of store.list("_nasc_receipt")) {
      expect(JSON.stringify(receipt).length).toBeLessThan(500);
    }
    await process({ ...message, event: "first", payload: "later" });
    expect(await process({ ...message, event: "first", payload: "once", eventId: "x" }))
      .toMatchObject([{
        prop: "items",
        rev: 3,
        value: expect.arrayContaining([{ id: 0, title: "later" }]),
      }]);
  });

  test("is forgotten after the time that was asked for", async () => {
    let now = 0;
    const store = new MemoryStore({ now: () => now });
    const process = createProcessor(counterHandlers, store, { receiptTtl: 1000 });
    await process(counterMessage({ event: "mount" }));
    await process(counterMessage({ eventId: "x" }));
    now = 1001;
    expect(await process(counterMessage({ eventId: "x" }))).toMatchObject([{ value: 2 }]);
  });
});
