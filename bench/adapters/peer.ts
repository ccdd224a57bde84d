import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folders = [process.cwd(), process.env["RIAN_PEERS"]].filter((each) => each !== undefined);

/** A package to compare with, or `undefined` where it is not installed: here or in the folder RIAN_PEERS. */
// deno-lint-ignore no-explicit-any -- peers need not be installed, and so have no types
export async function peer(name: string): Promise<any> {
  for (const folder of folders) {
    try {
      const path = createRequire(join(folder, "package.json")).resolve(name);
      return await import(pathToFileURL(path).href);
    } catch {
      // Not in this folder.
    }
  }
  console.error(`${name} is not installed, so that it is not compared`);
  return undefined;
}
