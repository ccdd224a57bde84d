import { tagOf } from "../../shared/describe.ts";

/**
 * Returns whether operations go into a value property by property. A Date, a Map, a Set or bytes are replaced whole,
 * and a list has items.
 */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || tagOf(value) === "Object";
}

/** Returns an object's own property, or `undefined`. */
export function ownValue(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}
