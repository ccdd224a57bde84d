import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { getPlatformProxy } from "wrangler";
import { type D1Binding, D1Store } from "../../../adapters/cloudflare-d1.ts";
import type { Key } from "../../../src/persistence/adapter/adapter.ts";

const wrangler = fileURLToPath(new URL("../../../node_modules/.bin/wrangler", import.meta.url));
const run = promisify(execFile);

let folder: string;
let configPath: string;
let dumpPath: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rian-dump-"));
  configPath = join(folder, "wrangler.json");
  dumpPath = join(folder, "dump.sql");
  const databases = ["BEFORE", "AFTER"].map((binding) => {
    return { binding, database_name: binding, database_id: binding };
  });
  await writeFile(
    configPath,
    JSON.stringify({ name: "dump", compatibility_date: "2026-10-01", d1_databases: databases }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command of wrangler on a local database. */
async function d1(command: string, ...parameters: string[]): Promise<void> {
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" };
  await run(wrangler, ["d1", command, ...parameters, "--local", "--config", configPath, "-y"], {
    ...{ cwd: folder, env, maxBuffer: 2 ** 26 },
  });
}

/** Calls with a local database of Workers that is kept in the folder. */
async function withDatabase<Result>(
  name: "BEFORE" | "AFTER",
  call: (database: D1Binding) => Promise<Result>,
): Promise<Result> {
  const { env, dispose } = await getPlatformProxy<Record<string, D1Binding>>({
    configPath,
    persist: { path: join(folder, ".wrangler/state/v3") },
  });
  try {
    return await call(env[name]!);
  } finally {
    await dispose();
  }
}

const texts: Record<string, string> = {
  ascii: "x".repeat(300_000),
  quotes: "'".repeat(300_000),
  emoji: `x${"😀".repeat(75_000)}`,
  "three bytes": "€".repeat(100_000),
  control: "\n\r\t\0\x01\x1f\x7f\u2028\\n\\r'".repeat(15_000),
  sql: `'); drop table "Note"; -- /* begin end; `.repeat(8_000),
  "just short": "x".repeat(99_000),
  "just long": "x".repeat(99_998),
};

interface Sample {
  readonly type: string;
  readonly key: Key;
  readonly value: unknown;
  readonly metadata?: unknown;
  readonly ttl?: number;
}

const samples: readonly Sample[] = [
  ...Object.entries(texts).map(([key, value]) => ({ type: "Note", key, value })),
  { type: "Note", key: "json", value: { text: "x".repeat(300_000), list: [1, [2, null]] } },
  {
    type: "Note",
    key: "types",
    value: { at: new Date(0), map: new Map([["'", texts["control"]]]) },
  },
  { type: "Note", key: `${"'é€".repeat(7_000)}\n`, value: texts["quotes"] },
  { type: "Note", key: "noted", value: texts["ascii"], metadata: { quotes: "'".repeat(9_900) } },
  { type: "Note", key: "later", value: texts["emoji"], ttl: 1e12 },
  { type: `a 'type' with "quotes"\n;`, key: 42, value: texts["quotes"] },
  { type: "T'".repeat(4_000), key: new Date(0), value: texts["sql"] },
  { type: "sqlite_notes", key: false, value: texts["three bytes"] },
];

test("a dump of D1 by wrangler restores documents of 300 kB, whatever is in them", async () => {
  await withDatabase("BEFORE", async (database) => {
    const store = new D1Store(database);
    await store.commit(samples.slice(0, 5));
    for (const sample of samples.slice(5)) await store.commit([{ ...sample, ifVersion: null }]);
  });
  await d1("export", "BEFORE", "--output", dumpPath);
  const lengths = (await readFile(dumpPath)).toString("latin1").split("\n").map((line) =>
    line.length
  );
  expect(Math.max(...lengths)).toBeGreaterThan(95_000);
  await d1("execute", "AFTER", "--file", dumpPath);
  await withDatabase("AFTER", async (database) => {
    const store = new D1Store(database);
    for (const { type, key, value, metadata } of samples) {
      const entry = await store.get(type, key);
      expect(entry?.value, String(key).slice(0, 80)).toStrictEqual(value);
      expect(entry?.metadata).toEqual(metadata);
    }
    let count = 0;
    for await (const { value } of store.list("Note")) {
      count += Number(
        samples.some((sample) => JSON.stringify(sample.value) === JSON.stringify(value)),
      );
    }
    expect(count).toBe(samples.filter(({ type }) => type === "Note").length);
    // The triggers are in the dump too: nothing is left behind by a document that shrinks.
    await store.commit(samples.map(({ type, key }) => ({ type, key, value: "short" })));
    const { results: [row] } = await database.prepare(`select count(*) as n from "Note"`).run();
    expect(row).toEqual({ n: samples.filter(({ type }) => type === "Note").length });
  });
});
