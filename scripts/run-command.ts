import { spawn } from "node:child_process";
import { once } from "node:events";
import { root } from "./root.ts";

/** How a command is run. */
export interface CommandOptions {
  /** The folder that it runs in: by default that of this repository. */
  readonly cwd?: string;
  /** What its environment has beside that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives what it writes to stdout and stderr as it comes. */
  readonly print?: (text: string) => void;
}

/** How a command ended. */
export interface Ended {
  /** The exit code; 1 for a command that was killed or could not be started. */
  readonly status: number;
  /** All that it wrote to stdout and stderr, and why it could not be started. */
  readonly output: string;
}

/** Runs a command to its end. */
export async function runCommand(
  [program, ...parameters]: readonly string[],
  { cwd = root, env, print }: CommandOptions = {},
): Promise<Ended> {
  let output = "";
  function add(text: string): void {
    output += text;
    print?.(text);
  }
  const child = spawn(program!, parameters, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", add);
  try {
    const [code] = await once(child, "close");
    return { status: code ?? 1, output };
  } catch (error) {
    add(`${(error as Error).message}\n`);
    return { status: 1, output };
  }
}
