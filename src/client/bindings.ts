import { readPath, toText } from "../page/evaluate.ts";
import type { Operation } from "../processor/operations/operation.ts";
import { type Change, wholeChange } from "./change.ts";
import { call, set } from "./dom.ts";
import { parsePath, type PropertyPath } from "./path.ts";

/** A place in the page that shows the value at a path. */
export interface Binding {
  readonly element: Element;
  readonly path: PropertyPath;
  /** Shows a value. If given, these operations on the whole state have led to it from the value that is shown. */
  show(value: unknown, operations?: readonly Operation[]): void;
  /** Takes back what it added to the page. */
  remove?(): void;
}

/** Shows a value in all of these places, or only in those that depend on what has changed. */
export function showIn(
  bindings: readonly Binding[],
  value: unknown,
  { properties, operations }: Change = wholeChange,
): void {
  for (const binding of bindings) {
    const [property] = binding.path;
    if (properties && property !== undefined && !properties.has(property)) continue;
    binding.show(readPath(value, binding.path), operations);
  }
}

/** Binds the text of an element. The text in the markup stays until there is a value. */
export function bindText(element: Element, path: PropertyPath): Binding {
  let shown: string | undefined;
  return {
    element,
    path,
    show(value) {
      if (value === undefined && shown === undefined) return;
      const text = toText(value);
      if (text !== shown) set(element, "textContent", shown = text);
    },
  };
}

const placeholder = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** Binds an attribute of a row that has `{{path}}` in it, and fills it in from the row's item. */
export function bindAttribute(element: Element, { name, value: pattern }: Attr): Binding {
  let shown: string | undefined;
  return {
    element,
    path: [],
    show(item) {
      const text = pattern.replace(
        placeholder,
        (_, expression: string) => toText(readPath(item, parsePath(expression))),
      );
      if (text !== shown) call(element, "setAttribute", name, shown = text);
    },
  };
}
