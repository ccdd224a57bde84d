import { having, naIgnore, naInstance, naScope, naType } from "../page/attributes.ts";
import { addressIn } from "../page/scope-name.ts";
import type { Address } from "../processor/address.ts";
import { all, attribute, closest, isElement, matches } from "./dom.ts";

const selector = `${having(naScope)},${having(naInstance)}`;

/** Returns whether an element shows an instance of its own. */
export function isScope(element: Element): boolean {
  return matches(element, selector);
}

/** Returns the elements at and below a root that show an instance. */
export function findScopes(root: ParentNode): Element[] {
  const found = all(root, selector);
  const scopes = isElement(root) && isScope(root) ? [root, ...found] : found;
  return scopes.filter((element) => !isIgnored(element));
}

/** Returns whether an element is to be left alone. */
export function isIgnored(element: Element): boolean {
  return closest(element, having(naIgnore)) !== null;
}

/** Returns the closest element, from this one outwards, that shows an instance. */
export function closestScope(element: Element): Element | null {
  return closest(element, selector);
}

/** Returns how an element names the instance it shows, apart from `na-type`. */
export function scopeName(element: Element): string {
  return attribute(element, naScope) ?? attribute(element, naInstance) ?? "";
}

/**
 * Returns the address of the instance that an element shows: `na-scope="id" na-type="Type"`, or `"Type:id"` in
 * `na-scope` or `na-instance`. Returns `undefined` if the type or the id is missing.
 */
export function addressOf(element: Element): Address | undefined {
  const typed = attribute(element, naScope) === null ? null : attribute(element, naType);
  return addressIn(scopeName(element), typed);
}
