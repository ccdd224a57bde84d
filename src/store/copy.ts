import { tagOf } from "../shared/describe.ts";
import { isObject } from "./scalar.ts";

const maxDepth = 500;

// Inside a for…in, engines answer it from the shape of the object, unlike Object.hasOwn.
const { hasOwnProperty } = Object.prototype;

/** Throws in place of a method that would change a value shared by documents. */
function refuse(): never {
  throw new TypeError(
    "Cannot change a document: it is frozen; use put, update, or the option detached",
  );
}

/** By type, a prototype whose mutating methods throw. A structured clone has the usual prototype again. */
const guardedPrototypes: Record<string, object> = Object.create(null);
for (const { name: type, prototype } of [Date, Map, Set]) {
  guardedPrototypes[type] = Object.create(prototype);
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (!/^(set|add|delete|clear|getOrInsert)/.test(name)) continue;
    Object.defineProperty(guardedPrototypes[type], name, { value: refuse });
  }
}

/** Returns whether a value is an object that can be a document: not an array, a Date, a Map, a typed array… */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ||
    (!Array.isArray(value) && tagOf(value) === "Object");
}

/** Returns a private copy of what a caller passes in; its Dates, Maps and Sets refuse to be changed. */
export function copyIn<T>(value: T): T {
  return copy(value, guardedPrototypes, 0) as T;
}

/** Returns a copy of a stored value, which belongs to the caller. */
export function copyOut<T>(value: T): T {
  return copy(value, undefined, 0) as T;
}

function copy(
  value: unknown,
  prototypes: typeof guardedPrototypes | undefined,
  depth: number,
): unknown {
  if (!needsCopy(value)) return value;
  if (typeof value !== "object") {
    throw new TypeError(
      `Cannot store a ${typeof value}: it cannot be cloned; leave it out`,
    );
  }
  if (depth > maxDepth) {
    throw new RangeError(
      `Cannot store a value deeper than ${maxDepth} levels: it may contain itself; store its key`,
    );
  }
  if (Array.isArray(value)) {
    const list = value.slice();
    for (let position = 0; position < list.length; position++) {
      const member = list[position];
      if (needsCopy(member)) list[position] = copy(member, prototypes, depth + 1);
    }
    return list;
  }
  if (isPlainObject(value)) {
    // Spreading keeps the hidden class, which makes it several times faster than assigning each property.
    const object: Record<string, unknown> = { ...value };
    for (const name in object) {
      const member = object[name];
      // A library may have given all objects another property, which is none of the document's.
      if (needsCopy(member) && hasOwnProperty.call(object, name)) {
        object[name] = copy(member, prototypes, depth + 1);
      }
    }
    return object;
  }
  const type = tagOf(value);
  const copyAll = (members: Iterable<unknown>) =>
    [...members].map((member) => copy(member, prototypes, depth + 1));
  const exotic = type === "Date"
    ? new Date(+(value as Date))
    : type === "Map"
    ? new Map(copyAll(value as Map<unknown, unknown>) as [unknown, unknown][])
    : type === "Set"
    ? new Set(copyAll(value as Set<unknown>))
    : structuredClone(value);
  if (prototypes?.[type]) return Object.setPrototypeOf(exotic, prototypes[type]);
  // The clone of a part of a buffer, such as a small Buffer in Node, includes the rest of it.
  return type.endsWith("Array") ? (exotic as Uint8Array).slice() : exotic;
}

/** Returns whether a value is still shared, or refused, after what holds it was copied. */
function needsCopy(value: unknown): value is object {
  return isObject(value) || typeof value === "function" || typeof value === "symbol";
}
