import { describe, expect, test } from "vitest";
import { messageStore } from "./messages.ts";
import { itemStore } from "./support.ts";

describe("sorting", () => {
  test("uses an index if one fits, and gives the same order without one", () => {
    const messages = messageStore();
    const sorted = messages.toArray().sort((a, b) => +a.createdAt - +b.createdAt || a.id - b.id);
    expect(messages.sortBy("createdAt").toArray()).toEqual(sorted);
    expect(messages.sortBy("createdAt").explain().sorts).toBe(false);
    const byScore = messages.toArray().sort((a, b) => b.score - a.score || b.id - a.id);
    expect(messages.sortBy("score").reverse().toArray()).toEqual(byScore);
    expect(messages.sortBy("score").explain()).toEqual({
      index: undefined,
      documents: 100,
      sorts: true,
    });
    expect(messages.sortBy(["channelId", "createdAt"]).explain().sorts).toBe(false);
    expect(messages.sortBy(["channelId", "score"]).keys().slice(0, 3)).toEqual([0, 20, 40]);
  });

  test("puts equal documents in the order of their keys; without it, documents come in the order of insertion", () => {
    const { items } = itemStore();
    items.bulkPut([{ id: 3, n: 1 }, { id: 1, n: 1 }, { id: 2, n: 0 }]);
    expect(items.sortBy("n").keys()).toEqual([2, 1, 3]);
    expect(items.sortBy("note").keys()).toEqual([1, 2, 3]);
    expect(items.keys()).toEqual([3, 1, 2]);
    expect(items.reverse().keys()).toEqual([2, 1, 3]);
    expect([items.first()?.id, items.last()?.id]).toEqual([3, 2]);
    expect([items.sortBy("n").first()?.id, items.sortBy("n").last()?.id]).toEqual([2, 3]);
  });
});

describe("pages that start after a cursor", () => {
  test("show every document once while documents are added, changed and deleted", () => {
    const messages = messageStore();
    const unchanged = messages.filter((m) => m.score !== 3).sortBy("createdAt").keys();
    const seen: number[] = [];
    let page = messages.sortBy("createdAt").limit(7).toArray();
    while (page.length > 0) {
      seen.push(...page.map(({ id }) => id));
      const last = page.at(-1)!;
      // The very document that the next page starts after goes away, or moves to the front.
      if (last.score === 3) messages.delete(last.id);
      for (const { id, score } of page) {
        if (score === 3) messages.update(id, { createdAt: new Date(0) });
      }
      messages.put({ ...last, id: 1000 + last.id, createdAt: new Date(0) });
      page = messages.sortBy("createdAt").after(last).limit(7).toArray();
    }
    expect(seen.filter((id) => unchanged.includes(id))).toEqual(unchanged);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("can start after a key, in the order of the query or of the keys", () => {
    const messages = messageStore();
    expect(messages.after(96).keys()).toEqual([97, 98, 99]);
    expect(messages.after(3).reverse().keys()).toEqual([2, 1, 0]);
    messages.delete(97);
    expect(messages.after(97).keys()).toEqual([98, 99]);
    expect(messages.sortBy("score").after(98).keys()).toEqual([
      9,
      19,
      29,
      39,
      49,
      59,
      69,
      79,
      89,
      99,
    ]);
    expect(() => messages.sortBy("score").after(97)).toThrow(/pass the last document/);
    expect(() => messages.after(97).sortBy("score")).toThrow(/pass the last document/);
    expect(messages.sortBy("id").after(97).keys()).toEqual([98, 99]);
    expect(messages.after(97).sortBy("id").reverse().limit(2).keys()).toEqual([96, 95]);
    const byTime = messages.where({ channelId: "c1" }).sortBy("createdAt").reverse();
    const [first, second, third] = byTime.toArray();
    expect(byTime.after(first!.id).limit(2).toArray()).toEqual([second, third]);
    expect(byTime.after(first!).limit(2).explain()).toMatchObject({
      index: "channelId+createdAt",
      sorts: false,
    });
  });
});

describe("explain", () => {
  test("names the index with the fewest documents to look at", () => {
    const { items } = itemStore();
    items.bulkPut(
      Array.from(
        { length: 60 },
        (_, id) => ({ id, status: "s" + id % 2, n: id % 30, tags: ["t"] }),
      ),
    );
    expect(items.where("id").equals(1).explain()).toEqual({
      index: "id",
      documents: 1,
      sorts: false,
    });
    expect(items.where({ status: "s1", n: 3 }).explain().index).toBe("n");
    expect(items.where({ status: "s1", n: 3 }).explain().documents).toBe(2);
    expect(items.where("tags").allOf(["t", "u"]).explain().documents).toBe(0);
    expect(items.filter(() => true).explain()).toEqual({
      index: undefined,
      documents: 60,
      sorts: false,
    });
  });

  test("names the index of a collection even if it has one document or none", () => {
    const { items } = itemStore();
    expect(items.where("n").above(0).explain()).toEqual({ index: "n", documents: 0, sorts: false });
    expect(items.sortBy("n").limit(0).explain().documents).toBe(0);
    items.put({ id: 1, status: "s" });
    expect(items.where("status").equals("s").explain().index).toBe("status");
  });
});

test("a query without an index skips deleted documents, from both ends", () => {
  const { items } = itemStore();
  items.bulkAdd(Array.from({ length: 300 }, (_, id) => ({ id, n: id % 7 })));
  items.bulkDelete(items.keys().filter((id) => id % 5 !== 3 && id < 180));
  const left = items.toArray().map(({ id }) => id);
  expect(left.length).toBe(156);
  expect(items.offset(30).limit(9).keys()).toEqual(left.slice(30, 39));
  expect(items.reverse().offset(110).limit(40).keys()).toEqual(left.toReversed().slice(110, 150));
  expect(items.filter(({ n }) => n === 3).reverse().limit(17).keys()).toEqual(
    left.filter((id) => id % 7 === 3).toReversed().slice(0, 17),
  );
  expect([items.first()!.id, items.last()!.id]).toEqual([3, 299]);
});
