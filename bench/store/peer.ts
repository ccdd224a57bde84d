import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

// The benchmark's peers are not dependencies of Rian; RIAN_PEERS names a folder where they are installed.
const folder = process.env.RIAN_PEERS ?? process.cwd();

/** Loads a package to compare with, and its version; returns `undefined` if it is not installed. */
export async function peer(name: string): Promise<{ version: string; module: Module } | undefined> {
  const require = createRequire(join(folder, "package.json"));
  try {
    const manifest = JSON.parse(
      readFileSync(join(folder, "node_modules", name, "package.json"), "utf8"),
    );
    const entry = manifest.module ? join(folder, "node_modules", name, manifest.module) : undefined;
    const module = await import(pathToFileURL(entry ?? require.resolve(name)).href);
    return { version: manifest.version, module };
  } catch {
    return undefined;
  }
}

// deno-lint-ignore no-explicit-any -- the peers' types are not installed either
type Module = any;
