import type { Key } from "../../shared/key.ts";

/** What stands for a key in a Map, where two Dates of one time have to be one: no key is a bigint. */
export function identity(key: Key): unknown {
  return typeof key === "object" ? BigInt(key.getTime()) : key;
}
