import { fileURLToPath } from "node:url";
import { type Started, startServer, startWorkerd } from "../../workerd.ts";

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Starts the apps, by runtime. */
export const starters: Readonly<Record<string, () => Promise<Started>>> = {
  Node: () => startServer(process.execPath, fileOf("node-server.ts")),
  Deno: () => startServer("deno", "run", "-A", "--no-check", fileOf("deno-server.ts")),
  workerd: () => startWorkerd(fileOf("worker.ts")),
};
