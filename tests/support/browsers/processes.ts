import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Readable } from "node:stream";

/** Waits for the line in which a process says something; rejects where the process cannot start or ends before. */
export async function line(
  process: ChildProcess,
  output: Readable,
  pattern: RegExp,
): Promise<string> {
  await once(process, "spawn");
  let text = "";
  return await new Promise((resolve, reject) => {
    output.on("data", (chunk) => {
      text += chunk;
      const found = pattern.exec(text);
      if (found !== null) resolve(found[1]!);
    });
    process.once("exit", () => reject(new Error(`${process.spawnfile} ended: ${text}`)));
  });
}

/** Ends a process, and resolves once it has. */
export async function stop(process: ChildProcess): Promise<void> {
  if (process.pid === undefined || process.exitCode !== null || process.signalCode !== null) return;
  const ended = once(process, "exit");
  process.kill();
  await ended;
}

/** Returns the ids of the processes below one whose command line matches. */
export function descendants(ancestor: number, command: RegExp): number[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap(readProcess);
  const below = new Set([ancestor]);
  for (let size = 0; size < below.size;) {
    size = below.size;
    for (const { pid, parent } of processes) if (below.has(parent)) below.add(pid);
  }
  return processes.filter(({ pid, text }) => below.has(pid) && command.test(text))
    .map(({ pid }) => pid);
}

/** Kills at least one process, and resolves once all are dead. */
export async function kill(pids: readonly number[]): Promise<void> {
  if (pids.length === 0) throw new Error("Cannot kill the page: its process was not found");
  for (const pid of pids) process.kill(pid, "SIGKILL");
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Returns a process of Linux, or nothing if it has just ended. */
function readProcess(name: string): { pid: number; parent: number; text: string }[] {
  try {
    const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))![1]);
    const text = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return [{ pid: Number(name), parent, text }];
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  // One that has ended may wait for its parent as a zombie.
  const status = `/proc/${pid}/status`;
  try {
    return existsSync(status) && !/^State:\s*Z/m.test(readFileSync(status, "utf8"));
  } catch {
    return false;
  }
}
