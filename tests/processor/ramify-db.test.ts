import { describe, expect, test, vi } from "vitest";
import { createProcessor, type Handlers, Ramify, type Schema } from "../../mod.ts";
import { instantClock } from "../support/clock.ts";
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
  test("holds an instance as a document, which its indexes find and its observers hear of", async () => {
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

  test("lets no event of one instance overwrite another", async () => {
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

  test("loses nothing when other code writes the document during an event", async () => {
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
    const process = createProcessor(slow, db, { clock: instantClock });
    await process({ type: "User", instance: "ada", event: "mount" });
    await process({ type: "User", instance: "ada", event: "exclaim" });
    expect(db.User.get("ada")).toEqual({ id: "ada", name: "Guest*!" });
  });

  test("loses none of 1,000 concurrent increments", async () => {
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

  test("recognizes an event that changes nothing, whatever types the document holds", async () => {
    const everything = () => ({
      id: "ada",
      at: new Date(0),
      tags: new Set(["a", { b: [new Date(1)] }]),
      by: new Map<unknown, unknown>([["x", new Map([[1, 2n]])]]),
      bytes: new Uint8Array([1, 2]),
      floats: new Float64Array([NaN, -0]),
      nothing: undefined,
      list: [undefined, -0, NaN, null],
    });
    const db = new Ramify().createStore<{ User: Schema<ReturnType<typeof everything>, "id"> }>({
      User: { primaryKey: "id" },
    });
    const published = vi.fn();
    const hub = { publish: published, subscribe: () => () => {} };
    const same: Handlers = {
      User: {
        mount: everything,
        keep: (_payload, user: object) => user,
        remake: everything,
        tag: (_payload, user: { tags: Set<unknown> }) => ({
          ...user,
          tags: new Set([...user.tags, "new"]),
        }),
      },
    };
    const process = createProcessor(same, db, { hub });
    await process({ type: "User", instance: "ada", event: "mount" });
    const heard = vi.fn();
    db.User.subscribe(heard);
    published.mockClear();
    for (const event of ["keep", "remake", "keep"]) {
      expect(await process({ type: "User", instance: "ada", event })).toEqual([]);
    }
    expect(heard).not.toHaveBeenCalled();
    expect(published).not.toHaveBeenCalled();
    expect(await process({ type: "User", instance: "ada", event: "tag" }))
      .toMatchObject([{ prop: "tags", rev: 2 }]);
  });

  test("runs an event once if its collection refuses what the handler returns, and says why to onError", async () => {
    const db = openDb();
    const errors: unknown[] = [];
    let runs = 0;
    const counting: Handlers = {
      User: {
        ...handlers["User"],
        save: (changes, user: User) => (runs++, { ...user, ...changes }),
      },
    };
    const process = createProcessor(counting, db, { onError: (error) => errors.push(error) });
    await process({ type: "User", instance: "ada", event: "mount" });
    for (const name of [{}, ["Ada"], { a: { b: 1 } }]) {
      runs = 0;
      const message = { type: "User", instance: "ada", event: "save", eventId: "e" };
      expect(errorCode(await process({ ...message, payload: { name } }))).toBe("internal");
      expect([runs, db.User.get("ada")?.name]).toEqual([1, "Guest"]);
      expect(String(errors.splice(0))).toContain('"name" is indexed and holds a value of type');
    }
  });
});
