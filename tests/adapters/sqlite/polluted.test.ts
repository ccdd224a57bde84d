import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-polluted-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const added: string[] = [];
afterEach(() => {
  for (const name of added.splice(0)) Reflect.deleteProperty(Object.prototype, name);
});

/** Adds to what every object inherits, as a library would that nobody should use. */
function pollute(name: string, value: unknown): void {
  added.push(name);
  Object.defineProperty(Object.prototype, name, { value, writable: true, configurable: true });
}

const text = { type: "string" };
const mapping = {
  Todo: { "x-na:store": { entity: "todos" } },
  List: { "x-na:store": { entity: "lists" } },
};
const schema = {
  $defs: {
    Todo: { properties: { id: text, title: text } },
    List: {
      properties: { id: text, items: { type: "array", items: { $ref: "#/$defs/Todo" } }, free: {} },
    },
  },
};

const stores: Record<string, (database: string | DatabaseSync) => Adapter> = {
  SqliteStore: (database) => new SqliteStore(database),
  SqliteMappedStore: (database) => new SqliteMappedStore(database, { mapping, schema }),
};

const pollution: readonly (readonly [name: string, value: unknown])[] = [
  ...["driver", "synchronous", "clock", "createVersion", "options", "each", "isRequired"].map(
    (name) => [name, 5] as const,
  ),
  ["driver", "node:sqlite"],
  ["synchronous", "full"],
  ["clock", { now: () => 0 }],
  ["chunks", 3],
  ["entity", "others"],
  ["pk", "title"],
  ["x-na:store", { entity: "others" }],
  ["type", "integer"],
  ["$ref", "#/$defs/Todo"],
  ["generation", 7],
  ["limits", { title: "integer" }],
  ["items", [{ id: "theirs" }]],
  ["title", "theirs"],
  ["id", "l"],
];

describe.each(Object.keys(stores))("%s", (name) => {
  test.each(pollution)(
    "keeps documents as ever when another library has given every object a property %s of %o",
    async (property, value) => {
      pollute(property, value);
      for (const database of [new DatabaseSync(":memory:"), join(folder, `${files++}.db`)]) {
        const store = stores[name]!(database);
        const list = { items: [{ id: "x", title: "milk" }], free: { a: [1] } };
        const versions = await store.commit([
          { type: "List", key: "l", value: list },
          { type: "List", key: "m", value: {} },
          { type: "Todo", key: "t", value: { title: "tea" } },
          { type: "Other", key: 1, value: { some: 1 } },
        ]);
        await store.commit([{ type: "List", key: "m", value: {}, ifVersion: versions[1]! }]);
        for (
          const each of database instanceof DatabaseSync
            ? [store, stores[name]!(database)]
            : [store]
        ) {
          expect(Object.entries((await each.load("List", "l")).items)).toHaveLength(1);
          expect(JSON.stringify(await each.load("List", "l"))).toBe(JSON.stringify(list));
          expect(JSON.stringify(await each.load("List", "m"))).toBe("{}");
          expect(JSON.stringify(await each.load("Todo", "t"))).toBe('{"title":"tea"}');
          expect(JSON.stringify((await each.get("Other", 1))?.value)).toBe('{"some":1}');
        }
        const keys: unknown[] = [];
        for await (const { key } of store.list("List", {})) keys.push(key);
        expect(keys).toEqual(["l", "m"]);
        await expect(store.commit([{ type: "List", key: "m", value: {}, ifVersion: null }]))
          .rejects.toMatchObject({ name: "ConflictError" });
        await store.close();
      }
    },
  );
});
