import { build } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { createProcessor } from "../../../mod.ts";
import { account, relay } from "./relay.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-killed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const script = join(folder, "sqlite-process.mjs");
beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL("./sqlite-process.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["better-sqlite3"],
  });
});

async function runUntilKilled(path: string, seed: number): Promise<unknown> {
  const child = spawn(process.execPath, ["--no-warnings", script, path, String(seed)], {
    stdio: "inherit",
  });
  const [, signal] = await once(child, "close");
  return signal;
}

test("of what three processes send on a SQLite file, kill -9 loses, doubles and disorders nothing", async () => {
  const path = join(folder, "killed.sqlite");
  const lives = [0, 1, 2].map(async (process) => {
    const signals: unknown[] = [];
    for (let life = 0; life < 6; life++) {
      signals.push(await runUntilKilled(path, process * 100 + life));
    }
    return signals;
  });
  expect((await Promise.all(lives)).flat()).toEqual(Array(18).fill("SIGKILL"));

  const store = new SqliteStore(path);
  const left = await account(store);
  await createProcessor(relay, store, { onError: () => {} }).drain();
  const { sent, poison, ...rest } = await account(store);
  await store.close();
  expect(rest).toEqual({ lost: [], wrong: [], dead: poison, waiting: 0 });
  expect(sent).toBeGreaterThan(300);
  expect(poison).toBeGreaterThan(20);
  // Otherwise nobody had died between a commit and its delivery.
  expect(left.waiting).toBeGreaterThan(0);
});
