import fc from "fast-check";
import { expect, test } from "vitest";
import { madeAndApplied } from "./support.ts";

const name = fc.constantFrom(
  ...[
    "",
    "a",
    "b",
    "a/b",
    "~",
    "~1",
    "/",
    "0",
    "1",
    "01",
    "-",
    "id",
    "key",
    "length",
    "constructor",
  ],
  ...["prototype", "toString", "hasOwnProperty", "ключ", "💧", "\u0000", " "],
);
const scalar = fc.oneof(
  fc.constantFrom(null, true, false, 0, 1, -1.5, "", "x", "0"),
  fc.string({ unit: "grapheme" }),
);
/** Long enough that operations on what holds it are shorter than it is. */
const long = "p".repeat(400);
const text = fc.oneof(fc.constant(long), fc.string());

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.constant(long),
    fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    fc.array(tie("value"), { maxLength: 6 }),
  ),
}));

/** Lists of which the second has much in common with the first: items stay, move, repeat, change, go and come. */
function lists<Item>(
  item: fc.Arbitrary<Item>,
  change: (item: Item, other: Item) => Item = (_, other) => other,
): fc.Arbitrary<[Item[], Item[]]> {
  return fc.array(item, { minLength: 1, maxLength: 20 }).chain((items) => {
    const kept = fc.nat(items.length - 1).map((index) => items[index]!);
    const changed = fc.tuple(kept, item).map(([one, other]) => change(one, other));
    const shuffled = fc.array(fc.oneof({ weight: 8, arbitrary: kept }, item, changed), {
      maxLength: 24,
    });
    const edited = fc.tuple(
      fc.constant(items),
      fc.array(fc.tuple(fc.nat(items.length), fc.nat(2), fc.oneof(kept, item, changed)), {
        maxLength: 5,
      }),
    ).map(([list, edits]) =>
      edits.reduce((next, [at, count, one]) => next.toSpliced(at, count, one), list)
    );
    return fc.tuple(fc.constant(items), fc.oneof(shuffled, edited));
  });
}

const rest = fc.record({ title: text, body: fc.option(value, { nil: null }) });
const rowWithId = fc.tuple(fc.oneof(fc.nat(15), fc.nat(15).map(String)), rest)
  .map(([id, row]) => ({ id, ...row }));

/** Pairs of values that a list or an object at the root has, before and after, by the kind of the pair. */
const kinds: Readonly<Record<string, fc.Arbitrary<[unknown, unknown]>>> = {
  "values of any shape": fc.tuple(value, value),
  "objects with some properties in common": fc.tuple(
    fc.dictionary(name, value, { noNullPrototype: true }),
    fc.dictionary(name, value, { noNullPrototype: true }),
    fc.dictionary(name, value, { noNullPrototype: true }),
  ).map(([one, other, both]) => [{ ...one, ...both }, { ...both, ...other }]),
  "lists of scalars": lists(scalar),
  "lists of long texts": lists(text.map((each) => each + long)),
  "lists with keys": lists(rowWithId, (row, other) => ({ ...other, id: row.id })),
  "lists without keys": lists(rest, (row, other) => ({ ...row, body: other.body })),
  "lists of lists": lists(fc.array(text, { maxLength: 4 })),
  "lists of mixed items": lists<unknown>(fc.oneof(scalar, rowWithId, rest, value)),
};

test.for(Object.entries(kinds))(
  "operations between random states with %s lead to the new state, by our code and by fast-json-patch",
  ([, pair]) => {
    let withOperations = 0;
    const runs = 400;
    fc.assert(
      fc.property(
        pair,
        fc.boolean(),
        fc.option(value, { nil: undefined }),
        ([one, other], isDeep, more) => {
          const [before, after] = isDeep ? [{ list: one }, { list: other }] : [one, other];
          // What stays the same is long, so the root does not go whole.
          const same = { same: long.repeat(20) };
          const operations = madeAndApplied(
            { ...same, "~/": before },
            { ...same, "~/": after, ...more === undefined ? {} : { more } },
          );
          if (operations !== undefined && operations.length > 0) withOperations++;
        },
      ),
      { numRuns: runs },
    );
    expect(withOperations).toBeGreaterThan(runs / 2);
  },
);

test("random states with nothing around what changes lead to operations or to a snapshot", () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, value, { noNullPrototype: true }),
      fc.dictionary(name, value, { noNullPrototype: true }),
      (before, after) => void madeAndApplied(before, after),
    ),
    { numRuns: 1_000 },
  );
});
