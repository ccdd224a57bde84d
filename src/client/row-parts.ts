import { having, naBind, naEach, naError, naIf, naIfRow, naKeyVal } from "../page/attributes.ts";
import { attribute, call, get, matches, tag } from "./dom.ts";

const placing = `template:is(${having(naEach)},${having(naIf)})`;

const replaced = `:is(${having(naBind)},${having(naError)})`;

/** Returns whether an element is a row, of this connection, an earlier one or the server. */
function isRow(element: Element): boolean {
  return (attribute(element, naKeyVal) ?? attribute(element, naIfRow)) !== null;
}

/**
 * Returns the children of an element that are no rows, each with its part of the pattern that the element was made of.
 * What a browser's extension has put between them is left out.
 *
 * @throws {Error} if one is missing
 */
export function partsOf(
  element: Element,
  pattern: Element | undefined,
): readonly (readonly [child: Element, pattern?: Element])[] {
  const children = [...get(element, "children")].filter((child) => !isRow(child));
  if (!pattern) return children.map((child) => [child]);
  if (pattern === element) return children.map((child) => [child, child]);
  return [...get(pattern, "children")].flatMap((part) => {
    let child = children.shift();
    while (child && tag(child) !== tag(part)) child = children.shift();
    if (child) return [[child, part]];
    // What it had in it is a value now.
    if (matches(pattern, replaced)) return [];
    throw new Error("It does not have what its template has");
  });
}

/**
 * Returns the rows that stand before a template and belong to no connection yet, each as the `size` elements that the
 * template consists of. What makes no row is removed.
 */
export function leftRows(
  template: Element,
  seen: WeakSet<Element>,
  size: number,
): readonly (readonly Element[])[] {
  const left: Element[] = [];
  let at = get(template, "previousElementSibling");
  for (; at && (isRow(at) || !matches(at, placing)); at = get(at, "previousElementSibling")) {
    if (isRow(at) && !seen.has(at)) left.unshift(at);
  }
  // Rows with a template of their own beside them have more elements, of which nothing says whose they are.
  if (left.length % size > 0 || left.some((element) => matches(element, placing))) {
    for (const element of left.splice(0)) call(element, "remove");
  }
  return left.flatMap((_, index) => index % size === 0 ? [left.slice(index, index + size)] : []);
}
