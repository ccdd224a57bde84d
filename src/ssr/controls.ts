import { naBind, ngBind } from "../page/attributes.ts";
import { toText } from "../page/evaluate.ts";
import type { Path } from "../page/expression.ts";
import { own } from "../shared/own.ts";
import { unescapeHtml } from "./escape.ts";
import type { Frame } from "./frame.ts";
import type { FormPlan } from "./form-plan.ts";
import { readingAt, readingOfText } from "./reading.ts";
import type { StartTag } from "./start-tag.ts";
import { attributeOf, type PageElement } from "./tree.ts";

/** Returns what a control is to show, or `undefined` to leave it as it is written. */
export type ReadControl = (frame: Frame) => unknown;

const isOfButton = /^(?:submit|reset|button|image)$/;
const isUnnamed = /^(?:hidden|password|file|submit|reset|button|image)$/;

/** Returns the text of an attribute that does not depend on a state, or `undefined`. */
export function textOf({ tag }: PageElement, name: string): string | undefined {
  const found = attributeOf(tag, name);
  return found && unescapeHtml(found.source);
}

/** Returns the type of a control, such as `"checkbox"`. */
export function typeOf(element: PageElement): string {
  const { name } = element.tag;
  if (name === "select") {
    return textOf(element, "multiple") === undefined ? name : `${name}-multiple`;
  }
  return name === "input" ? textOf(element, "type")?.toLowerCase() || "text" : name;
}

/** Returns what reads what a control is to show: what its `na-bind` says, or its name in a form that is bound. */
export function controlReading(
  element: PageElement,
  { depth, form }: { readonly depth: number; readonly form: FormPlan | undefined },
): ReadControl {
  const name = textOf(element, "name") ?? "";
  const reading = readingOfControl();
  return (frame) => {
    const values = frame.refused?.values;
    if (values && name !== "" && Object.hasOwn(values, name)) return own(values)[name];
    return reading?.isKnown(frame) ? reading.read(frame) : undefined;
  };

  function readingOfControl() {
    const old = textOf(element, ngBind);
    if (old !== undefined) {
      return readingAt(pathFrom(old.slice(old.indexOf(":") + 1).trim()), depth);
    }
    const bound = textOf(element, naBind);
    if (bound !== undefined) return readingOfText(bound, depth);
    if (!form?.bound || name === "" || isUnnamed.test(typeOf(element))) return undefined;
    const { up, names } = form.bound;
    return readingAt({
      up: up + depth - form.depth,
      isLocal: false,
      names: [...names, ...name.split(".")],
    }, depth);
  }
}

function pathFrom(name: string): Path {
  return { up: 0, isLocal: false, names: name.split(".") };
}

/** Shows a value in an `<input>`. */
export function bindInput(element: PageElement, start: StartTag, read: ReadControl): void {
  const type = typeOf(element);
  if (type === "file" || type === "image") return;
  const written = textOf(element, "value");
  if (type !== "checkbox" && type !== "radio") {
    const slot = start.slot("value");
    start.write((slots, frame) => {
      const value = read(frame);
      if (value === undefined) return;
      // A browser leaves line feeds out of what has one line.
      const text = toText(value).replace(/[\r\n]/g, "");
      if (text !== (slots[slot] ?? written ?? "")) slots[slot] = text;
    });
    return;
  }
  const [checked, value] = [start.slot("checked"), start.slot("value")];
  const isChecked = textOf(element, "checked") !== undefined;
  start.write((slots, frame) => {
    const wanted = read(frame);
    if (wanted === undefined) return;
    const own = slots[value] ?? written;
    const isChosen = isCheckedBy(wanted, { own, isCheckbox: type === "checkbox" });
    if (isChosen !== isChecked) slots[checked] = isChosen ? "" : null;
  });
}

function isCheckedBy(
  value: unknown,
  { own, isCheckbox }: { readonly own: string | undefined; readonly isCheckbox: boolean },
): boolean {
  if (typeof value === "boolean" && isCheckbox) return value;
  if (Array.isArray(value)) return isIn(value, own ?? "on");
  return own !== undefined ? toText(value) === own : Boolean(value);
}

/** Chooses an `<option>`, of which the content is known, if the `<select>` around it shows its value. */
export function isSelected(frame: Frame, text: string): boolean | undefined {
  const { chosen } = frame;
  if (!chosen || chosen.value === undefined) return undefined;
  return chosen.isMultiple ? isIn(chosen.value, text) : toText(chosen.value) === text;
}

function isIn(value: unknown, text: string): boolean {
  return Array.isArray(value) && value.some((each) => toText(each) === text);
}

/** Returns whether a control is a button. */
export function isButton(element: PageElement): boolean {
  const { name } = element.tag;
  return name === "button" || name === "input" && isOfButton.test(typeOf(element));
}
