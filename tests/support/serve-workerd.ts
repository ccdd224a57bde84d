import { build } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Served } from "./serve-node.ts";

/** Options of {@link serveWorkerd}. */
export interface WorkerdOptions {
  /** The name of a class of Durable Objects, which is bound as `NASC`. */
  readonly objects?: string;
  /** The folder that the storage of the objects is in. */
  readonly disk?: string;
}

/** A Worker that is served by workerd. */
export interface ServedByWorkerd extends Served {
  /** Ends it as a loss of power does. */
  kill(): Promise<void>;
}

function configOf({ objects, disk }: WorkerdOptions): string {
  const ofObjects = objects && `
    durableObjectNamespaces = [(className = "${objects}", uniqueKey = "rian", enableSql = true)],
    durableObjectStorage = (localDisk = "disk"),
    bindings = [(name = "NASC", durableObjectNamespace = "${objects}")],`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = "2026-10-01",${ofObjects ?? ""}
    )),${
    disk === undefined ? "" : `
    (name = "disk", disk = (path = ${JSON.stringify(disk)}, writable = true)),`
  }
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}

/** Serves a Worker by workerd alone. Wrangler and Miniflare have servers of their own in front of it. */
export async function serveWorkerd(
  main: URL,
  options: WorkerdOptions = {},
): Promise<ServedByWorkerd> {
  const folder = mkdtempSync(join(tmpdir(), "rian-workerd-"));
  await build({
    entryPoints: [fileURLToPath(main)],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "esnext",
    logLevel: "error",
  });
  writeFileSync(join(folder, "config.capnp"), configOf(options));
  const workerd = fileURLToPath(new URL("../../node_modules/.bin/workerd", import.meta.url));
  const child = spawn(workerd, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr!.on("data", (text) => log += text);
  const exited = once(child, "exit");
  const [line] = await Promise.race([
    once(child.stdio[3]!, "data"),
    exited.then(() => Promise.reject(new Error(`workerd has ended: ${log}`))),
  ]);
  const end = async (signal?: "SIGKILL") => {
    child.kill(signal);
    await exited;
    rmSync(folder, { recursive: true });
  };
  return {
    port: (JSON.parse(String(line)) as { port: number }).port,
    close: () => end(),
    kill: () => end("SIGKILL"),
  };
}
