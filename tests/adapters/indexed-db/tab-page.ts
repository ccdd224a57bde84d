/// <reference lib="dom" />
/** A page on one IndexedDbStore, which leaves in the middle of commits. */
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import type { Entry } from "../../../src/persistence/adapter/adapter.ts";
import { listAll } from "../../../src/testing/case.ts";

/** How the page leaves after it has begun to commit. */
export type Leaving = "in the same task" | "in the next task" | "once committed" | "by a link";

/** What the test calls and reads. */
export interface Tab {
  /** The values that the page has read, and how many milliseconds that took. */
  readonly found: { readonly values: readonly unknown[]; readonly took: number };
  /** Begins to give every document a value, and leaves. */
  leave(value: number, how: Leaving): Promise<void>;
  /** Writes a document without a condition in the task that leaves. */
  leaveWriting(value: number): void;
  /** How often the page has made each of its calls. */
  rounds: number;
  /** Reads and writes until it is told to stop, and returns the errors and how many connections there were. */
  work(): Promise<{ errors: string[]; opened: number }>;
  stop(): void;
}

declare global {
  var tab: Tab;
}

const keys = ["a", "b", "c", "d", "e"];
let opened = 0;
const factory = {
  open(name: string, version?: number): IDBOpenDBRequest {
    const request = indexedDB.open(name, version);
    request.addEventListener("success", () => opened++);
    return request;
  },
} as unknown as IDBFactory;
const store = new IndexedDbStore(factory, { name: "tabs" });
addEventListener("pagehide", () => store.suspend());

async function read(): Promise<readonly Entry[]> {
  return await listAll(store, "Note");
}

const begun = performance.now();
let entries = await read();
const took = performance.now() - begun;
if (entries.length === 0) {
  await store.commit(keys.map((key) => ({ type: "Note", key, value: 0, ifVersion: null })));
  entries = await read();
}

let isStopped = false;
globalThis.tab = {
  found: { values: entries.map(({ value }) => value), took },

  async leave(value, how) {
    const writes = entries.map(({ key, version: ifVersion }) => {
      return { type: "Note", key, value, ifVersion };
    });
    const commit = store.commit(writes);
    // The page is gone before it hears of it.
    commit.catch(() => {});
    if (how === "by a link") return;
    if (how === "in the next task") await new Promise((resolve) => setTimeout(resolve));
    if (how === "once committed") await commit;
    location.reload();
  },

  leaveWriting(value) {
    void store.commit(keys.map((key) => ({ type: "Note", key, value })));
    location.reload();
  },

  rounds: 0,

  async work() {
    const errors: string[] = [];
    const kinds = [
      () => store.commit([{ type: "Work", key: this.rounds % 7, value: 1 }]),
      () => store.load("Work", "0"),
      () => store.count("Work"),
      () => listAll(store, "Work"),
      () => store.commit([{ type: "Work", key: `new ${this.rounds}`, value: 1, ifVersion: null }]),
      () => store.clear("Other"),
    ];
    while (!isStopped) {
      await Promise.all(kinds.map((call) => call().catch((error) => errors.push(String(error)))));
      this.rounds++;
    }
    return { errors, opened };
  },

  stop() {
    isStopped = true;
  },
};
