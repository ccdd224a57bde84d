/**
 * Members of nodes, reached through their prototypes. A form answers to the names and ids of its controls, and a
 * document to those of its images, forms and frames, before it answers to its own: after `<input name="children">`,
 * `form.children` is that input. Such names may come from the state, and so from anyone.
 *
 * @module
 */

import { otherName } from "../page/attributes.ts";

const elementNode = 1;

type Method<Owner, Name extends keyof Owner> = Extract<
  Owner[Name],
  (...parameters: never) => unknown
>;

/** Returns a property or a method of a node. */
export function get<Owner extends Node | ParentNode, Name extends keyof Owner>(
  node: Owner,
  name: Name,
): Owner[Name] {
  return Reflect.get(Object.getPrototypeOf(node), name, node);
}

/** Sets a property of a node. */
export function set<Owner extends Node, Name extends keyof Owner>(
  node: Owner,
  name: Name,
  value: Owner[Name],
): void {
  Reflect.set(Object.getPrototypeOf(node), name, value, node);
}

/** Calls a method of a node. */
export function call<Owner extends Node | ParentNode, Name extends keyof Owner>(
  node: Owner,
  name: Name,
  ...parameters: Parameters<Method<Owner, Name>>
): ReturnType<Method<Owner, Name>> {
  return Reflect.apply(get(node, name) as Method<Owner, Name>, node, parameters);
}

/** Returns the value of an attribute, by either name if it has two, or `null`. */
export function attribute(element: Element, name: string): string | null {
  const other = otherName(name);
  return call(element, "getAttribute", name) ?? (other ? attribute(element, other) : null);
}

/** Gives an attribute a value, or takes it away for `null`. */
export function setOrRemove(element: Element, name: string, value: string | null): void {
  if (value === null) call(element, "removeAttribute", name);
  else call(element, "setAttribute", name, value);
}

/** Returns whether an element matches a selector. */
export function matches(element: Element, selector: string): boolean {
  return call(element, "matches", selector);
}

/** Returns the closest element, from this one outwards, that matches a selector. */
export function closest(element: Element, selector: string): Element | null {
  return call(element, "closest", selector);
}

/** Returns the elements below a node that match a selector. */
export function all(root: ParentNode, selector: string): Element[] {
  return [...call(root, "querySelectorAll", selector)];
}

/** Returns whether a node is an element, of this document or another. */
export function isElement(node: ParentNode | Node): node is Element {
  return get(node as Node, "nodeType") === elementNode;
}

/** Returns the name of an element, such as `"form"`. */
export function tag(element: Element): string {
  return get(element, "localName");
}

/** Returns the element that has the focus in the document or shadow root of an element. */
export function focusBeside(node: Node): Element | null {
  return get(call(node, "getRootNode") as Document | ShadowRoot, "activeElement");
}
