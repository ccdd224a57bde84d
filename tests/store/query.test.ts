import { describe, expect, test } from "vitest";
import { type Collection, Ramify } from "../../src/store/mod.ts";
import { type Message, messageStore } from "./messages.ts";
import { itemStore } from "./support.ts";

describe("equality", () => {
  test("of an array field means containment for one value, and exactly its elements for an array", () => {
    const { items } = itemStore();
    items.bulkPut([
      { id: 1, tags: ["x"] },
      { id: 2, tags: ["x", "y"] },
      { id: 3, tags: ["y", "x", "x"] },
      { id: 4, tags: [] },
      { id: 5 },
    ]);
    const tags = items.where("tags");
    expect(tags.equals("x").keys()).toEqual([1, 2, 3]);
    expect(tags.equals(["x", "y"]).keys()).toEqual([2]);
    expect(tags.equals(["y", "x"]).keys()).toEqual([2]);
    expect(tags.equals([]).keys()).toEqual([4]);
    expect(tags.anyOf(["y", "z"]).keys()).toEqual([2, 3]);
    expect(tags.allOf(["y", "x"]).keys()).toEqual([2, 3]);
    expect(tags.allOf([]).keys()).toEqual([1, 2, 3, 4, 5]);
    expect(tags.anyOf([]).keys()).toEqual([]);
    expect(items.where("tags").equals(undefined as never).keys()).toEqual([5]);
  });

  test("distinguishes values of different types, and knows NaN, -0 and missing fields", () => {
    const { items } = itemStore();
    const values = [1, "1", true, 1n, NaN, -0, null, undefined, new Date(1)];
    values.forEach((value, id) => items.put({ id, status: value as string }));
    values.forEach((value, id) => {
      expect(items.where("status").equals(value as string).keys(), String(value)).toEqual([id]);
    });
    expect(items.where({ status: 0 as never }).keys()).toEqual([5]);
    for (const id of [4, 8]) {
      items.update(id, { active: true });
      expect(items.where({ active: true, status: values[id] as never }).keys()).toEqual([id]);
      items.update(id, { active: false });
    }
    expect(items.where("id").equals("1" as never).count()).toBe(0);
  });

  test("by criteria has to hold in every field", () => {
    const messages = messageStore();
    const found = messages.where({ channelId: "c1", createdAt: new Date(37) }).toArray();
    expect(found.map(({ id }) => id)).toEqual([1]);
    expect(messages.where({}).count()).toBe(100);
  });
});

describe("a query that no index can answer", () => {
  test("throws at once and names filter if the field has no index", () => {
    const messages = messageStore();
    expect(() => messages.where("score")).toThrow(
      'Cannot query messages by "score": it has no index, unlike id, channelId, createdAt, text, ' +
        "channelId+createdAt; index it, or use filter",
    );
    expect(() => messages.where({ score: 1 })).toThrow(/use filter/);
    expect(() => messages.where(["channelId", "score"])).toThrow(/use filter/);
  });

  test("throws if it asks for a range and the field's index has no order", () => {
    expect(() => itemStore().items.where("active").above(false)).toThrow(/add it to ordered/);
    expect(() => messageStore().where("id").above(1)).toThrow(/add it to ordered/);
  });

  test("throws if it compares with what no index can hold", () => {
    const messages = messageStore();
    expect(() => messages.where("channelId").equals({} as string)).toThrow(TypeError);
    expect(() => messages.where("createdAt").above(new Date(NaN))).toThrow(/Invalid Date/);
    expect(() => messages.where("createdAt").between(new Date(1), 5 as never)).toThrow(TypeError);
    expect(() => messages.where("text").startsWith(5 as never)).toThrow(TypeError);
  });
});

describe("a range", () => {
  test("comes in its own order, and has the ends that were asked for", () => {
    const messages = messageStore();
    const times = (query: { toArray(): readonly Message[] }) =>
      query.toArray().map(({ createdAt }) => createdAt.getTime());
    const at = messages.where("createdAt");
    expect(times(at.above(new Date(96)))).toEqual([97, 98, 99]);
    expect(times(at.aboveOrEqual(new Date(97)))).toEqual([97, 98, 99]);
    expect(times(at.below(new Date(3)))).toEqual([0, 1, 2]);
    expect(times(at.belowOrEqual(new Date(2)))).toEqual([0, 1, 2]);
    expect(times(at.between(new Date(5), new Date(7)))).toEqual([5, 6, 7]);
    expect(times(at.between(new Date(5), new Date(7), { lowerOpen: true }))).toEqual([6, 7]);
    expect(times(at.between(new Date(5), new Date(7), { upperOpen: true }))).toEqual([5, 6]);
    expect(times(at.between(new Date(7), new Date(5)))).toEqual([]);
    expect(at.noneOf(Array.from({ length: 99 }, (_, time) => new Date(time))).count()).toBe(1);
  });

  test("holds values of one type only", () => {
    const { items } = itemStore();
    items.bulkPut([
      { id: 1, n: 1 },
      { id: 2, n: null },
      { id: 3 },
      { id: 4, n: NaN },
      { id: 5, n: "5" as never },
      { id: 6, n: -Infinity },
    ]);
    expect(items.where("n").below(9).keys()).toEqual([6, 1]);
    expect(items.where("n").above(-9).keys()).toEqual([1]);
    expect(items.where("n").noneOf([1, null]).keys()).toEqual([3, 4, 6, 5]);
  });

  test("of a prefix finds every string that starts with it, whatever follows", () => {
    const messages = messageStore();
    messages.put({ ...messages.get(0)!, id: 200, text: "al\uffff\uffff" });
    const texts = new Set(messages.where("text").startsWith("al").toArray().map((m) => m.text));
    expect([...texts]).toEqual(["al", "alpha", "alphabet", "al\uffff\uffff"]);
    expect(messages.where("text").startsWith("").count()).toBe(101);
  });
});

describe("a compound index", () => {
  test("finds by its first fields and sorts by the next one", () => {
    const messages = messageStore();
    const newest = messages.where({ channelId: "c2" }).sortBy("createdAt").reverse().limit(3);
    expect(newest.explain()).toEqual({
      index: "channelId+createdAt",
      documents: 3,
      sorts: false,
    });
    expect(newest.toArray().map((m) => m.createdAt.getTime())).toEqual([98, 94, 90]);
    const recent = messages.where({ channelId: "c2" }).where("createdAt").above(new Date(90));
    expect(recent.explain()).toEqual({ index: "channelId+createdAt", documents: 2, sorts: false });
    expect(recent.toArray().map((m) => m.createdAt.getTime())).toEqual([94, 98]);
  });

  test("is compared with lists of values", () => {
    const messages = messageStore();
    const both = messages.where(["channelId", "createdAt"]);
    expect(both.equals(["c1", new Date(37)]).keys()).toEqual([1]);
    expect(both.anyOf([["c1", new Date(37)], ["c0", new Date(0)], ["c9", new Date(0)]]).keys())
      .toEqual([0, 1]);
    const expected = messages.sortBy(["channelId", "createdAt"]).toArray().filter((m) =>
      m.channelId === "c1" ? +m.createdAt >= 90 : m.channelId === "c2" && +m.createdAt <= 5
    );
    const range = both.between(["c1", new Date(90)], ["c2", new Date(5)]);
    expect(range.toArray()).toEqual(expected);
    expect(expected.map(({ id }) => id)).toEqual([89, 81, 46]);
  });
});

test("a query can ask for any number of values at once", () => {
  const { items } = itemStore();
  items.put({ id: 7, n: 5 });
  const many = Array.from({ length: 200_000 }, (_, value) => value);
  expect(items.where("id").anyOf(many).keys()).toEqual([7]);
  expect(items.where("n").anyOf(many).count()).toBe(1);
});

test("a range of lists must have lists of scalars at both ends", () => {
  const messages = messageStore();
  const where = messages.where(["channelId", "createdAt"]);
  for (const upper of [{}, ["c1", {}], []]) {
    expect(() => where.between(["c1", new Date(0)], upper as never)).toThrow(TypeError);
  }
});

test("a field with the name of something that every object inherits is missing unless it is stored", () => {
  const db = new Ramify().createStore({
    cars: { primaryKey: "id", indexes: ["constructor", "by.toString"] },
  }) as unknown as { cars: Collection<{ id: number }, number> };
  db.cars.bulkAdd([{ id: 1 }, { id: 2, constructor: "Lotus" } as { id: number }]);
  db.cars.add({ id: 3, by: {} } as { id: number });
  const where = db.cars.where("constructor" as "id");
  expect(where.equals(undefined as never).keys()).toEqual([1, 3]);
  expect(where.equals("Lotus" as never).keys()).toEqual([2]);
});

test("modify does not call its function with documents that the function has deleted", () => {
  const { items } = itemStore();
  items.bulkAdd([{ id: 1 }, { id: 2 }, { id: 3 }]);
  items.filter(() => true).modify(({ id }) => {
    items.delete(id + 1);
    return { n: id };
  });
  expect(items.toArray()).toEqual([{ id: 1, n: 1 }, { id: 3, n: 3 }]);
});

test("a query stays as it was when it is refined or run", () => {
  const messages = messageStore();
  const base = messages.where("channelId").equals("c1");
  base.limit(1).reverse().filter(() => false);
  expect(base.count()).toBe(25);
  expect(base.limit(3).count()).toBe(3);
  expect(base.offset(24).count()).toBe(1);
  expect(base.offset(30).count()).toBe(0);
  expect(base.limit(0).toArray()).toEqual([]);
  messages.delete(1);
  expect(base.count()).toBe(24);
});

test("a query does not change with the lists and Dates that were passed to it", () => {
  const messages = messageStore();
  const ids = [3];
  const fields: ("score" | "id")[] = ["id"];
  const time = new Date(96);
  const queries = [
    messages.where("id").anyOf(ids),
    messages.where("createdAt").above(time),
    messages.where("createdAt").equals(time),
    messages.sortBy(fields).limit(9),
  ];
  const before = queries.map((query) => query.keys());
  ids.push(4);
  fields[0] = "score";
  time.setTime(3);
  expect(queries.map((query) => query.keys())).toEqual(before);
});

test("the callback of each may write, and still receives every document that was there before", () => {
  const messages = messageStore();
  let calls = 0;
  messages.each(({ id }) => {
    calls++;
    messages.delete(id);
  });
  expect([calls, messages.count()]).toEqual([100, 0]);
});

test("a schema with an invalid primary key or index is refused", () => {
  const create = (schema: object) => () =>
    new Ramify().createStore({ items: schema as { primaryKey: string } });
  expect(create({})).toThrow(/Cannot create items: it has no primaryKey/);
  expect(create({ primaryKey: "a.b" })).toThrow(/without dots/);
  expect(create({ primaryKey: "id", indexes: [""] })).toThrow(/needs a field/);
  expect(create({ primaryKey: "id", ordered: [[]] })).toThrow(/needs a field/);
  expect(create({ primaryKey: "id", multiEntry: ["a"], ordered: ["a"] })).toThrow(/keep one/);
});
