import { build } from "esbuild";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A server in a process of its own. */
export interface Started {
  readonly server: ChildProcess;
  readonly port: number;
}

/** Starts a server, and waits until it says on which port it listens. */
export async function startServer(command: string, ...parameters: string[]): Promise<Started> {
  const server = spawn(command, parameters, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: server.stdout! }), "line");
  return { server, port: Number(/port"?:? ?(\d+)/.exec(line)![1]) };
}

/**
 * Bundles a Worker, and serves it without the tools that wrangler puts around it.
 *
 * @param objects The classes of Durable Objects that it exports, each of which it gets as a binding in capitals.
 */
export async function startWorkerd(
  entryPoint: string,
  objects: readonly string[] = [],
): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), "rian-bench-"));
  mkdirSync(join(folder, "objects"));
  await build({
    entryPoints: [entryPoint],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker"],
    logLevel: "error",
  });
  const namespaces = objects.map((name) =>
    `(className = "${name}", uniqueKey = "${name}", enableSql = true)`
  );
  const bindings = objects.map((name) =>
    `(name = "${name.toUpperCase()}", durableObjectNamespace = "${name}")`
  );
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = (
          modules = [(name = "worker.js", esModule = embed "worker.js")],
          compatibilityDate = "2026-10-01",
          durableObjectNamespaces = [${namespaces.join(", ")}],
          durableObjectStorage = (localDisk = "objects"),
          bindings = [${bindings.join(", ")}],
        )),
        (name = "objects", disk = (path = "${join(folder, "objects")}", writable = true)),
      ],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );`,
  );
  const { default: workerd } = createRequire(import.meta.url)("workerd");
  return await startServer(workerd, "serve", "--control-fd=1", join(folder, "config.capnp"));
}
