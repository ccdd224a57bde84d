/**
 * Returns whether a name in a path leads to what all objects inherit: `__proto__`, and `prototype` after `constructor`.
 * What merges or patches with less care than we do would reach it.
 */
export function leadsToPrototype(name: string, parentName: string | undefined): boolean {
  return name === "__proto__" || name === "prototype" && parentName === "constructor";
}
