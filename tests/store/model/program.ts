import fc from "fast-check";
import type { Comparison, Criteria, Item, Question } from "./naive.ts";

/** One step of a random program. */
export type Command =
  | { do: "add" | "put"; item: Item }
  | { do: "update"; key: unknown; changes: Partial<Item> }
  | { do: "delete"; key: unknown }
  | { do: "bulkAdd" | "bulkPut"; items: Item[] }
  | { do: "bulkUpdate"; keys: unknown[]; changes: Partial<Item> }
  | { do: "bulkDelete"; keys: unknown[] }
  | { do: "clear" }
  | { do: "modify"; question: Question; changes: Partial<Item> }
  | { do: "deleteFound"; question: Question }
  | { do: "transaction"; commands: Command[]; fails: boolean; isCaught: boolean };

const key = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 24 }) as fc.Arbitrary<unknown> },
  { weight: 2, arbitrary: fc.constantFrom<unknown>("1", "", "b", true, false, -0, 2.5) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(new Date(1), new Date(2)) },
);
const scalar = fc.constantFrom<unknown>(
  ...[0, 1, 2, 3.5, -0, -1, NaN, Infinity, "", "a", "ab", "abc", "b", "\u00e9", true, false],
  ...[null, undefined, 1n, 2n, new Date(1), new Date(2)],
);
const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 9 }) as fc.Arbitrary<unknown> },
  scalar,
);
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>("a", "ab", "b", "c") },
  scalar,
);
const date = fc.integer({ min: 0, max: 5 }).map((time) => new Date(time));
const tags = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(fc.constantFrom<unknown>("x", "y", "z", "", 0), { maxLength: 4 }),
  },
  { weight: 1, arbitrary: scalar },
);
const broken = fc.constantFrom<Partial<Item>>(
  { status: {} },
  { n: [1] },
  { at: new Date(NaN) },
  { tags: [{}] },
  { id: undefined },
  { id: null },
  { id: NaN },
  { stats: { level: [] } },
  { rank: {} },
);

const fields = fc.record({
  status: text,
  active: fc.boolean(),
  n: number,
  stats: fc.oneof(fc.record({ level: number }), fc.constant(null)),
  at: date,
  tags,
  rank: number,
  note: fc.oneof(text, tags),
  code: fc.oneof(fc.constantFrom(null, undefined), fc.integer({ max: 60, min: 0 }).map(String)),
}, { requiredKeys: [] }) as fc.Arbitrary<Partial<Item>>;

const changes: fc.Arbitrary<Partial<Item>> = fc.oneof(
  { weight: 12, arbitrary: fields },
  { weight: 2, arbitrary: fc.tuple(fields, key).map(([item, id]) => ({ ...item, id })) },
  { weight: 1, arbitrary: broken },
);
const item: fc.Arbitrary<Item> = fc.oneof(
  { weight: 20, arbitrary: fc.tuple(fields, key).map(([item, id]) => ({ ...item, id })) },
  { weight: 1, arbitrary: fc.tuple(key, broken).map(([id, item]) => ({ id, ...item })) },
);

const hashedPaths = ["status", "active", "n", "stats.level", "at", "code"];
const orderedPaths = ["n", "at", "status", "id"];

function comparison(paths: string[], operators: string[], operands: fc.Arbitrary<unknown[]>) {
  return fc.record({
    path: fc.constantFrom(...paths),
    operator: fc.constantFrom(...operators),
    operands,
  });
}

const some = fc.array(scalar, { minLength: 0, maxLength: 3 });
const range = fc.tuple(number, number).filter(([a, b]) => rangeType(a) === rangeType(b));

function rangeType(value: unknown): string {
  return value === null || value instanceof Date || Number.isNaN(value)
    ? Object.prototype.toString.call(value) + String(value === null)
    : typeof value;
}

const compoundPaths = ["status+n", "status+rank"];
const lists = fc.tuple(text, number);

/** A random comparison that some index of the collection under test can answer. */
const comparisons: fc.Arbitrary<Comparison> = fc.oneof(
  comparison(
    [...hashedPaths, "id"],
    ["equals"],
    fc.oneof(number, text, date).map((value) => [value]),
  ),
  comparison([...hashedPaths, "id"], ["anyOf", "allOf"], some),
  comparison(["tags"], ["equals"], tags.map((value) => [value])),
  comparison(["tags"], ["anyOf", "allOf"], fc.array(fc.constantFrom("x", "y", "z", 0))),
  comparison(orderedPaths, ["above", "aboveOrEqual", "below", "belowOrEqual"], fc.tuple(number)),
  comparison(orderedPaths, ["between", "betweenOpen"], range),
  comparison(["at"], ["between", "above", "below"], fc.tuple(date, date)),
  comparison(["status"], ["startsWith"], fc.constantFrom("", "a", "ab", "b").map((p) => [p])),
  comparison(orderedPaths, ["noneOf"], some),
  comparison(compoundPaths, ["equals"], fc.tuple(lists)),
  comparison(compoundPaths, ["anyOf", "noneOf"], fc.array(lists, { maxLength: 3 })),
  comparison(compoundPaths, ["above", "belowOrEqual"], fc.tuple(lists)),
  comparison(compoundPaths, ["between", "betweenOpen"], fc.tuple(lists, lists)),
);

/** What each field may be looked for by; the last two have no index of their own. */
const wanted: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  "id": key,
  "status": text,
  "active": fc.boolean(),
  "n": number,
  "stats.level": number,
  "at": date,
  "tags": fc.constantFrom<unknown>("x", "y", "z", "", 0, undefined),
  "rank": number,
  "note": fc.oneof(text, fc.constantFrom<unknown>("x", "y", "z", 0)),
};

/** Random criteria with at least one indexed field, or none. A list means any of its values. */
const criteria: fc.Arbitrary<Criteria> = fc.subarray(Object.keys(wanted), { maxLength: 3 })
  .filter((paths) => paths.length === 0 || paths.some((path) => !["rank", "note"].includes(path)))
  .chain((paths) =>
    fc.record(Object.fromEntries(paths.map((path) => {
      const value = wanted[path]!;
      return [path, fc.oneof(value, fc.array(value, { maxLength: 4 }))];
    })))
  );

/** A random query. */
export const question: fc.Arbitrary<Question> = fc.record({
  criteria: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: criteria }),
  comparisons: fc.array(comparisons, { maxLength: 2 }),
  filtered: fc.boolean(),
  sortBy: fc.constantFrom(undefined, ["n"], ["at"], ["status", "n"], ["n", "status"], ["id"], [
    "stats.level",
  ], ["tags"]),
  reverse: fc.boolean(),
  offset: fc.constantFrom(0, 0, 1, 3),
  limit: fc.constantFrom(Infinity, Infinity, 0, 1, 2, 5),
  after: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, item),
});

const simple: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("add" as const), item }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), item }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("update" as const), key, changes }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("bulkAdd" as const, "bulkPut" as const),
      items: fc.array(item, { maxLength: 6 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("bulkUpdate" as const), keys: fc.array(key), changes }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("bulkDelete" as const), keys: fc.array(key) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "clear" as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("modify" as const), question, changes }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deleteFound" as const), question }) },
);

const { command } = fc.letrec<{ command: Command; transaction: Command }>((tie) => ({
  command: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 9, arbitrary: simple },
    { weight: 1, arbitrary: tie("transaction") },
  ),
  transaction: fc.record({
    do: fc.constant("transaction" as const),
    commands: fc.array(tie("command"), { maxLength: 6 }),
    fails: fc.boolean(),
    isCaught: fc.boolean(),
  }),
}));

/** A random step of a program. */
export const anyCommand: fc.Arbitrary<Command> = command;
