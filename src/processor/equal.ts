/**
 * Whether two stored values are the same: by value at any depth, whatever the order of an object's keys,
 * telling `0` from `-0` and knowing `NaN`.
 */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) {
    return bothPlain(a, b) && equalObjects(a, b);
  }
  if (Array.isArray(a)) return equalLists(a, b as unknown[]);
  if (a instanceof Date) return Object.is(a.getTime(), (b as Date).getTime());
  if (a instanceof Map) {
    return equalLists([...a].flat(1), [...(b as Map<unknown, unknown>)].flat(1));
  }
  if (a instanceof Set) return equalLists([...a], [...(b as Set<unknown>)]);
  if (a instanceof ArrayBuffer) return equalLists(bytes(a), bytes(b as ArrayBuffer));
  if (ArrayBuffer.isView(a)) return equalLists(bytesOf(a), bytesOf(b as ArrayBufferView));
  return equalObjects(a, b);
}

function equalLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
  return true;
}

function equalObjects(a: object, b: object): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) =>
    Object.hasOwn(b, key) &&
    equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
  );
}

// An object without a prototype holds the same document as one with Object's.
function bothPlain(a: object, b: object): boolean {
  return [a, b].every((object) => {
    const prototype = Object.getPrototypeOf(object);
    return prototype === null || prototype === Object.prototype;
  });
}

function bytes(buffer: ArrayBuffer): Uint8Array {
  return new Uint8Array(buffer);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
