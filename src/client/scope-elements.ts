import { naInstance, naScope, naType } from "../page/attributes.ts";
import type { Address } from "../processor/address.ts";

const selector = `[${naScope}],[${naInstance}]`;

/** Returns whether an element shows an instance of its own. */
export function isScope(element: Element): boolean {
  return element.matches(selector);
}

/** Returns the elements at and below a root that show an instance. */
export function findScopes(root: ParentNode): Element[] {
  const below = [...root.querySelectorAll(selector)];
  return "matches" in root && isScope(root as Element) ? [root as Element, ...below] : below;
}

/** Returns the closest element, from this one outwards, that shows an instance. */
export function closestScope(element: Element): Element | null {
  return element.closest(selector);
}

/** Returns how an element names the instance it shows, apart from `na-type`. */
export function scopeName(element: Element): string {
  return element.getAttribute(naScope) ?? element.getAttribute(naInstance) ?? "";
}

/**
 * Returns the address of the instance that an element shows: `na-scope="id" na-type="Type"`, or `"Type:id"` in
 * `na-scope` or `na-instance`. Returns `undefined` if the type or the id is missing.
 */
export function addressOf(element: Element): Address | undefined {
  const name = scopeName(element);
  const colon = name.indexOf(":");
  const typed = element.hasAttribute(naScope) ? element.getAttribute(naType) : null;
  const type = typed || name.slice(0, Math.max(0, colon));
  const id = typed ? name : name.slice(colon + 1);
  // On the wire the first colon ends the type.
  return type === "" || type.includes(":") || id === "" ? undefined : { type, id };
}
