/**
 * What is plain data, whatever realm it comes from, such as that of a frame.
 *
 * @module
 */
import { tagOf } from "../../shared/describe.ts";

/** Returns whether a value is an array, and not of a class of its own. */
export function isPlainArray(value: object): value is unknown[] {
  if (!Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) === Array.prototype || builtInType(value) === "Array";
}

/** Returns whether an object is of no class. */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // Plain objects of other realms, such as a frame's, have a prototype that nothing else has.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** Returns the name of the built-in class whose direct instance this is, whatever realm it comes from. */
export function builtInType(value: object): string | undefined {
  const tag = tagOf(value);
  return Object.getPrototypeOf(value)?.constructor?.name === tag ? tag : undefined;
}
