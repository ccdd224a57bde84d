import { isPlainArray, isPlainObject } from "./plain.ts";

/** Up to this many objects, looking at each is cheaper than hashing them for a Set. */
const fewObjects = 32;

/**
 * Returns whether a value is a tree of plain JSON, no deeper than `maxDepth`, which `JSON.stringify` keeps exactly. Most
 * values are, and this test costs less than finding the part that is not.
 */
export function isJsonTree(value: unknown, maxDepth: number): boolean {
  return isJson(value, new Seen(), maxDepth);
}

function isJson(value: unknown, seen: Seen, depthLeft: number): boolean {
  return typeof value === "object" && value !== null
    ? isJsonObject(value, seen, depthLeft)
    : isJsonScalar(value);
}

/** Returns whether a value without parts is JSON. */
export function isJsonScalar(value: unknown): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0);
    default:
      return value === null;
  }
}

function isJsonObject(value: object, seen: Seen, depthLeft: number): boolean {
  if (depthLeft === 0 || !seen.add(value)) return false;
  if (hidesParts(value)) return false;
  if (isPlainArray(value)) return isJsonArray(value, seen, depthLeft);
  if (!isPlainObject(value)) return false;
  // Engines read properties much faster in such a loop than by the names of `Object.keys`.
  for (const key in value) {
    const part = (value as Record<string, unknown>)[key];
    if (key !== "__proto__" && isJson(part, seen, depthLeft - 1)) continue;
    // Another library may have added to `Object.prototype`.
    if (Object.hasOwn(value, key)) return false;
  }
  return true;
}

/** Returns whether an object has more to it than its parts, or shows other ones as JSON. */
export function hidesParts(value: object): boolean {
  // Of its own or inherited, it would make `JSON.stringify` write something else.
  return typeof (value as { toJSON?: unknown }).toJSON === "function" ||
    Object.getOwnPropertySymbols(value).length > 0;
}

function isJsonArray(values: readonly unknown[], seen: Seen, depthLeft: number): boolean {
  // Faster than the keys, which would be a string for each element.
  const parts = Object.values(values);
  if (parts.length !== values.length) return false;
  // A hole is undefined and no JSON; a property of another name may have made up for it in the count.
  for (let index = 0; index < parts.length; index++) {
    if (!isJson(values[index], seen, depthLeft - 1)) return false;
  }
  return true;
}

/** Objects that were seen. */
export class Seen {
  readonly #few: object[] = [];
  #many: Set<object> | undefined;

  /** Adds an object, and returns whether it was new. */
  add(object: object): boolean {
    const many = this.#many;
    if (many) return many.size < many.add(object).size;
    if (this.#few.includes(object)) return false;
    if (this.#few.push(object) === fewObjects) this.#many = new Set(this.#few);
    return true;
  }
}
