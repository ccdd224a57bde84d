import { isButtonType } from "../page/choice.ts";
import { type PageElement, textOf } from "./tree.ts";

/** Returns the type of a control, such as `"checkbox"`. */
export function typeOf(element: PageElement): string {
  const { name } = element.tag;
  if (name === "select") {
    return textOf(element, "multiple") === undefined ? name : `${name}-multiple`;
  }
  return name === "input" ? textOf(element, "type")?.toLowerCase() || "text" : name;
}

/** Returns whether a control is a button. */
export function isButton(element: PageElement): boolean {
  const { name } = element.tag;
  return name === "button" || name === "input" && isButtonType(typeOf(element));
}
