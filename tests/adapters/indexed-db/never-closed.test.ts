import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { patience } from "../../support/patience.ts";

const script = fileURLToPath(new URL("./never-closed.ts", import.meta.url));
const deno = fileURLToPath(new URL("../../../node_modules/.bin/deno", import.meta.url));

// Deno can only be kept alive by a watch: its BroadcastChannel has no unref.
test.each<[runtime: string, command: string, values: readonly string[]]>([
  ["Node", process.execPath, [script]],
  ["Node, with a watch", process.execPath, [script, "watch"]],
  ["Deno", deno, ["run", "-A", "--no-check", script]],
])("a store on IndexedDB that is never closed does not keep a process alive (%s)", async (
  _,
  command,
  values,
) => {
  // A process that lives on is killed, which rejects.
  const timeout = patience.test / 2;
  const { stdout } = await promisify(execFile)(command, [...values], { timeout });
  expect(stdout).toBe("IndexedDB\n");
});
