import { isRecord, ownValue } from "./record.ts";

/** Returns whether each item of two lists has a key by this name: a string or a number. */
export function areKeyed(
  before: readonly unknown[],
  after: readonly unknown[],
  name: string,
): boolean {
  for (const item of after) if (!hasKey(item, name)) return false;
  for (const [index, item] of before.entries()) {
    // Most lists share most of their items.
    const isChecked = index < after.length && item === after[index];
    if (!isChecked && !hasKey(item, name)) return false;
  }
  return true;
}

function hasKey(item: unknown, name: string): boolean {
  const key = isRecord(item) ? ownValue(item, name) : undefined;
  return typeof key === "string" || typeof key === "number";
}

/** Returns the key of an item that has one. */
export function keyIn(item: unknown, name: string): unknown {
  return (item as Readonly<Record<string, unknown>>)[name];
}
