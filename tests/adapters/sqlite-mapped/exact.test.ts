import fc from "fast-check";
import { expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { databases } from "./databases.ts";

type Document = Record<string, unknown>;

/** Names that collide with each other, with columns of the store, or with what SQLite has under them. */
const names = [
  ...["id", "title", "Title", "dueInDays", "items", "archived", "list_id", "LIST_ID", "rowid"],
  ...["rian_id", "rian_rest", "rian_position", "2", "", "a.b", '"', "\ud800", "hasOwnProperty"],
];
const kinds = [
  ...["string", "number", "integer", "boolean", "object", ["string", "null"]].map((type) => ({
    type,
  })),
  { type: "array", items: { type: "string" } },
  { type: "array", items: { $ref: "#/$defs/Item" } },
  { type: "array", items: { $ref: "#/$defs/List" } },
];
const keys: readonly Key[] = ["a", "1", 1, true, new Date(1), "a\0", "!b1"];

function recordOf<Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Record<string, Value>> {
  const entries = fc.uniqueArray(fc.tuple(fc.constantFrom(...names), values), {
    selector: ([name]) => name,
    maxLength: 8,
  });
  return entries.map((pairs) => Object.fromEntries(pairs));
}

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, NaN, -0, 0, 1, 2 ** 53, 0.1 + 0.2, 5e-324, Infinity),
  fc.constantFrom<unknown>(true, false, "", "1", "007", "1e3", "\0", "\udc00", "a", 1n, 2n ** 64n),
  fc.string({ unit: "binary", maxLength: 5 }),
  fc.double(),
  fc.integer(),
  fc.date(),
  fc.constantFrom<unknown>("a", "1", 1, true),
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  recordOf(scalar),
);
const item = recordOf(value);
const document: fc.Arbitrary<Document> = recordOf(
  fc.oneof({ weight: 2, arbitrary: value }, fc.array(item, { maxLength: 4 })),
);
const properties = recordOf(fc.constantFrom(...kinds));
const schema = fc.record({ Item: properties, List: properties }).map(({ Item, List }) => {
  return { $defs: { Item: { properties: Item }, List: { properties: List } } };
});

const type = fc.constantFrom("Item", "List");
const key = fc.constantFrom(...keys);
const put = fc.record({ type, key, value: fc.oneof({ weight: 9, arbitrary: document }, value) });
const remove = fc.record({ type, key, delete: fc.constant(true as const) });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ commit: fc.array(fc.oneof(put, put, remove), { maxLength: 5 }) }),
  },
  { weight: 2, arbitrary: fc.record({ persist: document, type, key: fc.constantFrom("a", "1") }) },
  { weight: 1, arbitrary: fc.record({ schema }) },
  { weight: 1, arbitrary: fc.record({ clear: type }) },
);

const mapping = {
  Item: { "x-na:store": { entity: "items", pk: "id" } },
  List: { "x-na:store": { entity: "lists", pk: "id" } },
};

test("what is loaded is what was stored, for any documents under any schemas, one after the other", async () => {
  const steps = fc.array(step, { maxLength: 7 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...databases),
      schema,
      steps,
      async ({ open }, first, steps) => {
        const database = open();
        let store = new SqliteMappedStore(database, { mapping, schema: first });
        const expected = new Map<string, unknown>();
        const nameOf = (type: string, key: Key) => `${type} ${encodeKey(key)}`;
        for (const step of steps) {
          if ("schema" in step) {
            store = new SqliteMappedStore(database, { mapping, schema: step.schema });
          } else if ("clear" in step) {
            await store.clear(step.clear);
            for (const each of keys) expected.delete(nameOf(step.clear, each));
          } else if ("persist" in step) {
            const before = expected.get(nameOf(step.type, step.key));
            const full = { ...(typeof before === "object" ? before : {}), ...step.persist };
            await store.persist(step.type, step.key, step.persist, full);
            expected.set(nameOf(step.type, step.key), full);
          } else {
            await store.commit(step.commit);
            for (const write of step.commit) {
              const name = nameOf(write.type, write.key);
              if ("value" in write) expected.set(name, write.value);
              else expected.delete(name);
            }
          }
          const found = new Map<string, unknown>();
          for (const type of ["Item", "List"]) {
            for await (const { key, value } of store.list(type)) {
              found.set(
                nameOf(type, key),
                value,
              );
            }
          }
          expect(found.size).toBe(expected.size);
          for (const [name, value] of expected) {
            expect(found.get(name)).toStrictEqual(value);
            if (typeof value !== "object" || value === null) continue;
            expect(Object.keys(found.get(name) as object)).toEqual(Object.keys(value));
          }
        }
        database.close();
      },
    ),
    { numRuns: 200 },
  );
});
