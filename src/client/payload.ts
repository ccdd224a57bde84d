import { isOtherName, ngBind } from "../page/attributes.ts";
import { type Control, controlsOf, isButton, isControl, valuesOf } from "./controls.ts";
import { attribute, get, matches, tag } from "./dom.ts";

/** The data of an event, by name. */
export type Payload = Record<string, unknown>;

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
  const name = isControl(element) && nameOf(element);
  const value = name && valueOf([element as Control]);
  return value === undefined || !name ? payload : { ...payload, [name]: value };
}

/** Returns what a form would send, under each control's `ng-bind` path, without its hint, or else its name. */
export function formPayload(form: HTMLFormElement, submitter?: HTMLElement | null): Payload {
  const named = new Map<string, Control[]>();
  for (const control of controlsOf(form)) {
    const name = nameOf(control);
    if (name === "" || isButton(control) || matches(control, ":disabled")) continue;
    named.set(name, [...named.get(name) ?? [], control]);
  }
  const values = new Map<string, unknown>();
  for (const [name, controls] of named) {
    const value = valueOf(controls);
    if (value !== undefined) values.set(name, value);
  }
  const button = submitter as HTMLButtonElement | null | undefined;
  if (button?.name) values.set(button.name, button.value);
  return Object.fromEntries(values);
}

/** Returns the value of all controls with one name: a list if there can be several, else text or a boolean. */
function valueOf(controls: readonly Control[]): unknown {
  const [first] = controls as [HTMLInputElement];
  const single = controls.length === 1;
  // A checkbox without a value means yes or no, and a form can send only the yes.
  if (single && first.type === "checkbox" && attribute(first, "value") === null) {
    return first.checked;
  }
  const values = controls.flatMap(valuesOf);
  const several = first.type === "select-multiple" || (!single && first.type !== "radio");
  return several ? values : values[0];
}

function nameOf(control: Control): string {
  const path = attribute(control, ngBind);
  return path === null ? control.name : withoutHint(path);
}

/** Returns the path in an `ng-bind`, without the hint before its colon. */
export function withoutHint(path: string): string {
  return path.slice(path.indexOf(":") + 1).trim();
}
