import type { Scope } from "./transport.ts";

const selector = "[na-scope],[na-instance]";

/** Whether an element shows an instance of its own. */
export function isScope(element: Element): boolean {
  return element.matches(selector);
}

/** The elements at and below a root that show an instance. */
export function findScopes(root: ParentNode): Element[] {
  const below = Array.from(root.querySelectorAll(selector));
  return "matches" in root && isScope(root as Element) ? [root as Element, ...below] : below;
}

/** The closest element, from this one outwards, that shows an instance. */
export function closestScope(element: Element): Element | undefined {
  return element.closest(selector) ?? undefined;
}

/** What an element says about the instance it shows, apart from `na-type`. */
export function scopeName(element: Element): string {
  return element.getAttribute("na-scope") ?? element.getAttribute("na-instance") ?? "";
}

/**
 * Which instance an element shows: `na-scope="id" na-type="Type"`, or `"Type:id"` in `na-scope` or
 * `na-instance`. `undefined` where the type or the id is missing.
 */
export function readScope(element: Element): Scope | undefined {
  const name = scopeName(element);
  const colon = name.indexOf(":");
  const typed = element.hasAttribute("na-scope") ? element.getAttribute("na-type") : null;
  const type = typed || name.slice(0, Math.max(0, colon));
  const instance = typed ? name : name.slice(colon + 1);
  // On the wire the first colon ends the type.
  return type === "" || type.includes(":") || instance === "" ? undefined : { type, instance };
}
