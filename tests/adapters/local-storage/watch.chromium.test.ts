import { beforeEach, describe, expect, test } from "vitest";
import { LocalStorageStore } from "../../../adapters/local-storage.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

/** What a store hears of a type, in order. */
function listen(store: LocalStorageStore, type: string): Key[] {
  const heard: Key[] = [];
  store.watch(type, (keys) => heard.push(...keys));
  return heard;
}

/** Resolves when every listener in this tab was called that should be. */
function notified(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(resolve));
}

// A type for each test, as events of the one before may come late.
describe("watching localStorage", () => {
  test("hears each write of other stores in the tab on the same storage and prefix once", async () => {
    const [first, second] = [1, 2].map(() =>
      new LocalStorageStore(localStorage, { events: window })
    );
    const others = [
      new LocalStorageStore(localStorage, { events: window, prefix: "other" }),
      new LocalStorageStore(sessionStorage, { events: window }),
    ];
    const heard = [first!, second!, ...others].map((store) => listen(store, "Shared"));
    await first!.commit([{ type: "Shared", key: 1, value: 1 }]);
    await second!.commit([{ type: "Shared", key: 2, value: 1 }, {
      type: "Other",
      key: 3,
      value: 1,
    }]);
    await second!.clear("Shared");
    await notified();
    expect(heard).toEqual([[1, 2, 1, 2], [1, 2, 1, 2], [], []]);
    await second!.close();
    await first!.commit([{ type: "Shared", key: 3, value: 1 }]);
    await notified();
    expect(heard).toEqual([[1, 2, 1, 2, 3], [1, 2, 1, 2], [], []]);
  });

  test("hears each write of another tab once, and does not hear its own again", async () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const theirs = new LocalStorageStore(frame.contentWindow!.localStorage, {
      events: frame.contentWindow!,
    });
    const [first, second] = [1, 2].map(() =>
      new LocalStorageStore(localStorage, { events: window })
    );
    const heard = [first!, second!, theirs].map((store) => listen(store, "Apart"));
    await theirs.commit([{ type: "Apart", key: "a", value: 1 }]);
    await first!.commit([{ type: "Apart", key: "b", value: 1 }]);
    await theirs.commit([{ type: "Apart", key: "end", value: 1 }]);
    await first!.commit([{ type: "Apart", key: "end", value: 2 }]);
    await expect.poll(() => heard.map((keys) => keys.filter((key) => key === "end").length))
      .toEqual([2, 2, 2]);
    for (const keys of heard) expect([...keys].sort()).toEqual(["a", "b", "end", "end"]);
    frame.remove();
  });

  test("hears every key it could know when another tab clears the storage", async () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const foreign = frame.contentWindow!.localStorage;
    const store = new LocalStorageStore(localStorage, { events: window });
    await store.commit([{ type: "Cleared", key: "before", value: 1 }]);
    const [heard, others] = [listen(store, "Cleared"), listen(store, "Other")];
    await store.commit([{ type: "Cleared", key: 2, value: 1 }]);
    await new LocalStorageStore(foreign).commit([{ type: "Cleared", key: "theirs", value: 1 }]);
    await expect.poll(() => heard).toEqual([2, "theirs"]);
    heard.length = 0;
    foreign.clear();
    await expect.poll(() => heard).toEqual(["before", 2, "theirs"]);
    expect(others).toEqual([]);
    frame.remove();
  });

  test("ignores foreign names under our prefix", async () => {
    const frame = document.createElement("iframe");
    document.body.append(frame);
    const store = new LocalStorageStore(localStorage, { events: window });
    const heard = listen(store, "Foreign");
    for (const name of ["rian/Foreign/!foreign", "rian/Foreign", "rian/", "rian/Foreign/a"]) {
      frame.contentWindow!.localStorage.setItem(name, "not ours");
    }
    await expect.poll(() => heard).toEqual(["a"]);
    frame.remove();
  });

  test("is refused once the store is closed", async () => {
    const store = new LocalStorageStore(localStorage, { events: window });
    await store.close();
    expect(() => store.watch("Closed", () => {})).toThrow(
      "Cannot use localStorage: this adapter is",
    );
  });
});
