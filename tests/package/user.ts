import { mkdirSync, readdirSync, realpathSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../../scripts/root.ts";

/** The day whose newest versions `npm install` finds, so that a release of somebody else breaks nothing here. */
const today = "2026-11-30";

// What npm and Vitest set for the scripts that they run, but for how the registry is reached.
const ours =
  /^(npm_(?!config_(cache|cafile|registry|userconfig|(https_|no)?proxy)$)|node_(env|options|path)$|vitest|init_cwd$|(dev|prod|mode|ssr|test|base_url)$)/i;

/**
 * Returns the environment of a person at a shell: their Node and Deno are those of this repository, and none of its
 * other tools is on their path.
 *
 * @param folder Where it may store things.
 */
export function userEnvironment(folder: string): Record<string, string | undefined> {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  for (const name of ["node", "deno"]) {
    if (readdirSync(bin).includes(name)) continue;
    symlinkSync(realpathSync(join(root, "node_modules/.bin", name)), join(bin, name));
  }
  const path = (process.env["PATH"] ?? "").split(delimiter)
    .filter((entry) => !/node_modules|node-gyp-bin/.test(entry));
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))),
    PATH: [bin, ...path].join(delimiter),
    NO_COLOR: "1",
    XDG_CONFIG_HOME: join(folder, "config"),
    DENO_DIR: join(folder, "deno"),
    DENO_NO_UPDATE_CHECK: "1",
    npm_config_before: today,
    npm_config_update_notifier: "false",
    // No test needs the machine's location.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
  };
}
