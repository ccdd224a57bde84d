import { expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";

for (const open of [() => new MemoryStore(), () => new SqliteStore(":memory:")]) {
  test(`${open().name} counts the entries of a type`, async () => {
    const store = open();
    expect(await store.count("notes")).toBe(0);
    await store.commit([1, 2, "2"].map((key) => ({ type: "notes", key, value: key })));
    await store.commit([{ type: "other", key: 1, value: 1 }, {
      type: "notes",
      key: 2,
      delete: true,
    }]);
    expect(await store.count("notes")).toBe(2);
    await store.close();
    await expect(store.count("notes")).rejects.toThrow("is closed");
  });
}
