import { having, naPrivate } from "../page/attributes.ts";
import { controlsOf, isControl } from "./controls.ts";
import { closest, get, matches, tag } from "./dom.ts";

const secret = "[type=password],[type=file],[autocomplete*=cc- i]," +
  "[autocomplete~=one-time-code i],[autocomplete~=new-password i]";

/** Returns whether nothing that an element sends may be stored: it is marked so, or its form asks for secrets or files. */
export function isPrivate(element: Element): boolean {
  const isForm = tag(element) === "form";
  const form = isForm ? element : isControl(element) && get(element, "form");
  const controls = form ? controlsOf(form as HTMLFormElement) : [];
  return closest(element, having(naPrivate)) !== null ||
    [element, ...controls].some((each) => matches(each, `${secret},${having(naPrivate)}`));
}
