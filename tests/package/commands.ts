import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { patience } from "../support/patience.ts";
import { userEnvironment } from "./user.ts";

/** Where a command is run, and whose it is. */
export interface CommandOptions {
  readonly cwd: string;
  /** The folder of {@link userEnvironment}. */
  readonly home: string;
  /** Where the command stands, such as `README.md, "Deno"`. */
  readonly source: string;
}

/** What a command has written so far. */
export interface Output {
  stdout: string;
  stderr: string;
}

// What Deno writes to stderr when nothing is wrong.
const harmless = [
  /^(Download|Initialize|Check) /,
  /^deno serve: Listening on /,
];

/** Returns the lines of an output that warn or complain. */
export function complaints({ stdout, stderr }: Output): string[] {
  const errors = stderr.split("\n").filter((line) =>
    line.trim() !== "" && !harmless.some((pattern) => pattern.test(line))
  );
  return [...errors, ...stdout.split("\n").filter((line) => /\bwarn/i.test(line))];
}

/** Runs a command to its end, and throws if it fails or complains. Returns what it wrote to stdout. */
export async function run(command: string, options: CommandOptions): Promise<string> {
  const [child, output] = start(command, options);
  const [code] = await once(child, "close");
  if (code !== 0 || complaints(output).length > 0) throw fault(command, output, options);
  return output.stdout;
}

/** A server that a command started. */
export class Server {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #output: Output;
  readonly #command: string;
  readonly #options: CommandOptions;

  private constructor(
    url: string,
    child: ChildProcess,
    output: Output,
    command: string,
    options: CommandOptions,
  ) {
    this.url = url;
    this.#child = child;
    this.#output = output;
    this.#command = command;
    this.#options = options;
  }

  /** Starts a server, and waits until it has printed its address. */
  static async start(command: string, options: CommandOptions): Promise<Server> {
    const [child, output] = start(command, options);
    for (let left = patience.test / 100; left > 0 && child.exitCode === null; left--) {
      const port = `${output.stdout}${output.stderr}`.match(/ (?:on|Local:) +http:\/\/[\w.]+:(\d+)/)
        ?.[1];
      if (port) {
        return new Server(`http://localhost:${port}`, child, output, command, options);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await stop(child);
    throw fault(command, output, options);
  }

  /** Stops it, and throws if it complained of anything. */
  async stop(): Promise<void> {
    await stop(this.#child);
    if (complaints(this.#output).length > 0) {
      throw fault(this.#command, this.#output, this.#options);
    }
  }
}

function start(command: string, { cwd, home }: CommandOptions): [ChildProcess, Output] {
  const child = spawn("sh", ["-c", command], {
    cwd,
    env: userEnvironment(home),
    stdio: ["ignore", "pipe", "pipe"],
    // In a group of its own, so whatever it starts is stopped with it.
    detached: true,
  });
  const output: Output = { stdout: "", stderr: "" };
  child.stdout!.on("data", (text) => output.stdout += text);
  child.stderr!.on("data", (text) => output.stderr += text);
  return [child, output];
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  process.kill(-child.pid!, "SIGTERM");
  const last = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 10_000);
  await closed;
  clearTimeout(last);
}

function fault(command: string, output: Output, { source, cwd }: CommandOptions): Error {
  return new Error(
    `${source}: \`${command}\` fails or complains in ${cwd}\n${
      complaints(output).join("\n")
    }\n--- all of its output\n${output.stdout}${output.stderr}`,
  );
}
