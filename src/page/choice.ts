import { toText } from "./evaluate.ts";

/** Returns whether a control of this type is a button. */
export function isButtonType(type: string): boolean {
  return ["submit", "reset", "button", "image"].includes(type);
}

/** Returns whether a control of this type shows what it is named after, and what was typed into it before. */
export function isShownType(type: string): boolean {
  return !isButtonType(type) && !["hidden", "password", "file"].includes(type);
}

/** Returns whether a list of the state holds a text, as an option or a checkbox has it. */
export function isAmong(value: unknown, text: string): boolean {
  return Array.isArray(value) && value.some((each) => toText(each) === text);
}

/** Returns whether a value of the state checks a checkbox or radio button, of which `own` is the `value` attribute. */
export function isChecked(
  value: unknown,
  { type, own }: { readonly type: string; readonly own: string | undefined },
): boolean {
  if (typeof value === "boolean" && type === "checkbox") return value;
  if (Array.isArray(value)) return isAmong(value, own ?? "on");
  return own === undefined ? Boolean(value) : toText(value) === own;
}
