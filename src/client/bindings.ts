import { attributeText, isSafe, type Place } from "../page/attribute.ts";
import { isTrue, type Level, toText } from "../page/evaluate.ts";
import { type Change, wholeChange } from "./change.ts";
import { call, focusBeside, get, matches, set, setOrRemove } from "./dom.ts";
import { focusOn } from "./focus.ts";
import type { Reading } from "./reading.ts";

/** A place in the page that shows something of a level. */
export interface Binding extends Omit<Reading, "read"> {
  readonly element: Element;
  /** Shows what there is. A change has led to the state from what it shows; without one, anything may be new. */
  show(level: Level, change?: Change): void;
  /** Returns the elements that it has placed before its own. */
  placed(): readonly Element[];
  /** Takes back what it added to the page. */
  remove(): void;
}

/** Makes a binding that adds nothing to the page. */
export function binding(element: Element, reading: Reading, show: Binding["show"]): Binding {
  return { ...reading, element, show, placed: () => [], remove() {} };
}

/** Shows a level in all of these places, or only in those that depend on what has changed. */
export function showIn(
  bindings: readonly Binding[],
  level: Level,
  change: Change = wholeChange,
): void {
  const { properties } = change;
  for (const each of bindings) {
    const { property } = each;
    if (properties && property !== undefined && !properties.has(property)) continue;
    each.show(level, change);
  }
}

/** An element whose text a person can change. */
export const editable = "[contenteditable]:not([contenteditable=false])";

/**
 * Binds the text of an element. The text in the markup stays until there is a value, and what a person has written into
 * it until the state has the same.
 */
export function bindText(element: Element, reading: Reading): Binding {
  let shown: string | undefined;
  return binding(element, reading, (level) => {
    const value = reading.read(level);
    if (value === undefined && shown === undefined) return;
    const text = toText(value);
    if (text === shown) return;
    const held = get(element, "textContent");
    // What a person has written there since is theirs.
    const isEdited = shown !== undefined && held !== text && held !== shown;
    if (isEdited && matches(element, editable)) return;
    shown = text;
    if (held !== text) set(element, "textContent", text);
  });
}

/** Binds an attribute of an element. `refuse` hears of an address that could run something. */
export function bindAttribute(
  element: Element,
  reading: Reading,
  { name, place, refuse }: {
    readonly name: string;
    readonly place: Place;
    readonly refuse: () => void;
  },
): Binding {
  let shown: string | null | undefined;
  return binding(element, reading, (level) => {
    let text = attributeText(name, reading.read(level));
    if (shown === undefined) shown = call(element, "getAttribute", name);
    if (text === shown) return;
    shown = text;
    if (text !== null && !isSafe(name, text, place)) {
      text = null;
      refuse();
    }
    setOrRemove(element, name, text);
  });
}

/** Binds classes of an element to a condition. Whatever else sets its classes, they are right after each change. */
export function bindClasses(element: Element, reading: Reading, names: string): Binding {
  const classes = names.split(/\s+/);
  return binding(element, { ...reading, property: undefined }, (level) => {
    const isOn = isTrue(reading.read(level));
    for (const name of classes) get(element, "classList").toggle(name, isOn);
  });
}

/** Hides an element while a condition does not hold. */
export function bindVisibility(element: Element, reading: Reading): Binding {
  return binding(element, reading, (level) => {
    const isHidden = !isTrue(reading.read(level));
    const parent = get(element, "parentElement");
    // The browser would take the focus away.
    if (isHidden && parent && call(element, "contains", focusBeside(element))) focusOn(parent);
    call(element, "toggleAttribute", "hidden", isHidden);
  });
}
