import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterAll } from "vitest";
import { testTwoProcesses } from "./two-processes-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-hubs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = fileURLToPath(new URL("./node-process.ts", import.meta.url));

/** Reads the first line of a program's output, its port. */
async function readPort(stdout: Readable): Promise<number> {
  stdout.setEncoding("utf8");
  let output = "";
  for await (const chunk of stdout) {
    output += chunk;
    if (output.includes("\n")) break;
  }
  return Number(output);
}

for (const driver of ["better-sqlite3", "node:sqlite"]) {
  testTwoProcesses(`two processes of Node on one file of ${driver}`, async () => {
    const path = join(folder, `${driver.replace(":", " ")}.db`);
    const start = () => {
      return spawn(process.execPath, [program, driver, path], {
        stdio: ["pipe", "pipe", "inherit"],
      });
    };
    const [one, two] = [start(), start()];
    return {
      ports: [await readPort(one.stdout), await readPort(two.stdout)],
      async end() {
        for (const child of [one, two]) {
          const closed = once(child, "close");
          child.stdin.end();
          await closed;
        }
      },
    };
  });
}

testTwoProcesses("two threads of Node with a BroadcastChannel", async () => {
  const path = join(folder, "threads.db");
  const start = () => {
    return new Worker(program, { argv: ["broadcast", path], stdin: true, stdout: true });
  };
  const [one, two] = [start(), start()];
  return {
    ports: [await readPort(one.stdout), await readPort(two.stdout)],
    async end() {
      await Promise.all([one.terminate(), two.terminate()]);
    },
  };
});
