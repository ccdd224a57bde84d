import { isJsonTree } from "../persistence/adapter/json-tree.ts";
import { maxDepth } from "../persistence/adapter/value.ts";
import { bytesOf } from "../shared/bytes.ts";

/**
 * Returns a value as JSON for a page. Values that JSON cannot express become ones that a page can show: dates ISO 8601
 * strings, bigints digits, sets, typed arrays and buffers lists. A map becomes an object where its keys are texts and
 * numbers that stay apart as texts, and else a list of its keys and values in pairs.
 */
export function toWire(value: unknown): string {
  // To look first whether any value needs it takes less time than to replace each.
  return isJsonTree(value, maxDepth) ? JSON.stringify(value) : JSON.stringify(value, shown);
}

/** Returns what a page is shown in place of a value. */
function shown(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Map) return areNames(value) ? Object.fromEntries(value) : [...value];
  if (value instanceof Set) return [...value];
  if (value instanceof ArrayBuffer || value instanceof DataView) return [...bytesOf(value)];
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array);
  return value;
}

/** Returns whether the keys of a map can be names of properties without any two becoming one. */
function areNames(map: ReadonlyMap<unknown, unknown>): boolean {
  const keys = [...map.keys()];
  return keys.every((key) => typeof key === "string" || typeof key === "number") &&
    new Set(keys.map(String)).size === map.size;
}
