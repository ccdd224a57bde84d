import type { Key } from "../../shared/key.ts";

/** Returns what stands for a key in a Map, the same for two Dates of one time: no key is a bigint. */
export function identity(key: Key): unknown {
  return typeof key === "object" ? BigInt(key.getTime()) : key;
}
