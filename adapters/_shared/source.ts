const sources: WeakMap<object, Map<string, object>> = new WeakMap();

/**
 * Returns the identity of a part of a storage, such as what lies under a prefix: the same object whenever the storage
 * and the name of the part are the same, and never another one's.
 */
export function sourceOf(storage: object, part: string): object {
  let parts = sources.get(storage);
  if (!parts) sources.set(storage, parts = new Map());
  let source = parts.get(part);
  if (!source) parts.set(part, source = Object.freeze({ part }));
  return source;
}
