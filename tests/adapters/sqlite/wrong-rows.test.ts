import { describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { Adapter, Entry, Key } from "../../../src/persistence/adapter/adapter.ts";
import { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";
import { databases } from "../sqlite-mapped/databases.ts";

/** What a column may hold that another tool, or a damaged disk, has left there. */
const oddities: readonly string[] = [
  "null",
  "7",
  "-1",
  "1.5",
  "9e999",
  "9223372036854775807",
  "1152921504606846976",
  "x'00ff'",
  "x''",
  "''",
  "'{'",
  "'null'",
  "'[1]'",
  '\'{"__proto__":{"a":1}}\'',
  "'7'",
  "'not json'",
];

const text = { type: "string" };
const mapping = {
  Note: { "x-na:store": { entity: "notes" } },
  Part: { "x-na:store": { entity: "parts" } },
};
const schema = {
  $defs: {
    Note: {
      properties: {
        ...{ id: text, title: text, n: { type: "number" } },
        parts: { type: "array", items: { $ref: "#/$defs/Part" } },
      },
    },
    Part: { properties: { id: text } },
  },
};

const valueOf = (key: string) => ({
  id: key,
  title: "t",
  n: 1,
  free: { a: key },
  parts: [{ id: key }],
});

interface Kind {
  readonly open: (database: ReturnType<(typeof databases)[0]["open"]>) => Adapter;
  /** The tables of the type, and the column by which a document's rows are found. */
  readonly tables: Readonly<Record<string, string>>;
}

const kinds: Readonly<Record<string, Kind>> = {
  SqliteStore: { open: (database) => new SqliteStore(database), tables: { Note: "id" } },
  SqliteMappedStore: {
    open: (database) => new SqliteMappedStore(database, { mapping, schema }),
    tables: { rian_documents: "id", notes: "rian_id", parts: "rian_id" },
  },
};

const cases = Object.entries(kinds).flatMap(([name, kind]) => {
  return databases.flatMap(({ library, open }) => {
    return Object.entries(kind.tables).map(([table, id]) => ({
      name,
      kind,
      library,
      open,
      table,
      id,
    }));
  });
});

describe.each(cases)("$name on $library, with anything in $table,", ({ kind, open, table, id }) => {
  test("reads entries of the right shape or throws an UnreadableEntryError, and never another", async () => {
    const found: Record<string, number> = { read: 0, unreadable: 0, absent: 0 };
    const database = open();
    await kind.open(database).commit(["a", "b", "c"].map((key) => {
      return { type: "Note", key, value: valueOf(key), metadata: { rev: 1 } };
    }));
    const columns = database.prepare(`select name from pragma_table_info('${table}')`).all()
      .map((row) => String((row as { name: unknown }).name));
    // Without types and constraints, as after an import, a column holds whatever it is given.
    const indexes = database.prepare(
      "select sql from sqlite_master where tbl_name = ? and type = 'index' and sql is not null",
    ).all(table).map((row) => (row as { sql: string }).sql);
    database.exec(
      `alter table "${table}" rename to before; create table "${table}" (${
        columns.map((name) => `"${name}" blob`).join(", ")
      }); insert into "${table}" select * from before; drop table before; ${indexes.join("; ")}`,
    );
    for (const column of columns) {
      for (const oddity of oddities) {
        database.exec("savepoint before_damage");
        database.exec(`update "${table}" set "${column}" = ${oddity} where "${id}" = 'b'`);
        const store = kind.open(database);
        await expectWhole(() => store.get("Note", "b"), found);
        const errors: unknown[] = [];
        const onUnreadable = (error: UnreadableEntryError) => errors.push(error);
        for (const reverse of [false, true]) {
          const keys: Key[] = [];
          for await (const entry of store.list("Note", { onUnreadable, reverse })) {
            assertShape(entry);
            keys.push(entry.key);
          }
          const others = keys.filter((key) => key === "a" || key === "c");
          expect(others, `${column} ${oddity}`).toEqual(reverse ? ["c", "a"] : ["a", "c"]);
        }
        for (const error of errors) expect(error).toBeInstanceOf(UnreadableEntryError);
        database.exec("rollback to before_damage; release before_damage");
      }
    }
    expect(found["unreadable"]).toBeGreaterThan(10);
    expect(found["read"]).toBeGreaterThan(10);
  });
});

async function expectWhole(
  read: () => Promise<Entry | undefined>,
  found: Record<string, number>,
): Promise<void> {
  try {
    const entry = await read();
    if (entry) assertShape(entry);
    found[entry ? "read" : "absent"]!++;
  } catch (error) {
    expect(error).toBeInstanceOf(UnreadableEntryError);
    found["unreadable"]!++;
  }
}

function assertShape({ key, version, metadata }: Entry): void {
  expect(typeof version).toBe("string");
  expect(["string", "number", "boolean", "object"]).toContain(typeof key);
  expect(metadata === undefined || JSON.stringify(metadata) !== undefined).toBe(true);
}
