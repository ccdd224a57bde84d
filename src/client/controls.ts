import { having, naClick } from "../page/attributes.ts";
import { isAmong, isButtonType, isChecked, isShownType } from "../page/choice.ts";
import { toText } from "../page/evaluate.ts";
import { all, attribute, call, closest, focusBeside, matches, tag } from "./dom.ts";

/** A form control that a person can fill in. */
export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** The selector of all controls. */
export const controls = "input,textarea,select";

/** Returns whether an element is a {@link Control}. */
export function isControl(element: Element): element is Control {
  return matches(element, controls);
}

/** Returns whether a control is a checkbox or a radio button. */
export function isCheckable(control: Control): control is HTMLInputElement {
  return control.type === "checkbox" || control.type === "radio";
}

/** Returns whether a control is an `<input>` that acts as a button. */
export function isButton(control: Control): boolean {
  return isButtonType(control.type);
}

/** Returns whether a control shows the property that it is named after, where its form says so. */
export function isBoundByName(control: Control): boolean {
  return control.name !== "" && isShownType(control.type);
}

/** Returns whether a checkbox or radio button, or the label around it, has `na-click`. */
export function sendsItself(control: Control): boolean {
  if (!isCheckable(control)) return false;
  const element = closest(control, having(naClick));
  return element !== null && (element === control || tag(element) === "label");
}

/** Returns the controls of a form, even if one of them is called `elements`. */
export function controlsOf(form: HTMLFormElement): Control[] {
  return controlsBeside(form).filter((control) => control.form === form);
}

/** Returns the group of a radio button, itself included, and any other control alone. */
export function radioGroup(control: Control): Control[] {
  if (control.type !== "radio" || control.name === "") return [control];
  return controlsBeside(control).filter((other) =>
    other.type === "radio" && other.name === control.name && other.form === control.form
  );
}

function controlsBeside(element: Element): Control[] {
  return all(call(element, "getRootNode") as Document, controls) as Control[];
}

/** Returns what is filled in, as text to compare. */
export function filledIn(control: Control): string {
  return isCheckable(control) ? String(control.checked) : JSON.stringify(valuesOf(control));
}

/** Returns the texts that a form would send for a control: none, one or several. */
export function valuesOf(control: Control): string[] {
  if (control.type === "file") {
    return Array.from((control as HTMLInputElement).files ?? [], (file) => file.name);
  }
  if (isCheckable(control)) return control.checked ? [control.value] : [];
  if (isSelect(control)) {
    return Array.from(control.selectedOptions)
      .filter((option) => !matches(option, ":disabled")).map(({ value }) => value);
  }
  return [control.value];
}

/** Returns whether a control shows this value of the state. */
export function shows(control: Control, value: unknown): boolean {
  if (isCheckable(control)) {
    const { checked, type } = control;
    return checked === isChecked(value, { type, own: attribute(control, "value") ?? undefined });
  }
  if (control.type === "select-multiple") {
    return [...(control as HTMLSelectElement).options].every((option) =>
      option.selected === isAmong(value, option.value)
    );
  }
  // A page cannot choose a file for a person.
  return control.type === "file" || control.value === toText(value);
}

/** Shows a value of the state in a control that does not. */
export function fillIn(control: Control, value: unknown): void {
  if (isCheckable(control)) control.checked = !control.checked;
  else if (control.type === "select-multiple") {
    for (const option of (control as HTMLSelectElement).options) {
      option.selected = isAmong(value, option.value);
    }
  } else writeText(control, toText(value));
}

/** Makes what a control holds its default, as if the markup said so. */
export function makeDefault(control: Control): void {
  if (isCheckable(control)) {
    if (control.defaultChecked !== control.checked) control.defaultChecked = control.checked;
  } else if (isSelect(control)) {
    for (const option of control.options) {
      if (option.defaultSelected !== option.selected) option.defaultSelected = option.selected;
    }
  } else if (!["file", "password"].includes(control.type)) {
    if (control.defaultValue !== control.value) control.defaultValue = control.value;
  }
}

/** Returns what a control holds by its markup, in the form of {@link filledIn}. Browsers do not show every text. */
export function inMarkup(control: Control): string {
  if (isCheckable(control)) return String(control.defaultChecked);
  const form = call(document, "createElement", "form") as HTMLFormElement;
  const copy = call(control, "cloneNode", true) as Control;
  call(form, "append", copy);
  call(form, "reset");
  return filledIn(copy);
}

/** Resets a control to its markup, as resetting its form would. */
export function resetControl(control: Control): void {
  if (isCheckable(control)) control.checked = control.defaultChecked;
  else if (isSelect(control)) {
    for (const option of control.options) option.selected = option.defaultSelected;
  } else control.value = control.defaultValue;
}

function isSelect(control: Control): control is HTMLSelectElement {
  return tag(control) === "select";
}

function writeText(control: Control, text: string): void {
  // Only controls with text have a selection; for the others it reads as null.
  if (focusBeside(control) !== control || isSelect(control) || control.selectionStart === null) {
    control.value = text;
    return;
  }
  const { selectionStart, selectionEnd, selectionDirection, value } = control;
  // Someone who selected everything, or an empty field, means to replace it, not to type into the new text.
  const isWhole = selectionStart === 0 && selectionEnd === value.length;
  control.value = text;
  const end = isWhole ? text.length : selectionEnd;
  control.setSelectionRange(selectionStart, end, selectionDirection ?? undefined);
}
