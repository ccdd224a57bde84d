/**
 * Whether two documents hold the same: by value at any depth, whatever the order of their fields, and whatever
 * prototypes guard the Dates, Maps and Sets of a document in memory.
 */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  if (kind === "Array") return equalLists(a as unknown[], b as unknown[]);
  if (kind === "Date") return Object.is((a as Date).getTime(), (b as Date).getTime());
  if (kind === "Map") {
    return equalLists([...a as Map<unknown, unknown>], [...b as Map<unknown, unknown>]);
  }
  if (kind === "Set") return equalLists([...a as Set<unknown>], [...b as Set<unknown>]);
  if (kind === "ArrayBuffer") {
    return equalLists(new Uint8Array(a as ArrayBuffer), new Uint8Array(b as ArrayBuffer));
  }
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return equalLists(bytes(a), bytes(b));
  return equalObjects(a as Record<string, unknown>, b as Record<string, unknown>);
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function equalLists(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
  return true;
}

function equalObjects(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name]));
}

function bytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
