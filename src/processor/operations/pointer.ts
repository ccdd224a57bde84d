/**
 * JSON Pointers (RFC 6901): where something is in a state.
 *
 * @module
 */

/** Returns the pointer of a property of what another pointer leads to. */
export function pointerTo(parent: string, name: string): string {
  const escaped = /[~/]/.test(name) ? name.replaceAll("~", "~0").replaceAll("/", "~1") : name;
  return `${parent}/${escaped}`;
}

/** Returns the names that a pointer leads along, or `undefined` if it is no pointer. */
export function namesIn(pointer: string): string[] | undefined {
  if (pointer === "") return [];
  if (pointer[0] !== "/" || /~(?![01])/.test(pointer)) return undefined;
  const names = pointer.slice(1).split("/");
  if (!pointer.includes("~")) return names;
  return names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}
