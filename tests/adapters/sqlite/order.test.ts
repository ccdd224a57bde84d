import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { PutWrite } from "../../../src/persistence/adapter/adapter.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-sqlite-order-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("The writes of one commit", () => {
  const put = (key: string, mail: string): PutWrite => ({ type: "User", key, value: { mail } });

  /** Each makes the row of a write unlike others. */
  const shapes = [
    (write: PutWrite) => ({ ...write, metadata: { rev: 1 } }),
    (write: PutWrite) => ({ ...write, ttl: 1e9 }),
    (write: PutWrite) => ({ ...write, value: { ...write.value as object, x: "x".repeat(2e5) } }),
  ];

  test("reach another tool's unique index in their order, whatever they write", async () => {
    for (const shape of [(write: PutWrite) => write, ...shapes]) {
      const database = new DatabaseSync(":memory:");
      const store = new SqliteStore(database);
      await store.commit([put("a", "free")]);
      database.exec(`create unique index mail on "User" (data ->> '$.mail')`);
      await store.commit([shape(put("a", "other")), put("b", "free")]);
      const meet = store.commit([put("b", "other"), shape(put("a", "another"))]);
      await expect(meet).rejects.toThrow("Cannot commit to SQLite: User/b violates unique mail");
      expect(await store.load("User", "b")).toEqual({ mail: "free" });
    }
  });
});

describe("Calls that are not awaited", () => {
  const mapping = { Note: { "x-na:store": { entity: "notes", pk: "id" } } };
  const schema = { $defs: { Note: { properties: { id: { type: "string" } } } } };
  const stores = {
    "while a file is being opened": () => new SqliteStore(join(folder, "new.db")),
    "while a mapped table is made": () =>
      new SqliteMappedStore(new DatabaseSync(":memory:"), { mapping, schema }),
    "while both happen": () =>
      new SqliteMappedStore(join(folder, "mapped.db"), { mapping, schema }),
  };

  test.for(Object.entries(stores))("take effect one after the other %s", async ([, open]) => {
    const store = open();
    const commits = [1, 2, 3].map((n) => {
      return store.commit([{ type: "Note", key: "a", value: { id: "a", n } }]);
    });
    const read = store.get("Note", "a");
    const count = store.count("Note");
    const clear = store.clear("Note");
    const after = store.count("Note");
    await Promise.all([...commits, clear]);
    expect([(await read)?.value, await count, await after]).toEqual([{ id: "a", n: 3 }, 1, 0]);
    await store.close();
  });
});
