import { naBind, ngBind } from "../page/attributes.ts";
import { toText } from "../page/evaluate.ts";
import { fail, type Path } from "../page/expression.ts";
import { parseValue } from "../page/value.ts";
import type { MarkupElement } from "./markup/element.ts";
import { type Source, type Surroundings, textOf } from "./place.ts";
import { type Reading, readingAt, readingOf } from "./reading.ts";

const buttons: ReadonlySet<string> = new Set(["submit", "reset", "button", "image"]);
const unnamed: ReadonlySet<string> = new Set([...buttons, "hidden", "password", "file"]);

/** Returns whether an element is a control that a person can fill in. */
export function isControl({ name, namespace }: MarkupElement): boolean {
  return namespace === "html" && (name === "input" || name === "textarea" || name === "select");
}

/** Returns the kind of a control, such as `"checkbox"`. */
export function typeOf(source: Source, element: MarkupElement): string {
  if (element.name !== "input") return element.name;
  return textOf(source, element, "type")?.toLowerCase() ?? "text";
}

/** Returns whether an input acts as a button. */
export function isButton(type: string): boolean {
  return buttons.has(type);
}

/** Returns the name by which a form sends a control, as it is written. */
export function nameOf(source: Source, element: MarkupElement): string {
  const path = textOf(source, element, ngBind);
  return path === undefined ? textOf(source, element, "name") ?? "" : withoutHint(path);
}

/** Returns what a control shows, or `undefined` if it shows nothing of the state. */
export function controlReading(
  source: Source,
  element: MarkupElement,
  { depth, form }: Surroundings,
): Reading | undefined {
  const old = textOf(source, element, ngBind);
  const text = old === undefined ? textOf(source, element, naBind) : undefined;
  if (text !== undefined) return readingOf(parseValue(text || "."), text, depth);
  if (old !== undefined) {
    const names = withoutHint(old).split(".");
    return readingAt({ up: 0, isLocal: false, names }, old, depth);
  }
  const name = textOf(source, element, "name") ?? "";
  const bound = form?.bound;
  if (!bound || name === "" || unnamed.has(typeOf(source, element))) return undefined;
  const { up, isLocal, names } = bound.path;
  const path = {
    up: up + depth - bound.depth,
    isLocal,
    names: [...names, ...name.split(".")],
  };
  return readingAt(path, name, depth);
}

/** Returns whether a checkbox or radio button is chosen, as it is in the client. */
export function isChosen(
  value: unknown,
  { type, own }: { readonly type: string; readonly own: string | undefined },
): boolean {
  if (typeof value === "boolean" && type === "checkbox") return value;
  if (Array.isArray(value)) return isIn(value, own ?? "on");
  return own === undefined ? Boolean(value) : toText(value) === own;
}

/** Returns whether a list has this text in it. */
export function isIn(value: unknown, text: string): boolean {
  return Array.isArray(value) && value.some((each) => toText(each) === text);
}

/** Returns the path in an attribute that may have nothing else. */
export function pathOf(text: string): Path {
  const value = parseValue(text || ".");
  if (!value.path || value.isNegated || value.comparison || value.formats[0]) fail("no-path", text);
  return value.path;
}

function withoutHint(path: string): string {
  return path.slice(path.indexOf(":") + 1).trim();
}
