import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A command that has to succeed. */
export interface Step {
  /** What is true when it does. */
  readonly name: string;
  readonly command: readonly string[];
  /** Judges the output instead of the exit code. */
  readonly accept?: (output: string, status: number) => boolean;
}

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** Runs a step with its output held back unless it fails. */
export function runStep({ name, command, accept }: Step): boolean {
  const [program, ...parameters] = command;
  const { status, stdout, stderr, error } = spawnSync(program!, parameters, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
    maxBuffer: 64 * 1024 * 1024,
  });
  const output = `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`;
  const passed = accept ? accept(output, status ?? 1) : status === 0;
  console.log(`${passed ? "✓" : "✗"} ${name}`);
  if (!passed) console.log(output.split("\n").map((line) => `    ${line}`).join("\n"));
  return passed;
}
