import type { DenoKvBinding, DenoKvEntry, DenoKvKey } from "../../../adapters/deno-kv.ts";

/** Returns all keys under a prefix except the marks of types that have large documents. */
export async function keysOf(
  kv: DenoKvBinding,
  prefix: DenoKvKey,
): Promise<DenoKvEntry["key"][]> {
  const keys: DenoKvEntry["key"][] = [];
  for await (const { key } of kv.list({ prefix }, {})) {
    if (key[prefix.length] !== 4) keys.push(key);
  }
  return keys;
}

/** Returns how many they are. */
export async function countKeys(kv: DenoKvBinding, prefix: DenoKvKey): Promise<number> {
  return (await keysOf(kv, prefix)).length;
}
