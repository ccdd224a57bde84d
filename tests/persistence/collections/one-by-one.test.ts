import { describe, expect, test } from "vitest";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import type { PersistErrorContext, SaveFailure } from "../../../src/persistence/collections/mod.ts";
import { paced } from "./paced.ts";
import { gate, settled, stored } from "./support.ts";

describe("a platform that takes one write a second to a key", () => {
  test("gets up to six keys at a time, and one that fails holds up none of the others", async () => {
    const { clock, storage, db, saved } = await paced({
      onFailure: "revert",
      retry: { attempts: 1 },
    });
    const acknowledged: Key[] = [];
    let [running, most] = [0, 0];
    storage.before = async (act, [write]) => {
      if (act !== "commit") return;
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 100));
      running--;
      if (write!.key === 3) throw new Error("429 Too Many Requests");
      acknowledged.push(write!.key);
    };
    const begun = clock.now();
    for (let id = 0; id < 12; id++) db.todos.add({ id, title: "new" });
    await expect(clock.until(saved.flush())).rejects.toThrow("429");
    await clock.until(saved.flush());
    expect(most).toBe(6);
    expect(clock.now() - begun).toBeLessThan(1_000);
    const others = [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11];
    expect(acknowledged.sort((a, b) => Number(a) - Number(b))).toEqual(others);
    expect(db.todos.keys()).toEqual(others);
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual(others);
    expect(storage.writes.every((write) => !("ifVersion" in write))).toBe(true);
  });

  test("gets a document that moved under its new key before it is deleted under the old one", async () => {
    const { clock, storage, db, saved } = await paced();
    db.todos.add({ id: 1, title: "a" });
    db.todos.add({ id: 2, title: "b" });
    await clock.until(saved.flush());
    await clock.advance(1_000);
    const { opened, open } = gate();
    storage.before = () => opened;
    storage.calls.length = 0;
    db.todos.add({ id: 11, title: "a" });
    db.todos.add({ id: 12, title: "b" });
    db.todos.bulkDelete([1, 2]);
    const flushed = saved.flush();
    await settled();
    expect(storage.writes.map(({ key }) => key)).toEqual([11, 12]);
    open();
    await clock.until(flushed);
    expect(storage.writes.map(({ key }) => key)).toEqual([11, 12, 1, 2]);
  });
});

describe("several keys that fail at once", () => {
  /** Returns an `onError` that collects what it receives, sorted by key. */
  function errorCollector(): {
    errors: [message: string, context: PersistErrorContext][];
    onError(error: unknown, context: PersistErrorContext): void;
  } {
    const errors: [string, PersistErrorContext][] = [];
    return {
      errors,
      onError(error, context) {
        errors.push([(error as Error).message, context]);
        errors.sort(([, a], [, b]) => Number(a.key) - Number(b.key));
      },
    };
  }

  test("are each reported, count as one failure, and are passed to onFailure together", async () => {
    const { errors, onError } = errorCollector();
    const asked: SaveFailure[] = [];
    const { clock, storage, db, saved } = await paced({
      onError,
      onFailure: (failure) => (asked.push(failure), "revert"),
      retry: { attempts: 1 },
    });
    storage.before = (_act, [write]) => {
      if ([1, 3].includes(Number(write!.key))) throw new Error(`429 for ${write!.key}`);
    };
    for (let id = 0; id < 5; id++) db.todos.add({ id, title: "new" });
    db.todos.add({ id: 5, title: /a pattern/ as unknown as string });
    await expect(clock.until(saved.flush())).rejects.toThrow("429 for 1");
    const [first, second, third] = [1, 3, 5].map((key) => ({ collection: "todos", key }));
    expect(errors).toEqual([
      ["429 for 1", { ...first, failures: 1 }],
      ["429 for 3", second],
      [expect.stringContaining("todos/5"), third],
    ]);
    expect(asked.map(({ documents }) => documents)).toEqual([[first, second, third]]);
    expect(db.todos.keys()).toEqual([0, 2, 4]);
  });

  test("are each reported once when storage can never take them, as is one that may be tried again", async () => {
    const { errors, onError } = errorCollector();
    const { clock, storage, db, saved } = await paced({ onError });
    let failures = 1;
    storage.before = (_act, [write]) => {
      if (write!.key === 2 && failures-- > 0) throw new Error("429");
    };
    for (const id of [1, 3]) db.todos.add({ id, title: /a pattern/ as unknown as string });
    db.todos.add({ id: 2, title: "new" });
    await expect(clock.until(saved.flush())).rejects.toThrow("instance of RegExp");
    expect(errors.map(([message, { key }]) => [key, message])).toEqual([
      [1, expect.stringContaining("todos/1")],
      [2, "429"],
      [3, expect.stringContaining("todos/3")],
    ]);
    expect([...(await stored(storage.inner, "todos")).keys()]).toEqual([2]);
  });
});
