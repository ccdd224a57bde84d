import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { patience } from "./patience.ts";

/** The name of an example that `scripts/start.ts` starts. */
export type Platform = "worker" | "worker-durable-object" | "deno" | "node" | "browser" | "react";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs an example as a user starts it. What it stores survives `restart`. */
export class DemoServer {
  readonly #platform: Platform;
  readonly #flags: readonly string[];
  readonly #port: number;
  readonly #data = mkdtempSync(join(tmpdir(), "rian-demo-"));
  #child: ChildProcess | undefined;
  #log = "";

  private constructor(platform: Platform, flags: readonly string[], port: number) {
    this.#platform = platform;
    this.#flags = flags;
    this.#port = port;
  }

  static async start(platform: Platform, flags: readonly string[] = []): Promise<DemoServer> {
    const server = new DemoServer(platform, flags, await freePort());
    await server.#start();
    return server;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  async restart(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<void> {
    await this.#stop(signal);
    await this.#start();
  }

  /** Kills the server and everything it started, as a power cut would. */
  async kill(): Promise<void> {
    await this.#stop("SIGKILL");
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const parameters = [
      "scripts/start.ts",
      this.#platform,
      ...this.#flags,
      "--port",
      `${this.#port}`,
      "--data",
      this.#data,
    ];
    const child = spawn(process.execPath, parameters, {
      cwd: root,
      // In a group of its own, so whatever it starts is stopped with it.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env["PATH"]}` },
    });
    this.#child = child;
    for (const output of [child.stdout!, child.stderr!]) {
      output.on("data", (text) => this.#log += text);
    }
    const exited = once(child, "exit").then(() => {
      throw new Error(`Cannot start the demo on ${this.#platform}: it exited\n${this.#log}`);
    });
    await Promise.race([this.#ready(), exited]);
    exited.catch(() => {});
  }

  async #ready(): Promise<void> {
    for (let left = patience.test / 100; left > 0; left--) {
      const answer = await fetch(this.url).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(
      `Cannot start the demo on ${this.#platform}: it does not respond\n${this.#log}`,
    );
  }

  async #stop(signal: "SIGTERM" | "SIGINT" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    process.kill(-child.pid!, signal);
    const last = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 10_000);
    await exited;
    clearTimeout(last);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
