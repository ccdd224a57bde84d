import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { databases } from "./databases.ts";

const text = { type: "string" };

describe.each(databases)("the schema of a SqliteMappedStore on $library", ({ open }) => {
  function storeOf($defs: Record<string, unknown>, database = open()): SqliteMappedStore {
    const types = Object.keys($defs).map((type, index) => {
      return [type, { "x-na:store": { entity: `t${index}`, pk: "id" } }];
    });
    return new SqliteMappedStore(database, {
      mapping: Object.fromEntries(types),
      schema: { $defs },
    });
  }

  test.each([
    ["To~1do", "To/do"],
    ["To~01do", "To~1do"],
    ["To%20do", "To do"],
    ["T%C3%B3do%25", "Tódo%"],
    ["To%7E1do", "To/do"],
  ])("finds the items of $ref #/$defs/%s in the table of %s", async (pointer, type) => {
    const database = open();
    const items = { type: "array", items: { $ref: `#/$defs/${pointer}` } };
    const List = { properties: { id: text, items } };
    const store = storeOf({ List, [type]: { properties: { id: text } } }, database);
    const value = { id: "a", items: [{ id: "x" }, { id: "y" }] };
    await store.persist("List", "a", {}, value);
    expect(await store.load("List", "a")).toStrictEqual(value);
    expect(database.prepare("select id from t1").all()).toEqual([{ id: "x" }, { id: "y" }]);
  });

  test("may be true or false of a type or a property, which then has no column", async () => {
    const database = open();
    const properties = {
      id: true,
      anything: true,
      never: false,
      rows: { type: "array", items: true },
    };
    const store = storeOf({ Note: { properties }, Any: true }, database);
    const value = { id: "a", anything: "x", never: 1, rows: [{ id: "x" }] };
    await store.commit(["Note", "Any"].map((type) => ({ type, key: "a", value })));
    for (const type of ["Note", "Any"]) expect(await store.load(type, "a")).toStrictEqual(value);
    const columns = database.prepare("select name from pragma_table_info('t0')").all();
    expect(columns).not.toContainEqual({ name: "anything" });
  });

  test("comes with a mapping, which is refused if its names are not strings", () => {
    for (const wrong of [{ entity: 5 }, { entity: null }, { pk: 5 }, { pk: null }]) {
      const mapping = { Note: { "x-na:store": wrong } };
      const schema = { $defs: { Note: { properties: { id: text } } } };
      const [[option, name]] = Object.entries(wrong) as [[string, unknown]];
      expect(() => new SqliteMappedStore(open(), { mapping, schema })).toThrow(
        `Cannot map the type Note: its ${option} is ${name}; use a string`,
      );
    }
  });

  test("comes with a mapping, which is refused if a type in it would get no table", () => {
    const schema = { $defs: { Note: { properties: { id: text } } } };
    const storeOver = (mapping: Record<string, unknown>) => () =>
      new SqliteMappedStore(open(), { mapping, schema });
    const missing = 'Cannot map the type Note: it has no options under "x-na:store"; ' +
      'use { "x-na:store": { entity: "todos", pk: "id" } }';
    for (const entry of [5, null, "notes", [], {}, { "x-na:stor": {} }, { entity: "notes" }]) {
      expect(storeOver({ Note: entry }), JSON.stringify(entry)).toThrow(new TypeError(missing));
    }
    for (const options of [undefined, null, 5, "notes", []]) {
      expect(storeOver({ Note: { "x-na:store": options } })).toThrow(new TypeError(missing));
    }
    for (const name of ["entty", "colums", "PK"]) {
      expect(storeOver({ Note: { "x-na:store": { [name]: "notes" } } })).toThrow(
        new TypeError(
          `Cannot map the type Note: ${name} is not an option of a table; use entity, pk`,
        ),
      );
    }
    expect(storeOver({ $schema: "./mapping.schema.json", Note: { "x-na:store": {} } })).not
      .toThrow();
  });

  test("is refused if it is not a schema, by the path to what is wrong", () => {
    const wrong: Record<string, unknown> = {
      "$defs.Note is null": null,
      "$defs.Note is of type string": "string",
      "$defs.Note.properties is an array": { properties: [] },
      "$defs.Note.properties.title is null": { properties: { id: text, title: null } },
      "$defs.Note.properties.title is an array": { properties: { title: ["string"] } },
      "$defs.Note.properties.title is of type string": { properties: { title: "string" } },
      '$defs.Note.properties.all.items.$ref is "#/$defs/100%", which is no URI; write % as %25': {
        properties: { all: { type: "array", items: { $ref: "#/$defs/100%" } } },
      },
    };
    for (const [problem, Note] of Object.entries(wrong)) {
      expect(() => storeOf({ Note })).toThrow(`Cannot map the type Note: ${problem}`);
      expect(() => storeOf({ Note })).toThrow(TypeError);
    }
  });
});
