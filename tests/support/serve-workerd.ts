import { build } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Served } from "./serve-node.ts";

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker", esModule = embed "worker.js")],
    compatibilityDate = "2026-10-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** Serves a Worker by workerd alone. Wrangler and Miniflare have servers of their own in front of it. */
export async function serveWorkerd(main: URL): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), "rian-workerd-"));
  await build({
    entryPoints: [fileURLToPath(main)],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "esnext",
    logLevel: "error",
  });
  writeFileSync(join(folder, "config.capnp"), config);
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
  return {
    port: (JSON.parse(String(line)) as { port: number }).port,
    async close() {
      child.kill();
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
