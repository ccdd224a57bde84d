import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./root.ts";
import { runCommand } from "./run-command.ts";

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
export async function runStep(
  { name, command, writes, accept }: Step,
  print: (text: string) => void,
): Promise<boolean> {
  const cwd = writes ? mkdtempSync(join(tmpdir(), "rian-step-")) : root;
  const env = { NO_COLOR: "1", NODE_OPTIONS: "" };
  const { status, output } = await runCommand(command, { cwd, env });
  if (writes) rmSync(cwd, { recursive: true, force: true });
  const passed = accept ? accept(output, status) : status === 0;
  print(`${passed ? "✓" : "✗"} ${name}\n`);
  if (!passed) print(`${output.split("\n").map((line) => `    ${line}`).join("\n")}\n`);
  return passed;
}
