/**
 * Returns the address in the name of a scope: an id beside a type of its own, or `Type:id`. Returns `undefined` if the
 * type or the id is missing.
 */
export function addressIn(
  name: string,
  typed: string | null | undefined,
): { readonly type: string; readonly id: string } | undefined {
  const colon = name.indexOf(":");
  const type = typed || name.slice(0, Math.max(0, colon));
  const id = typed ? name : name.slice(colon + 1);
  // On the wire the first colon ends the type.
  return type === "" || type.includes(":") || id === "" ? undefined : { type, id };
}
