import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeOperations } from "../../../src/processor/operations/make-operations.ts";
import type { Operation } from "../../../src/processor/operations/operation.ts";
import { madeAndApplied } from "./support.ts";

const body = "b".repeat(300);

/** Returns the operations on a list, at `/list`, of a state that is too long to go whole. */
function madeOf(
  before: readonly unknown[],
  after: readonly unknown[],
  key?: string,
): readonly Operation[] {
  const same = "s".repeat(100_000);
  return madeAndApplied({ same, list: before }, { same, list: after }, {
    keyOf: (pointer) => pointer === "/list" ? key : undefined,
  })!;
}

/** Returns the length of a longest increasing subsequence, by comparing all with all. */
function longestRun(numbers: readonly number[]): number {
  const runs: number[] = [];
  for (const [index, number] of numbers.entries()) {
    runs.push(
      1 + Math.max(0, ...runs.filter((_, other) => other < index && numbers[other]! < number)),
    );
  }
  return Math.max(0, ...runs);
}

describe("items with a key", () => {
  test("move as few times as possible", () => {
    const numbers = fc.integer({ min: 4, max: 40 }).chain((size) => {
      const inOrder = Array.from({ length: size }, (_, index) => index);
      const moves = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 12 });
      return moves.map((each) =>
        each.reduce(
          (list, [from, to]) => list.toSpliced(from, 1).toSpliced(to, 0, list[from]!),
          inOrder,
        )
      );
    });
    fc.assert(fc.property(numbers, (order) => {
      const before = order.toSorted((a, b) => a - b).map((id) => ({ id, body }));
      const least = order.length - longestRun(order);
      fc.pre(least <= order.length / 2);
      const made = madeOf(before, order.map((id) => before[id]));
      expect(made.map(({ op }) => op)).toEqual(Array.from({ length: least }, () => "move"));
    }));
  });

  test("are changed at the place that they moved to", () => {
    const before = ["a", "b", "c", "d", "e"].map((id) => ({ id, body, done: false }));
    const after = [...before.slice(1), { ...before[0]!, done: true }];
    expect(madeOf(before, after)).toEqual([
      { op: "move", from: "/list/0", path: "/list/4" },
      { op: "replace", path: "/list/4/done", value: true },
    ]);
  });

  test("are told apart by another property where the option names one", () => {
    const before = ["a", "b", "c", "d"].map((code) => ({ code, body, n: 1 }));
    const after = [...before.slice(1), { ...before[0]!, n: 2 }];
    expect(madeOf(before, after, "code").map(({ op }) => op)).toEqual(["move", "replace"]);
  });

  test("that share a key are matched in their order", () => {
    const before = [1, 7, 7, 2, 3].map((id, n) => ({ id, body, n }));
    const after = [before[3]!, before[1]!, { ...before[2]!, n: 9 }, before[0]!, before[4]!];
    const made = madeOf(before, after);
    expect(made.filter(({ op }) => op === "replace")).toEqual([
      { op: "replace", path: "/list/2/n", value: 9 },
    ]);
  });

  test("are matched by text or number, which are two keys", () => {
    const before = [{ id: 1, body, n: 1 }, { id: "1", body, n: 2 }, { id: 2, body, n: 3 }];
    expect(madeOf(before, [before[1]!, before[0]!, before[2]!])).toHaveLength(1);
  });

  test("that become others in their place are changed there: a temporary key becomes a real one", () => {
    const before = ["a", "new-1", "c"].map((id) => ({ id, body }));
    expect(madeOf(before, before.with(1, { id: "b", body }))).toEqual([
      { op: "replace", path: "/list/1/id", value: "b" },
    ]);
  });
});

describe("items without a key", () => {
  test("that are the same by value move, and one that differs is changed in its place", () => {
    const before = [1, 2, 3, 4, 5, 6].map((n) => ({ n, body, of: [{ n }] }));
    const after = structuredClone([...before.slice(1, 6), before[0]!]);
    expect(madeOf(before, after)).toEqual([{ op: "move", from: "/list/0", path: "/list/5" }]);
    expect(madeOf(before, structuredClone(before).with(2, { ...before[2]!, of: [{ n: 9 }] })))
      .toEqual([{ op: "replace", path: "/list/2/of/0/n", value: 9 }]);
  });

  test("are what all are where one has no key, or a key of another kind", () => {
    const before = [{ id: 1, body }, { id: null, body }, { id: 2, body }, { id: 3, body }];
    const after = structuredClone([...before.slice(1), before[0]!]);
    expect(madeOf(before, after)).toEqual([{ op: "move", from: "/list/0", path: "/list/3" }]);
  });

  test("that are texts and numbers move by value", () => {
    const before = [1, "1", 2, "2", 3].map((each) => typeof each === "string" ? each + body : each);
    const after = [...before.slice(1), before[0]];
    expect(madeOf(before, after)).toEqual([{ op: "move", from: "/list/0", path: "/list/4" }]);
  });
});

describe("values that JSON has no words for", () => {
  const rest = "r".repeat(1_000);

  test.for<[string, unknown, unknown]>([
    ["dates", new Date(1), new Date(2)],
    ["maps", new Map([["a", 1]]), new Map([["a", 2]])],
    ["sets", new Set([1]), new Set([2])],
    ["bigints", 1n, 2n],
    ["bytes", new Uint8Array([1]), new Uint8Array([2])],
    ["buffers", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
    ["zero and minus zero", 0, -0],
  ])("are compared by value and replaced whole: %s", ([, one, other]) => {
    for (const wrap of [(value: unknown) => value, (value: unknown) => ({ value })]) {
      const made = makeOperations({ rest, x: wrap(one) }, { rest, x: wrap(other) });
      expect(made).toHaveLength(1);
      expect(makeOperations({ rest, x: wrap(one) }, { rest, x: wrap(structuredClone(one)) }))
        .toEqual([]);
      const lists = [[wrap(one), wrap(other), 3, 4], [
        wrap(structuredClone(one)),
        5,
        3,
        4,
      ]] as const;
      expect(makeOperations({ rest, x: lists[0] }, { rest, x: lists[1] }))
        .toEqual([{ op: "replace", path: "/x/1", value: 5 }]);
    }
  });

  test("are absent where a property is undefined, and null where an item is", () => {
    expect(makeOperations({ rest, a: 1, b: undefined }, { rest, a: undefined, b: 2 })).toEqual([
      { op: "remove", path: "/a" },
      { op: "add", path: "/b", value: 2 },
    ]);
    expect(makeOperations({ rest, a: undefined }, { rest })).toEqual([]);
    expect(makeOperations({ rest, a: { b: { c: undefined } } }, { rest, a: { b: {} } })).toEqual(
      [],
    );
    expect(makeOperations({ rest, l: [1, 2, 3] }, { rest, l: [1, undefined, 3] }))
      .toEqual([{ op: "replace", path: "/l/1", value: null }]);
    expect(
      makeOperations({ rest, l: [null, { a: 1 }] }, {
        rest,
        l: [undefined, { a: 1, b: undefined }],
      }),
    )
      .toEqual([]);
  });
});

test("an item that is undefined has no key, also where the list after is shorter", () => {
  const same = "s".repeat(1_000);
  const items = [{ id: 1 }, { id: 2 }];
  const [some, none] = [{ same, list: [...items, undefined] }, { same, list: items }];
  expect(makeOperations(some, none)).toEqual([{ op: "remove", path: "/list/2" }]);
  expect(makeOperations(none, some)).toEqual([{ op: "add", path: "/list/2", value: null }]);
});
