/**
 * Starts an example: `node scripts/start.ts worker|deno|node|browser [--write-behind] [--port N] [--data folder]`.
 * The server stores its data in the data folder, `.data` by default.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./root.ts";

const { positionals: [platform = "worker"], values } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: "string", default: "8787" },
    data: { type: "string", default: ".data" },
    "write-behind": { type: "boolean", default: false },
  },
});
const data = resolve(root, values.data);
mkdirSync(data, { recursive: true });

const behind = values["write-behind"];
const file = behind ? "write-behind.ts" : "main.ts";
const commands: Readonly<Record<string, readonly string[]>> = {
  worker: [
    "wrangler",
    "dev",
    `examples/worker/${behind ? "write-behind.ts" : "worker.ts"}`,
    "--local",
    "--config",
    "examples/worker/wrangler.jsonc",
    "--port",
    values.port,
    "--persist-to",
    `${data}/worker`,
    "--show-interactive-dev-session=false",
  ],
  deno: ["deno", "run", "--unstable-kv", "-A", `examples/deno/${file}`],
  node: ["node", "--disable-warning=ExperimentalWarning", `examples/node/${file}`],
  browser: ["node", "examples/browser/server.ts"],
};

const command = Object.hasOwn(commands, platform) ? commands[platform] : undefined;
if (!command) {
  console.error(
    `Cannot start ${platform}: there is no such example; pass worker, deno, node or browser`,
  );
  process.exit(2);
}

const child = spawn(command[0]!, command.slice(1), {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    PORT: values.port,
    DATA: data,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    // Nothing here needs the machine's location.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 0));
