import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { type Line, type Order, orderStore, work } from "./kill-orders.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-persist-kill-"));
afterAll(() => rmSync(folder, { recursive: true }));

const script = fileURLToPath(new URL("./kill-process.ts", import.meta.url));

/** What was acknowledged to a process before it was killed. */
interface Acknowledged {
  /** The last work for which `flush` has resolved. */
  readonly flushed: number;
  /** The orders that `onSaved` has named. */
  readonly saved: ReadonlySet<number>;
}

/** Lets a process work from a number on, and kills it after this many acknowledgements. */
async function workUntilKilled(path: string, first: number, after: number): Promise<Acknowledged> {
  const child = spawn(process.execPath, [script, path, String(first)]);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    if (output.split("\n").length > after) child.kill("SIGKILL");
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => complaints += chunk);
  const [, signal] = await once(child, "close");
  expect(signal, complaints).toBe("SIGKILL");
  const numbersAfter = (word: string) =>
    output.split("\n").slice(0, -1).filter((line) => line.startsWith(word)).map((line) =>
      Number(line.slice(word.length))
    );
  const flushed = numbersAfter("flushed ").at(-1) ?? first - 1;
  return { flushed, saved: new Set(numbersAfter("saved ")) };
}

/** Returns the states of an order after each work that touches it: its own and the two after it. */
function statesOf(id: number): (Order | undefined)[] {
  const db = orderStore();
  return [id, id + 1, id + 2].map((n) => {
    work(db, n);
    return db.orders.get(id);
  });
}

/** Reads what is there when the file is opened again. */
async function reopened(
  path: string,
): Promise<{ orders: readonly Order[]; lines: readonly Line[] }> {
  const storage = new SqliteStore(path);
  const db = orderStore();
  const complaints: unknown[] = [];
  await (await persist(db, storage, { onError: (error) => complaints.push(error) })).close();
  await storage.close();
  expect(complaints).toEqual([]);
  return { orders: db.orders.toArray(), lines: db.lines.toArray() };
}

test("what was acknowledged outlives kill -9 in the middle of writes, 20 times in a row, and nothing is half written", async () => {
  const path = join(folder, "orders.db");
  let acknowledged = 0;
  let before: readonly Order[] = [];
  for (let round = 0; round < 20; round++) {
    const first = round * 1_000;
    // Different moments, the same in every run.
    const { flushed, saved } = await workUntilKilled(path, first, 2 + (round * 37) % 90);
    acknowledged += saved.size;
    const { orders, lines } = await reopened(path);
    const byId = new Map(orders.map((order) => [order.id, order]));

    for (let id = first; id <= Math.max(flushed, ...saved); id++) {
      const allowed = statesOf(id).slice(Math.max(0, Math.min(flushed - id, 2)));
      // One that was not acknowledged at all may be missing.
      if (id > flushed && !saved.has(id)) allowed.push(undefined);
      expect(allowed, `order ${id}`).toContainEqual(byId.get(id));
    }
    // Those that were there before this process are as they were.
    expect(orders.filter(({ id }) => id < first)).toEqual(before);
    before = orders;

    const count = new Map<number, number>();
    for (const { order, text } of lines) {
      expect(text.length).toBe(1_000);
      count.set(order, (count.get(order) ?? 0) + 1);
    }
    expect(count).toEqual(new Map(orders.map(({ id, lines }) => [id, lines])));
  }
  expect(acknowledged).toBeGreaterThan(500);
});
