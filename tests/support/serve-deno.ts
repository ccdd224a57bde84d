import { execFile } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Served } from "./serve-node.ts";

/** Serves by a script that Deno runs in a process of its own, and that prints its port. */
export async function serveDeno(main: URL): Promise<Served> {
  const deno = fileURLToPath(new URL("../../node_modules/.bin/deno", import.meta.url));
  const child = execFile(deno, ["run", "-A", fileURLToPath(main)]);
  let log = "";
  child.stderr!.on("data", (text) => log += text);
  const exited = once(child, "exit");
  const [line] = await Promise.race([
    once(child.stdout!, "data"),
    exited.then(() => Promise.reject(new Error(`Deno has ended: ${log}`))),
  ]);
  return {
    port: Number(line),
    async close() {
      child.kill();
      await exited;
    },
  };
}
