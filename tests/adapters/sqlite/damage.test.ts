import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { UnreadableEntryError } from "../../../src/persistence/adapter/errors.ts";

describe("SqliteStore", () => {
  test("names the entry whose stored text is damaged, and reads the others", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit([1, 2, 3].map((key) => ({ type: "Note", key, value: { key } })));
    database.prepare(`update "Note" set data = '{"key":' where data = '{"key":2}'`).run();
    await expect(store.get("Note", 2)).rejects.toThrow(
      "Cannot read Note/2: the stored text is damaged",
    );
    expect((await store.get("Note", 3))?.value).toEqual({ key: 3 });
    const keys: unknown[] = [];
    const list = async (after?: Key) => {
      for await (const { key } of store.list("Note", { after })) keys.push(key);
    };
    const error = await list().catch((error) => error);
    expect(error).toBeInstanceOf(UnreadableEntryError);
    await list(error.key);
    expect(keys).toEqual([1, 3]);
  });

  test("reports rows that no store has written one by one, and lists the others", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit(["a", "z"].map((key) => ({ type: "Note", key, value: key, metadata: 1 })));
    const insert = database.prepare(
      `insert into "Note" (type, id, data, format, version, metadata, chunks) ` +
        "values ('Note', ?, ?, ?, ?, ?, ?)",
    );
    insert.run("!nowhere", "1", 1, "v", null, 0);
    insert.run(new Uint8Array([1, 2]), "1", 1, "v", null, 0);
    insert.run("b", new Uint8Array([1, 2]), 1, "v", null, 0);
    insert.run("c", "1", "one", "v", null, 0);
    insert.run("d", "1", 1, new Uint8Array([1]), null, 0);
    insert.run("e", "1", 1, "v", "{", 0);
    insert.run("f", "1", 1, "v", null, -1);
    insert.run("g", "1", 1, "v", null, 1e9);
    insert.run("h", "1", 1, "v", null, "many");
    for (const reverse of [false, true]) {
      const [keys, errors]: [Key[], string[]] = [[], []];
      const onUnreadable = ({ message }: Error) => errors.push(message);
      for await (const { key } of store.list("Note", { reverse, onUnreadable })) keys.push(key);
      expect(keys).toEqual(reverse ? ["z", "a"] : ["a", "z"]);
      expect(errors).toHaveLength(9);
      for (const error of errors) expect(error).toMatch(/^Cannot read Note\//);
    }
    for (const key of ["b", "c", "d", "e", "f", "g", "h"]) {
      await expect(store.get("Note", key)).rejects.toThrow(UnreadableEntryError);
    }
    await store.commit([{ type: "Note", key: "b", value: "repaired" }]);
    expect(await store.load("Note", "b")).toBe("repaired");
    await store.clear("Note");
    expect(await store.count("Note")).toBe(0);
  });

  test("lists the pages after a damaged row that has no length", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    const keys = Array.from({ length: 200 }, (_, key) => key);
    await store.commit(keys.map((key) => ({ type: "Note", key, value: key })));
    database.exec(`update "Note" set chunks = 'many' where data = '7'`);
    const [listed, unreadable]: [Key[], (Key | undefined)[]] = [[], []];
    const onUnreadable = ({ key }: UnreadableEntryError) => unreadable.push(key);
    for await (const { key } of store.list("Note", { onUnreadable })) listed.push(key);
    expect(listed).toEqual(keys.filter((key) => key !== 7));
    expect(unreadable).toEqual([7]);
  });

  test("asks for an update if a later version stored an entry", async () => {
    const database = new DatabaseSync(":memory:");
    const store = new SqliteStore(database);
    await store.commit([{ type: "Note", key: "a", value: 1 }]);
    database.exec(`update "Note" set format = 99`);
    await expect(store.get("Note", "a")).rejects.toThrow("Note/a: it is stored in format 99");
  });
});
