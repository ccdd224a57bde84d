import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./root.ts";

/** A command that must succeed. */
export interface Step {
  /** What is true if it succeeds. */
  readonly name: string;
  readonly command: readonly string[];
  /** Whether it writes files of its own: it then runs in an empty folder, which is removed. */
  readonly writes?: boolean;
  /** Judges the output instead of the exit code. */
  readonly accept?: (output: string, status: number) => boolean;
}

/** Runs a step, prints its output only if it fails, and returns whether it succeeded. */
export function runStep({ name, command, writes, accept }: Step): boolean {
  const [program, ...parameters] = command;
  const cwd = writes ? mkdtempSync(join(tmpdir(), "rian-step-")) : root;
  const { status, stdout, stderr, error } = spawnSync(program!, parameters, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (writes) rmSync(cwd, { recursive: true, force: true });
  const output = `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`;
  const passed = accept ? accept(output, status ?? 1) : status === 0;
  console.log(`${passed ? "✓" : "✗"} ${name}`);
  if (!passed) console.log(output.split("\n").map((line) => `    ${line}`).join("\n"));
  return passed;
}
