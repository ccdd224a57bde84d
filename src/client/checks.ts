/**
 * Looks for mistakes that would otherwise be silent; loaded where pages are made, on the machine itself.
 *
 * @module
 */
import * as attributes from "../page/attributes.ts";
import { attribute, get, isElement, matches, tag } from "./dom.ts";
import type { Report } from "./report.ts";
import { closestScope, isScope, scopeName } from "./scope-elements.ts";

const known: ReadonlySet<string> = new Set(
  Object.values(attributes).filter((each) => typeof each === "string"),
);

/** What shows something of a scope. */
const showing = [
  attributes.naBind,
  attributes.naEach,
  attributes.naIf,
  attributes.naShow,
  attributes.naClass,
  attributes.naAttr,
];

/** Elements whose text is meant as it is written. */
const literal = "script,style,textarea,code,pre";

/** Reports attributes that are misspelt or outside of scopes, braces in texts, and names that only the first Nasc knew. */
export function checkPage(root: Document | ShadowRoot | Element, report: Report): void {
  function check(node: Node, isInScope: boolean): void {
    for (const child of get(node, "childNodes")) {
      const type = get(child, "nodeType");
      if (type === Node.ELEMENT_NODE) checkElement(child as Element, isInScope);
      else if (type === Node.TEXT_NODE && isInScope) checkText(get(child, "textContent") ?? "");
    }
  }

  function checkElement(element: Element, isAround: boolean): void {
    if (attribute(element, attributes.naIgnore) !== null || matches(element, literal)) return;
    const isInScope = isAround || isScope(element);
    if (scopeName(element).startsWith("$")) report("first-nasc", scopeName(element));
    for (const { name, value } of get(element, "attributes")) {
      const [, short] = /^(?:data-)?(na-.*)/.exec(name) ?? [];
      if (short === undefined) continue;
      if (!known.has(short)) report("unknown", name, tag(element));
      if (!showing.includes(short)) continue;
      // What is so of the page holds outside of scopes, too.
      if (!isInScope && !value.includes("@")) report("outside", name, value);
      else if (value.startsWith("$")) report("first-nasc", value);
    }
    check(element, isInScope);
    if (tag(element) === "template") {
      const { content } = element as HTMLTemplateElement;
      if (content) check(content, isInScope);
    }
  }

  function checkText(text: string): void {
    const [braces, inside] = /\{\{([^{}]+)\}\}/.exec(text) ?? [];
    if (braces) report("braces", braces, inside!.trim());
  }

  const around = isElement(root) ? root : get(document, "documentElement");
  check(root, closestScope(around) !== null);
}
