const copies = new WeakMap<object, object>();

/**
 * Returns a frozen copy of a tree of plain JSON, which stays as it is: nobody may change the tree later. Parts that trees
 * share are copied once, so their copies share them too.
 */
export function frozenCopy<Tree extends object>(tree: Tree): Tree {
  return copyOf(tree) as Tree;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known) return known;
  const copy: object = Object.freeze(
    Array.isArray(value) ? value.map(copyOf) : copyRecord(value, copyOf),
  );
  copies.set(value, copy);
  // Whoever has a copy may ask for one of it.
  copies.set(copy, copy);
  return copy;
}

/**
 * Returns a tree of plain JSON that nobody else can change: parts that are frozen copies stay as they are, and of all
 * others it holds copies.
 */
export function detachedCopy<Tree extends object>(tree: Tree): Tree {
  return detached(tree) as Tree;
}

function detached(value: unknown): unknown {
  if (typeof value !== "object" || value === null || copies.get(value) === value) return value;
  return Array.isArray(value) ? value.map(detached) : copyRecord(value, detached);
}

function copyRecord(record: object, copyPart: (part: unknown) => unknown): object {
  // A spread defines what it copies, so no setter of `Object.prototype` is reached, then or below.
  const copy: Record<string, unknown> = { ...record };
  for (const name of Object.keys(copy)) copy[name] = copyPart(copy[name]);
  return copy;
}
