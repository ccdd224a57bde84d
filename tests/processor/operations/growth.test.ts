import { expect, test } from "vitest";
import { stepsBetween } from "./steps.ts";

interface Row {
  readonly id?: number | string;
  readonly text: string;
}

type Lists = readonly [readonly unknown[], readonly unknown[]];

/** Returns numbers below a size in an order that looks random, the same each time. */
function shuffled(size: number): number[] {
  let state = 1;
  return Array.from({ length: size }, (_, index) => index)
    .map((index) => {
      state = state * 48_271 % 2_147_483_647;
      return [state, index] as const;
    })
    .sort(([one], [other]) => one - other)
    .map(([, index]) => index);
}

function rows(size: number, id: (index: number) => number | string | undefined): Row[] {
  return Array.from({ length: size }, (_, index) => {
    const key = id(index);
    return { ...key === undefined ? {} : { id: key }, text: `row ${index}` };
  });
}

/** A list in a list, `levels` deep, of which only the innermost items say what it is. */
function nested(levels: number, width: number, mark: string): unknown[] {
  if (levels === 0) return [mark];
  return Array.from({ length: levels % 4 === 0 ? width : 1 }, (_, index) => ({
    of: nested(levels - 1, width, `${mark}.${index}`),
  }));
}

const hostile: Readonly<Record<string, (size: number) => Lists>> = {
  "reversed": (size) => [rows(size, (id) => id), rows(size, (id) => id).toReversed()],
  "shuffled": (size) => {
    const before = rows(size, (id) => id);
    return [before, shuffled(size).map((index) => ({ ...before[index]! }))];
  },
  "all new": (size) => [rows(size, (id) => id), rows(size, (id) => `new-${id}`)],
  "with one id for all": (size) => [rows(size, () => 1), rows(size, () => 1).toReversed()],
  "all equal and without ids": (size) => [
    Array.from({ length: size }, () => ({ text: "same" })),
    Array.from({ length: size / 2 }, () => ({ text: "same" })),
  ],
  "without ids, reversed": (size) => [
    rows(size, () => undefined),
    rows(size, () => undefined).toReversed(),
  ],
  "of the same two, in turns": (size) => [
    Array.from({ length: size }, (_, index) => ({ text: `${index % 2}` })),
    Array.from({ length: size }, (_, index) => ({ text: `${index % 3 % 2}` })),
  ],
  "of numbers, shuffled": (size) => [shuffled(size).toSorted((a, b) => a - b), shuffled(size)],
};

test.for(Object.entries(hostile))(
  "twice as many items, %s, take about twice as many steps",
  async ([, listsOf]) => {
    async function steps(size: number): Promise<number> {
      const [before, after] = listsOf(size);
      return await stepsBetween({ list: before }, { list: after });
    }
    const [few, many] = [await steps(10_000), await steps(20_000)];
    expect(few).toBeGreaterThan(10_000);
    // n log n: 2 × log 20,000 / log 10,000 = 2.15.
    expect(many / few).toBeLessThan(2.3);
  },
);

test("each further level of nested lists without keys takes as many steps as the one before", async () => {
  async function steps(levels: number): Promise<number> {
    const [before, after] = ["a", "b"].map((mark) => ({ list: nested(levels, 3, mark) }));
    const sizes = JSON.stringify(before).length;
    return await stepsBetween(before!, after!) / sizes;
  }
  const [few, many] = [await steps(6), await steps(12)];
  // By recursive comparisons it would be threefold a level.
  expect(many / few).toBeLessThan(1.5);
});

test.for<[string, (inner: unknown) => unknown]>([
  ["lists", (inner) => [inner, "end"]],
  ["objects", (inner) => ({ end: 1, inner })],
])("a chain of 400 nested %s takes about twice the steps of 200", async ([, wrap]) => {
  function chainOf(levels: number, n: number): unknown {
    let chain: unknown = Array.from({ length: 50 }, (_, index) => ({ a: "a", b: "b", n, index }));
    for (let level = 0; level < levels; level++) chain = wrap(chain);
    return chain;
  }
  async function steps(levels: number): Promise<number> {
    const [before, after] = [1, 2].map((n) => ({ chain: chainOf(levels, n) }));
    return await stepsBetween(before!, after!);
  }
  const [few, many, more] = [await steps(100), await steps(200), await steps(400)];
  expect((more - many) / (many - few)).toBeLessThan(2.3);
});
