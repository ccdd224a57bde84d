import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-kill-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Driver = "better-sqlite3" | "node:sqlite";

const script = fileURLToPath(new URL("./commit-process.ts", import.meta.url));

/** Lets a process commit from a number on, kills it after this many acknowledgements, and returns those it printed. */
async function commitUntilKilled(
  path: string,
  first: number,
  { driver, after }: { readonly driver: Driver; readonly after: number },
): Promise<number[]> {
  const child = spawn(process.execPath, [script, path, String(first), driver]);
  let output = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => {
    output += chunk;
    if (output.split("\n").length > after) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "close");
  expect(signal).toBe("SIGKILL");
  return output.split("\n").slice(0, -1).map(Number);
}

test.each<[Driver, number]>([
  ["better-sqlite3", 50],
  ["node:sqlite", 10],
])(
  "a file of %s outlives kill -9 in the middle of 1,000 commits, %i times over",
  async (driver, rounds) => {
    const path = join(folder, `killed ${rounds}.db`);
    const acknowledged = new Set<number>();
    for (let round = 0; round < rounds; round++) {
      // Different moments, the same in every run.
      const after = 1 + (round * 37) % 90;
      const numbers = await commitUntilKilled(path, round * 1_000, { driver, after });
      for (const n of numbers) acknowledged.add(n);
    }
    const store = new SqliteStore(path, { driver });
    const left = new Set<unknown>();
    for await (const { key } of store.list("Left")) left.add(key);
    const right = new Map<number, number>();
    for await (const { value } of store.list("Right")) {
      const { n } = value as { n: number };
      right.set(n, (right.get(n) ?? 0) + 1);
    }
    await store.close();
    expect([...acknowledged].filter((n) => !left.has(n))).toEqual([]);
    expect(new Set(right.keys())).toEqual(left);
    expect([...right.values()].every((parts) => parts === 5)).toBe(true);
    expect(acknowledged.size).toBeGreaterThan(rounds * 20);
  },
);
