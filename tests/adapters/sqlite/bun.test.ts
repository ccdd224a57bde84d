import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

test("on Bun, SqliteStore takes handles of bun:sqlite, tells refusals apart, and watches its files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rian-bun-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = fileURLToPath(new URL("./bun-process.ts", import.meta.url));
  const bun = fileURLToPath(new URL("../../../node_modules/.bin/bun", import.meta.url));
  const { stdout } = await promisify(execFile)(bun, [script, folder]);
  expect(JSON.parse(stdout)).toMatchObject({
    taken: { name: "ConstraintError", constraint: "unique", key: 2, field: "email" },
    lost: { name: "ConflictError", key: 1 },
    read: "2",
    deleted: { message: expect.stringContaining("path.db was deleted while it was open") },
  });
});
