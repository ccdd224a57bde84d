import { build } from "esbuild";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A server of the apps in a process of its own. */
export interface Started {
  readonly server: ChildProcess;
  readonly port: number;
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Starts a server, and waits until it says on which port it listens. */
async function start(command: string, ...parameters: string[]): Promise<Started> {
  const server = spawn(command, parameters, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: server.stdout! }), "line");
  return { server, port: Number(/port"?:? ?(\d+)/.exec(line)![1]) };
}

/** Bundles the apps for workerd, and serves them without the tools that wrangler puts around a Worker. */
async function startWorkerd(): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), "rian-bench-"));
  await build({
    entryPoints: [fileOf("worker.ts")],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker"],
    logLevel: "error",
  });
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (
        modules = [(name = "worker.js", esModule = embed "worker.js")],
        compatibilityDate = "2026-10-01",
      ))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );`,
  );
  const { default: workerd } = createRequire(import.meta.url)("workerd");
  return await start(workerd, "serve", "--control-fd=1", join(folder, "config.capnp"));
}

/** Starts the apps, by runtime. */
export const starters: Readonly<Record<string, () => Promise<Started>>> = {
  Node: () => start(process.execPath, fileOf("node-server.ts")),
  Deno: () => start("deno", "run", "-A", "--no-check", fileOf("deno-server.ts")),
  workerd: startWorkerd,
};
