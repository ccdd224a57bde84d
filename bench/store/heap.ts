import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Contender } from "./contender.ts";

const script = fileURLToPath(new URL("heap-process.ts", import.meta.url));

/** Returns the bytes of a document once it has been read, or why they cannot be told; in a process of its own. */
export async function heapOf({ name }: Contender, size: number): Promise<number | string> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, name, String(size)]);
  return JSON.parse(stdout);
}
