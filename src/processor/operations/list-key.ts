import { isRecord, ownValue } from "./record.ts";

/** Returns whether each item of a list has a key by this name: a string or a number. */
export function areKeyed(items: readonly unknown[], name: string): boolean {
  return items.every((item) => {
    const key = isRecord(item) ? ownValue(item, name) : undefined;
    return typeof key === "string" || typeof key === "number";
  });
}

/** Returns the key of an item that has one. */
export function keyIn(item: unknown, name: string): unknown {
  return (item as Readonly<Record<string, unknown>>)[name];
}
