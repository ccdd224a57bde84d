import { bytesOf } from "../shared/bytes.ts";

/**
 * Returns a value as JSON for a page. Values that JSON cannot express become ones that a page can show: dates ISO 8601
 * strings, bigints digits, sets, typed arrays and buffers lists. A map becomes an object where its keys are texts and
 * numbers that stay apart as texts, and else a list of its keys and values in pairs.
 */
export function toWire(value: unknown): string {
  return JSON.stringify(value, (_name, inner) => {
    if (typeof inner === "bigint") return String(inner);
    if (typeof inner !== "object" || inner === null) return inner;
    if (inner instanceof Map) return areNames(inner) ? Object.fromEntries(inner) : [...inner];
    if (inner instanceof Set) return [...inner];
    if (inner instanceof ArrayBuffer || inner instanceof DataView) return [...bytesOf(inner)];
    if (ArrayBuffer.isView(inner)) return Array.from(inner as Uint8Array);
    return inner;
  });
}

/** Returns whether the keys of a map can be names of properties without any two becoming one. */
function areNames(map: ReadonlyMap<unknown, unknown>): boolean {
  const keys = [...map.keys()];
  return keys.every((key) => typeof key === "string" || typeof key === "number") &&
    new Set(keys.map(String)).size === map.size;
}
