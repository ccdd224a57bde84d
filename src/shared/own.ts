/** Makes objects that inherit nothing. Engines find their properties much faster than those of `Object.create(null)`. */
const Bare = function () {} as unknown as new () => object;
Bare.prototype = Object.freeze(Object.create(null));

/**
 * Returns a copy of an object that has its own properties and inherits none. Another library may have added to
 * `Object.prototype`, and what it added is no option of anybody's.
 */
export function own<T extends object>(object: T): T {
  return Object.assign(new Bare(), object) as T;
}

/** Returns a member of an object, its own or its class's, but not what was added to all objects. */
export function memberOf(object: unknown, name: string): unknown {
  const value = (object as Record<string, unknown> | null | undefined)?.[name];
  return value === (Object.prototype as Record<string, unknown>)[name] ? undefined : value;
}
