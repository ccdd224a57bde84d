import { describe, expectTypeOf, test } from "vitest";
import {
  type Collection,
  type LiveQuery,
  liveQuery,
  type Path,
  type PathValue,
  Ramify,
  type Schema,
} from "../../src/store/mod.ts";

interface User {
  id: number;
  name: string;
  tags: string[];
  joined: Date;
  role?: "admin" | "guest";
  stats: { level: number; best?: { score: number | null } };
  photo: Uint8Array;
}

interface Day {
  day: Date;
  note: string;
}

interface Tree {
  id: string;
  child?: Tree;
}

const db = new Ramify().createStore<{ users: Schema<User, "id">; days: Schema<Day, "day"> }>({
  users: {
    primaryKey: "id",
    indexes: ["role", "stats.level"],
    multiEntry: ["tags"],
    ordered: ["joined", "stats.best.score", ["role", "joined"]],
    unique: ["name"],
  },
  days: { primaryKey: "day" },
});

// The compiler checks these when the project is type-checked; nothing here has to run.
describe("the compiler knows", () => {
  test("documents and keys from the schema", () => {
    expectTypeOf(db.users).toEqualTypeOf<Collection<User, number>>();
    expectTypeOf(db.users.get(1)).toEqualTypeOf<Readonly<User> | undefined>();
    expectTypeOf(db.users.toArray()).toEqualTypeOf<Readonly<User>[]>();
    expectTypeOf(db.users.keys()).toEqualTypeOf<number[]>();
    expectTypeOf(db.days.update).parameter(0).toEqualTypeOf<Date>();
    expectTypeOf(db.users.where("name").equals).parameter(0).toEqualTypeOf<string>();
    expectTypeOf(db.users.sortBy("joined").first()).toEqualTypeOf<Readonly<User> | undefined>();
  });

  test("a collection without a type as one of any documents", () => {
    const untyped = new Ramify().createStore({ notes: { primaryKey: "id", indexes: ["tag"] } });
    untyped.notes.add({ id: 1, tag: "a", nested: { deep: [1] } });
    const found = untyped.notes.where("tag").equals("a").sortBy("nested.deep").toArray();
    expectTypeOf(found).toEqualTypeOf<Readonly<Record<string, unknown>>[]>();
    // @ts-expect-error -- there is no such collection
    expectTypeOf(untyped.todos).toBeAny();
  });

  test("nested paths and what they lead to", () => {
    expectTypeOf<"stats.level">().toExtend<Path<User>>();
    expectTypeOf<"stats.best.score">().toExtend<Path<User>>();
    expectTypeOf<PathValue<User, "stats.level">>().toEqualTypeOf<number>();
    expectTypeOf<PathValue<User, "stats.best.score">>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<PathValue<User, "role">>().toEqualTypeOf<"admin" | "guest" | undefined>();
    expectTypeOf<"child.child.id">().toExtend<Path<Tree>>();
    // @ts-expect-error there is no such path
    void (() => db.users.where("stats.leval"));
    // @ts-expect-error a Date is not led into
    void (() => db.users.where("joined.getTime"));
    // @ts-expect-error an array is not led into
    void (() => db.users.sortBy("tags.length"));
    void (() =>
      new Ramify().createStore<{ users: Schema<User, "id"> }>({
        // @ts-expect-error there is no such path to index
        users: { primaryKey: "id", indexes: ["stats.levels"] },
      }));
  });

  test("what a field can be compared with", () => {
    void (() => {
      db.users.where("tags").equals("x");
      db.users.where("tags").equals(["x", "y"]);
      db.users.where("tags").anyOf(["x"]);
      db.users.where({ "role": "admin", "stats.level": 3, "tags": "x" });
      db.users.where("stats.best.score").above(3);
      db.users.where(["role", "joined"]).between(["admin", new Date(0)], ["admin", new Date(9)]);
      // @ts-expect-error a level is a number
      db.users.where("stats.level").equals("3");
      // @ts-expect-error there is no such role
      db.users.where("role").anyOf(["owner"]);
      // @ts-expect-error a criterion is compared like a field
      db.users.where({ "stats.level": "3" });
      // @ts-expect-error there is no such field
      db.users.where({ level: 3 });
      // @ts-expect-error a prefix is a string, and so is the field
      db.users.where("stats.level").startsWith("3");
      // @ts-expect-error the second field is a Date
      db.users.where(["role", "joined"]).equals(["admin", "today"]);
    });
  });

  test("paths through an index signature, and that a field with a dot in its name has none", () => {
    interface Flower {
      "id": number;
      "sepal.length": number;
      "sizes": Record<string, { width: number }>;
      "spread": [number, number];
      "extra": unknown;
    }
    expectTypeOf<PathValue<Flower, "sizes.leaf.width">>().toEqualTypeOf<number>();
    expectTypeOf<PathValue<Record<string, unknown>, "a.b">>().toEqualTypeOf<unknown>();
    void ((flowers: Collection<Flower, number>) => {
      flowers.where("sizes.leaf.width").above(3);
      flowers.where("spread").anyOf([1, 2]);
      flowers.where({ spread: 1 });
      // @ts-expect-error the path leads from sepal to length
      flowers.where("sepal.length");
      // @ts-expect-error a width is a number
      flowers.where("sizes.leaf.width").equals({ width: 3 });
      // @ts-expect-error two fields are compared with two values
      flowers.where(["id", "extra"]).equals(1);
    });
  });

  test("what may be written", () => {
    void (() => {
      // @ts-expect-error a document has all of its fields
      db.users.add({ id: 1, name: "Ada" });
      // @ts-expect-error a key is a number
      db.users.update("1", { name: "Ada" });
      // @ts-expect-error a name is a string
      db.users.update(1, { name: 5 });
      // @ts-expect-error documents are read-only
      db.users.get(1)!.name = "Ada";
      new Ramify().createStore<{ users: Schema<User, "stats"> }>({
        // @ts-expect-error an object cannot be a key
        users: { primaryKey: "stats" },
      });
      // @ts-expect-error there is no such collection
      db.groups;
    });
  });

  test("what observers receive, and what transactions and live queries return", () => {
    void (() => {
      db.users.subscribe((type, keys, change) => {
        expectTypeOf(type).toEqualTypeOf<"create" | "update" | "delete" | "clear">();
        expectTypeOf(keys).toEqualTypeOf<readonly number[]>();
        expectTypeOf(change.after).toEqualTypeOf<readonly (Readonly<User> | undefined)[]>();
      });
      expectTypeOf(db.transaction(() => db.users.count())).toEqualTypeOf<number>();
      // @ts-expect-error a transaction is synchronous
      db.transaction(async () => {});
      const live = liveQuery(() => db.users.get(1)?.name);
      expectTypeOf(live).toEqualTypeOf<LiveQuery<string | undefined>>();
    });
  });

  test("that a detached store hands out documents that may be changed", () => {
    const detached = new Ramify().createStore<{ users: Schema<User, "id"> }>({
      users: { primaryKey: "id" },
    }, { detached: true });
    expectTypeOf(detached.users.get(1)).toEqualTypeOf<User | undefined>();
    expectTypeOf(detached.users.filter(() => true).toArray()).toEqualTypeOf<User[]>();
  });
});
