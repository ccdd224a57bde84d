/** Whether two values are the same, type by type: `-0` is not `0`, a hole is not `undefined`, order counts. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (tagOf(a) !== tagOf(b)) return false;
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof Map) return isEqual([...a], [...b as Map<unknown, unknown>]);
  if (a instanceof Set) return isEqual([...a], [...b as Set<unknown>]);
  if (a instanceof ArrayBuffer) return isEqual(new Uint8Array(a), new Uint8Array(b as ArrayBuffer));
  const keys = Object.keys(a);
  return lengthOf(a) === lengthOf(b) && keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(valueAt(a, key), valueAt(b, key)));
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function lengthOf(value: object): unknown {
  return Array.isArray(value) ? value.length : undefined;
}

function valueAt(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
