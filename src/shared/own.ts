/**
 * Returns a copy of an object that has its own properties and inherits none. Another library may have added to
 * `Object.prototype`, and what it added is no option of anybody's.
 */
export function own<T extends object>(object: T): T {
  return Object.assign(Object.create(null), object);
}
