import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type Collection,
  type FieldValue,
  type Key,
  type Operation,
  type Path,
  type Query,
  Ramify,
  type Schema,
  type Where,
} from "../../src/store/mod.ts";

interface Task {
  id: number;
  status: "open" | "done" | "late";
  tags: string[];
  note?: string;
  owner?: { name: string } | null;
  labels?: (string | number)[];
}

function open() {
  const db = new Ramify().createStore<{ tasks: Schema<Task, "id"> }>({
    tasks: {
      primaryKey: "id",
      indexes: ["status", "tags"],
      multiEntry: ["tags"],
      ordered: [["status", "note"]],
    },
  });
  db.tasks.bulkAdd([
    { id: 1, status: "open", tags: ["x"], note: "a", owner: { name: "Ada" } },
    { id: 2, status: "done", tags: ["x", "y"], note: "a", labels: ["l", "m"] },
    { id: 3, status: "open", tags: [], note: "b", owner: null },
    { id: 4, status: "late", tags: ["y", "x"], labels: [5] },
  ]);
  return db;
}

describe("where({ … })", () => {
  const { tasks } = open();

  test("needs one indexed field, and filters by the others", () => {
    expect(tasks.where({ status: "open", note: "b" }).keys()).toEqual([3]);
    expect(tasks.where({ note: "a", id: 2 }).keys()).toEqual([2]);
    expect(tasks.where({ "tags": "x", "owner.name": "Ada" }).keys()).toEqual([1]);
    expect(tasks.where({ status: "open", note: "c" }).keys()).toEqual([]);
    expect(tasks.where({ status: "late", note: undefined }).keys()).toEqual([4]);
    expect(() => tasks.where({ note: "a" })).toThrow(/"note": it has no index, unlike id, tags, /);
    expect(() => tasks.where({ "note": "a", "owner.name": "Ada" })).toThrow(/"note,owner.name"/);
  });

  test("finds any of the values in a list, and none for an empty one", () => {
    expect(tasks.where({ status: ["open", "late"] }).keys()).toEqual([1, 3, 4]);
    expect(tasks.where({ id: [4, 2, 9] }).keys()).toEqual([2, 4]);
    expect(tasks.where({ status: ["open", "done"], note: ["a", "z"] }).keys()).toEqual([1, 2]);
    expect(tasks.where({ status: [] }).keys()).toEqual([]);
    expect(tasks.where({ status: "open", note: [] }).keys()).toEqual([]);
  });

  test("finds an array field by any element, and exactly its elements only by equals", () => {
    expect(tasks.where({ tags: "y" }).keys()).toEqual([2, 4]);
    expect(tasks.where({ tags: ["y", "z"] }).keys()).toEqual([2, 4]);
    expect(tasks.where("tags").equals(["y", "x"]).keys()).toEqual([2, 4]);
    expect(tasks.where("tags").equals(["y"]).keys()).toEqual([]);
    expect(tasks.where({ id: [1, 2, 4], labels: ["m", 5] }).keys()).toEqual([2, 4]);
    const many = Array.from({ length: 20 }, (_, label) => label);
    expect(tasks.where({ id: [1, 2, 4], labels: many }).keys()).toEqual([4]);
  });

  test("still goes through a compound index that has all of its fields", () => {
    const many = open().tasks;
    many.bulkAdd(Array.from({ length: 20 }, (_, id) => ({ ...tasks.get(1)!, id: id + 5 })));
    expect(many.where({ status: "open", note: "b" }).explain()).toMatchObject({
      index: "status+note",
      documents: 1,
    });
  });

  test("refuses what can equal nothing, such as an object", () => {
    const owner = { name: "Ada" } as never;
    expect(() => tasks.where({ status: "open", owner })).toThrow(
      'Cannot query tasks by "owner": an index cannot hold a value of type Object; pass a scalar',
    );
  });
});

test("a field in indexes and in multiEntry is found by its elements, or by its value if it is no array", () => {
  const { tasks } = open();
  tasks.put({ id: 5, status: "open", tags: "x" as never });
  expect(tasks.where("tags").equals("x").keys()).toEqual([1, 2, 4, 5]);
  expect(tasks.where("tags").allOf(["x", "y"]).keys()).toEqual([2, 4]);
});

test("a collection tells its name and its indexes, as a list that is the caller's", () => {
  const { tasks } = open();
  expect(tasks.collectionName).toBe("tasks");
  expect(tasks.indexes).toEqual(["tags", "status", "status+note"]);
  tasks.indexes.length = 0;
  expect(tasks.indexes).toHaveLength(3);
});

describe("delete", () => {
  test("of a Ramify clears all of its stores, whose observers hear of that once", () => {
    const ramify = new Ramify();
    const create = () =>
      ramify.createStore<{ a: Schema<{ id: number }>; b: Schema<{ id: number }> }>({
        a: { primaryKey: "id" },
        b: { primaryKey: "id" },
      });
    const [first, second] = [create(), create()];
    const heard: unknown[] = [];
    for (const store of [first, second]) {
      store.a.add({ id: 1 });
      store.b.add({ id: 2 });
      store.a.subscribe((type, keys) => void heard.push([type, keys, store.b.count()]));
    }
    ramify.delete();
    expect([first.a, first.b, second.a, second.b].map((each) => each.count())).toEqual([
      0,
      0,
      0,
      0,
    ]);
    expect(heard).toEqual([["clear", [1], 0], ["clear", [1], 0]]);
  });

  test("of a store leaves the other stores of its Ramify alone", () => {
    const ramify = new Ramify();
    const [first, second] = [0, 1].map(() =>
      ramify.createStore<{ a: Schema<{ id: number }> }>({ a: { primaryKey: "id" } })
    );
    first!.a.add({ id: 1 });
    second!.a.add({ id: 1 });
    first!.delete();
    expect([first!.a.count(), second!.a.count()]).toEqual([0, 1]);
  });
});

test("the types of Ramify have names here", () => {
  expectTypeOf<Ramify.NestedKeyOf<Task>>().toEqualTypeOf<Path<Task>>();
  expectTypeOf<Ramify.CollectionOperation>().toEqualTypeOf<Operation>();
  expectTypeOf<Ramify.ExecutableStage<Task, number>>().toEqualTypeOf<Query<Task, number>>();
  expectTypeOf<Ramify.WhereStage<Task, "status", number>>().toEqualTypeOf<
    Where<FieldValue<Task, "status">, Query<Task, number>>
  >();
  function newest(tasks: Collection<Task, number>): Ramify.LimitedStage<Task> {
    const sorted: Ramify.OrderableStage<Task> = tasks.sortBy("note").reverse();
    const stage: Ramify.WhereStage<Task, "status"> = tasks.where("status");
    const open: Ramify.ExecutableStage<Task> = stage.equals("open");
    expectTypeOf(open.keys()).toEqualTypeOf<Key[]>();
    return sorted.limit(1);
  }
  expect(newest(open().tasks).keys()).toEqual([3]);
});
