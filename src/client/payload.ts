import { isOtherName, naBind, naKeyVal, ngBind } from "../page/attributes.ts";
import { withoutHint } from "../page/value.ts";
import { editable } from "./bindings.ts";
import { type Control, controlsOf, isButton, isControl, valuesOf } from "./controls.ts";
import { attribute, call, closest, get, matches, tag } from "./dom.ts";

/** The data of an event, by name. */
export type Payload = Record<string, unknown>;

/** Controls of rows that have the same name in each row. */
export const repeated: WeakSet<Control> = new WeakSet();

/** Returns the `data-*` attributes of an element but `data-na-*`, each under its name after `data-`, as written. */
export function dataPayload(element: Element): Payload {
  return Object.fromEntries(
    [...get(element, "attributes")]
      .filter(({ name }) => name.startsWith("data-") && !isOtherName(name))
      .map(({ name, value }) => [name.slice("data-".length), value]),
  );
}

/** Returns what an element sends: a form what is filled in, others their data, a control its name and value as well. */
export function ownPayload(element: Element): Payload {
  if (tag(element) === "form") return formPayload(element as HTMLFormElement);
  const payload = dataPayload(element);
  const path = matches(element, editable) && attribute(element, naBind);
  if (path) return { ...payload, [withoutHint(path)]: get(element, "textContent") };
  if (!isControl(element) && tag(element) !== "button") return payload;
  const control = element as HTMLInputElement;
  const name = nameOf(control);
  const values = isControl(element) ? valuesOf(element) : [control.value];
  const value = isFlag([control]) ? control.checked : isList([control]) ? values : values[0];
  return name === "" || value === undefined ? payload : { ...payload, [name]: value };
}

/**
 * Returns what a form sends by itself, with booleans for lone checkboxes and lists where there can be several values. A
 * control with an `ng-bind` is sent under its path, without the hint, or else under its name.
 */
export function formPayload(form: HTMLFormElement, submitter?: HTMLElement | null): Payload {
  const sent = new Map<string, unknown[]>();
  const named = new Map<string, Control[]>();

  function add(name: string, value: unknown): void {
    sent.set(name, [...sent.get(name) ?? [], value]);
  }

  for (const [name, value] of new FormData(form, submitter)) {
    const text = typeof value === "string" ? value : value.name;
    // Where no file was chosen, there is a nameless one.
    if (text !== "" || text === value) add(name, text);
  }
  const controls = controlsOf(form).filter((control) =>
    nameOf(control) !== "" && !isButton(control) && !matches(control, ":disabled")
  );
  const renamed = controls.filter((control) => nameOf(control) !== control.name);
  for (const { name } of renamed) sent.delete(name);
  for (const control of renamed) {
    for (const value of valuesOf(control)) add(nameOf(control), value);
  }
  for (const control of controls) {
    const name = nameOf(control);
    named.set(name, [...named.get(name) ?? [], control]);
  }
  const payload = new Map<string, unknown>();
  for (const [name, values] of sent) payload.set(name, values.length > 1 ? values : values[0]);
  for (const [name, controls] of named) {
    const values = sent.get(name) ?? [];
    if (isFlag(controls)) payload.set(name, controls[0]!.checked);
    else if (isList(controls, form)) payload.set(name, values);
  }
  return Object.fromEntries(payload);
}

/** Returns whether controls are one checkbox that means yes or no: a form can send only the yes. */
function isFlag(controls: readonly Control[]): controls is readonly [HTMLInputElement] {
  const [{ type }] = controls as readonly [Control];
  return controls.length === 1 && type === "checkbox" && attribute(controls[0]!, "value") === null;
}

/** Returns whether the controls of one name can have several values: in rows there may be more of them. */
function isList(controls: readonly Control[], form?: Element): boolean {
  const [control] = controls as readonly [HTMLInputElement];
  if (control.type === "radio") return false;
  const row = form && repeated.has(control) && closest(control, `[${naKeyVal}]`);
  return controls.length > 1 || control.type !== "email" && control.multiple ||
    !!row && row !== form && call(form, "contains", row);
}

/** Returns the name under which a control is sent. */
export function nameOf(control: Control): string {
  const path = attribute(control, ngBind);
  return path === null ? control.name : withoutHint(path);
}
