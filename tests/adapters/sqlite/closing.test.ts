import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-sqlite-closing-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("A store that is closed", () => {
  test("finishes the commit that opens the file and makes its table first", async () => {
    const file = join(folder, "commit.db");
    const store = new SqliteStore(file);
    const commit = store.commit([{ type: "Note", key: "a", value: 1 }]);
    await store.close();
    await expect(commit).resolves.toHaveLength(1);
    const reopened = new SqliteStore(file);
    expect(await reopened.load("Note", "a")).toBe(1);
    await reopened.close();
  });

  test("refuses new calls at once, while others are still running", async () => {
    const store = new SqliteStore(join(folder, "refused.db"));
    const running = store.persist("Note", "a", {}, 1);
    const closing = store.close();
    await expect(store.load("Note", "a")).rejects.toThrow("this adapter is closed");
    await Promise.all([running, closing]);
  });

  test("does not wait for a list whose reader has stopped, and refuses to read on", async () => {
    const store = new SqliteStore(join(folder, "list.db"));
    const keys = Array.from({ length: 200 }, (_, key) => key);
    await store.commit(keys.map((key) => ({ type: "Note", key, value: key })));
    const pages = store.pages("Note");
    const entries = store.list("Note");
    expect((await pages.next()).done).toBe(false);
    expect((await entries.next()).done).toBe(false);
    await store.close();
    await expect(pages.next()).rejects.toThrow("this adapter is closed");
    await expect(entries.next()).rejects.toThrow("this adapter is closed");
  });

  test("is released once, however often it is closed, and every call of close waits for that", async () => {
    const store = new SqliteStore(join(folder, "twice.db"));
    let stored = false;
    const commit = store.persist("Note", "a", {}, 1).then(() => stored = true);
    const closing = [store.close(), store.close()];
    await closing[1];
    expect(stored).toBe(true);
    await Promise.all([commit, ...closing, store.close()]);
  });
});
