import { isObject, tagOf } from "./scalar.ts";

const maxDepth = 500;

/** Throws in place of a method that would change a value which documents share. */
function refuse(): never {
  throw new TypeError(
    "Cannot change a document that was read: it is frozen; use put or update, or createStore with { detached: true }",
  );
}

/** By type, a prototype whose methods that change a value throw. Structured clones have the usual one again. */
const guardedPrototypes: Record<string, object> = {};
for (const { name: type, prototype } of [Date, Map, Set]) {
  guardedPrototypes[type] = Object.create(prototype);
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (!/^(set|add|delete|clear|getOrInsert)/.test(name)) continue;
    Object.defineProperty(guardedPrototypes[type], name, { value: refuse });
  }
}

/** Whether a value is an object that a document can be: not an array, a Date, a Map, a typed array… */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ||
    (!Array.isArray(value) && tagOf(value) === "Object");
}

/** A private copy of what a caller hands in, whose Dates, Maps and Sets refuse to be changed. */
export function copyIn<T>(value: T): T {
  return copy(value, guardedPrototypes, 0) as T;
}

/** A copy of a stored value that belongs to whoever receives it. */
export function copyOut<T>(value: T): T {
  return copy(value, {}, 0) as T;
}

function copy(value: unknown, prototypes: typeof guardedPrototypes, depth: number): unknown {
  if (!needsCopy(value)) return value;
  if (typeof value !== "object") {
    throw new TypeError(
      `Cannot store a ${typeof value}: documents hold what structuredClone accepts; leave it out`,
    );
  }
  if (depth > maxDepth) {
    throw new RangeError(
      `Cannot store a value more than ${maxDepth} levels deep: it may contain itself; store a reference by key`,
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
      if (needsCopy(member)) object[name] = copy(member, prototypes, depth + 1);
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
    : structuredClone(value) as Partial<Uint8Array>;
  if (prototypes[type]) return Object.setPrototypeOf(exotic, prototypes[type]);
  // The clone of a part of a buffer, such as a small Buffer of Node, brings the rest along.
  return "subarray" in exotic ? exotic.slice!() : exotic;
}

/** Whether a copy of what holds a value is not enough for the value. */
function needsCopy(value: unknown): value is object {
  return isObject(value) || typeof value === "function" || typeof value === "symbol";
}
