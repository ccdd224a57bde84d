/**
 * Returns a value as JSON for a page. Values that JSON cannot express become ones that a page can show: dates ISO 8601
 * strings, bigints digits, maps objects, and sets, typed arrays and buffers lists.
 */
export function toWire(value: unknown): string {
  return JSON.stringify(value, (_name, inner) => {
    if (typeof inner === "bigint") return String(inner);
    if (inner instanceof Map) return Object.fromEntries(inner);
    if (inner instanceof Set) return [...inner];
    if (inner instanceof ArrayBuffer) return Array.from(new Uint8Array(inner));
    if (ArrayBuffer.isView(inner)) return Array.from(inner as Uint8Array);
    return inner;
  });
}
