import { describe, expect, test } from "vitest";
import type { RetryOptions } from "../../../src/persistence/collections/mod.ts";
import { followed, loseAnswer, offline } from "./failing.ts";
import { settled, stored } from "./support.ts";

describe("a storage that fails for a while", () => {
  test("is tried again after longer and longer pauses, and nothing is lost", async () => {
    const retry = { attempts: 10, minDelay: 100, maxDelay: 500 };
    const { db, saved, storage, clock, errors } = await followed({ retry });
    const times: number[] = [];
    let failures = 5;
    storage.before = () => {
      times.push(clock.now());
      if (failures-- > 0) offline();
    };
    db.todos.update(1, { title: "changed" });
    const flushed = saved.flush();
    await settled();
    expect(saved.status).toBe("failing");
    expect(saved.pending).toBe(1);
    await clock.until(flushed);
    expect(times.slice(1).map((time, index) => time - times[index]!)).toEqual(
      [100, 200, 400, 500, 500],
    );
    expect(errors.map(({ failures }) => failures)).toEqual([1, 2, 3, 4, 5]);
    expect((await storage.inner.get("todos", 1))?.value).toMatchObject({ title: "changed" });
    expect(saved.status).toBe("saved");
  });

  test("is tried as often as by default when the number of attempts is undefined", async () => {
    const retry = { attempts: undefined, minDelay: undefined } as unknown as RetryOptions;
    const { db, saved, storage, clock } = await followed({ retry });
    storage.before = offline;
    db.todos.update(1, { title: "changed" });
    await expect(clock.until(saved.flush())).rejects.toThrow("offline");
    expect(storage.calls.length).toBe(5);
  });

  test("is tried again after pauses that are cut to random lengths", async () => {
    const { db, saved, storage, clock } = await followed({ random: () => 0.25 });
    const times: number[] = [];
    storage.before = () => {
      times.push(clock.now());
      if (times.length < 4) offline();
    };
    db.todos.update(1, { title: "changed" });
    await clock.until(saved.flush());
    expect(times.map((time) => time - times[0]!)).toEqual([0, 25, 75, 175]);
  });

  test("gets the newest state, not the one that failed", async () => {
    const { db, saved, storage, clock } = await followed();
    let failures = 1;
    storage.before = () => {
      if (failures-- > 0) offline();
    };
    db.todos.update(1, { title: "first" });
    const flushed = saved.flush();
    await settled();
    db.todos.update(1, { title: "second" });
    await clock.until(flushed);
    expect(storage.writes.map((write) => "value" in write && write.value)).toEqual([
      { id: 1, title: "first" },
      { id: 1, title: "second" },
    ]);
  });

  test("may have applied a write without acknowledging it", async () => {
    const { db, saved, storage, clock, errors } = await followed();
    let failures = 1;
    storage.after = (act) => {
      if (act === "commit" && failures-- > 0) offline();
    };
    db.todos.update(1, { title: "first" });
    const flushed = saved.flush();
    await settled();
    db.todos.update(1, { title: "second" });
    await clock.until(flushed);
    expect((await storage.inner.get("todos", 1))?.value).toMatchObject({ title: "second" });
    expect(errors.length).toBe(1);
  });

  test("counts as failed when it does not answer within the timeout, and may answer later", async () => {
    const { db, saved, storage, clock } = await followed({ storageTimeout: 1_000 });
    let answer = () => {};
    let isFirst = true;
    storage.before = (act) => {
      if (act !== "commit" || !isFirst) return;
      isFirst = false;
      return new Promise<void>((resolve) => {
        answer = resolve;
      });
    };
    db.todos.add({ id: 2, title: "created" });
    const flushed = saved.flush();
    await settled();
    db.todos.delete(2);
    await clock.until(flushed);
    // The lost call gets through now, and creates what was deleted since.
    answer();
    await settled();
    expect((await stored(storage.inner, "todos")).has(2)).toBe(true);
    await clock.until(saved.flush());
    expect((await stored(storage.inner, "todos")).has(2)).toBe(false);
    expect(saved.status).toBe("saved");
  });
});

describe('a storage that keeps failing, with onFailure "keep"', () => {
  for (const isApplied of [false, true]) {
    const applied = isApplied ? "the first" : "none";

    test(`gets few states of a document before it answers, however often that changes, if it applied ${applied}`, async () => {
      const retry = { minDelay: 10, maxDelay: 10 };
      const { db, saved, storage, clock, errors } = await followed({ retry });
      const keys = Array.from({ length: 10 }, (_, id) => id);
      const change = (n: number) => db.todos.bulkPut(keys.map((id) => ({ id, title: `${n}` })));
      change(0);
      if (isApplied) loseAnswer(storage, "commit", () => storage.before = offline);
      else storage.before = offline;
      for (let n = 1; storage.calls.length < 1_000; n++) {
        await clock.advance(10);
        change(n);
      }
      const sent = new Set(storage.writes.map((write) => {
        return `${write.key}: ${JSON.stringify("value" in write && write.value)}`;
      }));
      // All that is sent without an answer has to be remembered.
      expect(sent.size).toBeLessThanOrEqual(10 * 4);
      storage.before = () => {};
      await clock.until(saved.flush());
      expect([...(await stored(storage.inner, "todos")).values()]).toEqual(
        db.todos.toArray().sort((a, b) => a.id - b.id),
      );
      expect(new Set(errors.map(({ message }) => message))).toEqual(new Set(["offline"]));
    });
  }

  test("makes flush reject, and gets the changes once it is back", async () => {
    const { db, saved, storage, clock } = await followed({ retry: { attempts: 3 } });
    storage.before = offline;
    db.todos.update(1, { title: "changed" });
    await expect(clock.until(saved.flush())).rejects.toThrow(
      "Cannot save all changes to the test's storage: offline; 1 documents are in memory only",
    );
    expect(storage.calls.length).toBe(3);
    expect(saved.status).toBe("failing");
    expect(db.todos.get(1)?.title).toBe("changed");
    storage.before = () => {};
    await clock.advance(60_000);
    expect(saved.status).toBe("saved");
    expect((await storage.inner.get("todos", 1))?.value).toMatchObject({ title: "changed" });
  });

  test("makes close reject, which ends persistence all the same", async () => {
    const { db, saved, storage, clock } = await followed({ retry: { attempts: 2 } });
    storage.before = offline;
    db.todos.update(1, { title: "changed" });
    await expect(clock.until(saved.close())).rejects.toThrow("offline");
    await clock.advance(60_000);
    expect(saved.status).toBe("closed");
    expect(saved.pending).toBe(1);
    expect(clock.waiting).toBe(0);
    await expect(saved.flush()).rejects.toThrow("persistence was closed");
  });
});
