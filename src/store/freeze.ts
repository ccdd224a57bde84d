import { copyOut } from "./copy.ts";
import { isObject } from "./scalar.ts";

/**
 * Freezes a stored value and everything in it.
 *
 * Bytes cannot be frozen. A property that holds a typed array, an ArrayBuffer or a DataView becomes an accessor, which
 * returns a fresh copy on every read, and which structured clones read like any other property.
 */
export function freeze(value: unknown): void {
  if (!isObject(value) || Object.isFrozen(value)) return;
  if (value instanceof Map || value instanceof Set) {
    // What a Map yields are lists of a key and its value.
    for (const member of value) freeze(member);
  }
  for (const name of Object.keys(value)) {
    const member: unknown = (value as Record<string, unknown>)[name];
    if (!isObject(member)) continue;
    if (holdsBytes(member)) {
      Object.defineProperty(value, name, { enumerable: true, get: () => copyOut(member) });
    } else freeze(member);
  }
  Object.freeze(value);
}

/** Returns whether a value is bytes, or a Map or Set that directly holds bytes, where no accessor can stand. */
function holdsBytes(value: unknown): boolean {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  return (value instanceof Map || value instanceof Set) && [...value].flat().some(holdsBytes);
}
