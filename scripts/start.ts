/**
 * Starts an example: `node scripts/start.ts worker|worker-durable-object|deno|node|browser|react [--write-behind] [--port N] [--data folder]`.
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
  worker: wrangler("worker", behind ? "write-behind.ts" : "worker.ts"),
  "worker-durable-object": wrangler("worker-durable-object", "worker.ts"),
  deno: ["deno", "run", "--unstable-kv", "-A", `examples/deno/${file}`],
  node: ["node", "--disable-warning=ExperimentalWarning", `examples/node/${file}`],
  browser: ["node", "examples/browser/server.ts"],
  react: ["node", "examples/react/server.ts"],
};

/** Returns the command that runs a Worker on the local runtime. */
function wrangler(example: string, main: string): readonly string[] {
  return [
    "wrangler",
    "dev",
    `examples/${example}/${main}`,
    "--local",
    "--config",
    `examples/${example}/wrangler.jsonc`,
    "--port",
    values.port,
    "--persist-to",
    `${data}/${example}`,
    "--show-interactive-dev-session=false",
  ];
}

const command = Object.hasOwn(commands, platform) ? commands[platform] : undefined;
if (!command) {
  console.error(
    `Cannot start ${platform}: there is no such example; pass ${Object.keys(commands).join(", ")}`,
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
