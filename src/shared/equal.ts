import { bytesOf } from "./bytes.ts";
import { tagOf } from "./describe.ts";

/**
 * Returns whether two stored values are equal by value, at any depth. Ignores the order of an object's keys, and the
 * prototypes that guard the Dates, Maps and Sets of a document read from Ramify. Distinguishes the order of a Map's or
 * a Set's members, `0` from `-0`, and a hole from `undefined`.
 */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  switch (kind) {
    case "Object":
      return equalObjects(a as Record<string, unknown>, b as Record<string, unknown>);
    case "Array":
      return equalLists(a as unknown[], b as unknown[]);
    case "Date":
      return Object.is((a as Date).getTime(), (b as Date).getTime());
    case "Map":
    case "Set":
      return equalLists([...a as Iterable<unknown>], [...b as Iterable<unknown>]);
    case "ArrayBuffer":
      return equalLists(bytesOf(a as ArrayBuffer), bytesOf(b as ArrayBuffer));
    default:
      return ArrayBuffer.isView(a) && ArrayBuffer.isView(b)
        ? equalLists(bytesOf(a), bytesOf(b))
        : equalObjects(a as Record<string, unknown>, b as Record<string, unknown>);
  }
}

/** Returns the name of an object's built-in type, whatever realm the object is from. */
function kindOf(value: object): string {
  if (Array.isArray(value)) return "Array";
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return "Object";
  return tagOf(value);
}

function equalLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!equal(a[index], b[index])) return false;
    if (a[index] === undefined && Object.hasOwn(a, index) !== Object.hasOwn(b, index)) return false;
  }
  return true;
}

function equalObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name]));
}
