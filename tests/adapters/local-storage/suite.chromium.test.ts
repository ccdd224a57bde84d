import { beforeEach, describe, expect, test } from "vitest";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import { encodeKey } from "../../../src/persistence/adapter/keys.ts";
import { testAdapter } from "../../../src/testing/mod.ts";

// Five million characters are too few for all cases together.
beforeEach(() => localStorage.clear());

let now = 1_800_000_000_000;
const cases = testAdapter("LocalStorageStore", () => {
  return new LocalStorageStore(localStorage, { events: window, clock: { now: () => now } });
}, {
  advance: (milliseconds) => {
    now += milliseconds;
  },
  corrupt: (type, key) => {
    localStorage.setItem(`rian/${type}/${encodeKey(key)}`, "nothing of ours");
  },
});
for (const { name, skip, run } of cases) test.skipIf(skip)(name, run);

describe("LocalStorageStore", () => {
  test("hears what another tab writes, removes and clears", async () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const theirs = new LocalStorageStore(frame.contentWindow!.localStorage);
    const mine = new LocalStorageStore(localStorage, { events: window });
    const heard: Key[] = [];
    mine.watch("Note", (keys) => heard.push(...keys));
    await theirs.commit([{ type: "Note", key: 1, value: 1 }, { type: "Other", key: 2, value: 1 }]);
    await theirs.commit([{ type: "Note", key: "a/b", value: 1 }]);
    await expect.poll(() => heard).toEqual([1, "a/b"]);
    await theirs.clear("Note");
    await expect.poll(() => heard.length).toBe(4);
    await mine.close();
    frame.remove();
  });

  test("does not promise to hear other tabs without a window", () => {
    expect(new LocalStorageStore(localStorage).capabilities.watch).toBe(false);
  });

  test("leaves everything as it was when the storage is full", async () => {
    const store = new LocalStorageStore(localStorage);
    const half = "x".repeat(2_000_000);
    await store.commit([{ type: "Note", key: "a", value: half }]);
    const before = { ...localStorage };
    const commit = store.commit([
      { type: "Note", key: "a", value: `${half}y` },
      { type: "Note", key: "b", value: half },
      { type: "Note", key: "c", value: half },
    ]);
    await expect(commit).rejects.toMatchObject({ name: "StorageLimitError" });
    expect({ ...localStorage }).toEqual(before);
  });

  test("names the entry whose record is damaged, and reads the others", async () => {
    const store = new LocalStorageStore(localStorage);
    await store.commit(["a", "b"].map((key) => ({ type: "Note", key, value: { key } })));
    for (const foreign of ["nothing of ours", "", '{"format":1,"version":"1"}\t']) {
      localStorage.setItem("rian/Note/a", foreign);
      await expect(store.get("Note", "a")).rejects.toThrow("Cannot read Note/a: the first line");
    }
    expect(await store.load("Note", "b")).toEqual({ key: "b" });
  });

  test("works on sessionStorage as well", async () => {
    const store = new LocalStorageStore(sessionStorage);
    await store.persist("Note", "a", {}, { n: 1n });
    expect(await store.load("Note", "a")).toEqual({ n: 1n });
    expect(localStorage.length).toBe(0);
  });
});
