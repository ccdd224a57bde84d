import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { type D1Binding, D1Store } from "../../../adapters/cloudflare-d1.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { twoWorkers } from "../../support/two-workers.ts";
import { everything, outcome, rounds } from "./processes-share.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-persist-processes-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("two processes on one SQLite file lose nothing of what both change at once", async () => {
  const path = join(folder, "shared.db");
  const script = fileURLToPath(new URL("./processes-sqlite.ts", import.meta.url));
  const run = promisify(execFile);
  const outputs = await Promise.all(
    ["first", "second"].map((me) => run(process.execPath, [script, path, me])),
  );
  const store = new SqliteStore(path);
  expect(await outcome(store)).toEqual(everything);
  await store.close();
  expect(outputs.reduce((sum, { stdout }) => sum + Number(stdout), 0)).toBeGreaterThanOrEqual(
    rounds,
  );
});

test("two Workers on one D1 lose nothing of what both change at once", async () => {
  const workers = twoWorkers(new URL("./processes-d1.ts", import.meta.url));
  await workers.listen();
  try {
    const first = workers.getWorker<{ DB: D1Binding }>("first");
    const conflicts = await (await first.fetch("http://shared/")).json();
    const { DB } = await first.getEnv();
    expect(await outcome(new D1Store(DB))).toEqual(everything);
    expect(conflicts).toBeGreaterThanOrEqual(rounds);
  } finally {
    await workers.close();
  }
});
