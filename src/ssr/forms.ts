import { isOtherName, naClick } from "../page/attributes.ts";
import { formActionOf } from "../page/form-action.ts";
import { isButton } from "./control-type.ts";
import { unescapeHtml } from "./escape.ts";
import type { FormPlan } from "./form-plan.ts";
import type { StartTag } from "./start-tag.ts";
import { type PageElement, textOf } from "./tree.ts";

/** Says where a form is sent without a script. One that leads elsewhere, or closes a dialog, is the browser's. */
export function bindForm(element: PageElement, start: StartTag, form: FormPlan): void {
  const { event, flags, lists, keep, hasFile } = form;
  if (!event || textOf(element, "action") !== undefined) return;
  if (textOf(element, "method")?.toLowerCase() === "dialog") return;
  const [method, action, enctype] = [
    start.slot("method"),
    start.slot("action"),
    start.slot("enctype"),
  ];
  start.write((slots, { address, painter, rows }) => {
    const { baseUrl, returnTo } = painter;
    if (!address || returnTo === undefined) return;
    slots[method] = "post";
    slots[action] = formActionOf(baseUrl, {
      ...address,
      event,
      rows,
      returnTo,
      flags,
      lists,
      keep,
    });
    if (hasFile) slots[enctype] = "multipart/form-data";
  });
}

/** Says where a button with `na-click` leads without a script: it belongs to an empty form of the page. */
export function bindButton(element: PageElement, start: StartTag): void {
  const event = textOf(element, naClick);
  const isElsewhere = ["form", "formaction"].some((name) => textOf(element, name) !== undefined);
  if (!event || isElsewhere || !isButton(element)) return;
  const type = textOf(element, "type")?.toLowerCase();
  if (type === "reset" || textOf(element, "formmethod") !== undefined) return;
  const data = element.tag.attributes.flatMap(({ name, source }) => {
    if (!name.startsWith("data-") || isOtherName(name)) return [];
    return [{
      name: name.slice("data-".length),
      text: unescapeHtml(source),
      slot: start.slot(name),
    }];
  });
  const [form, action, kind] = [start.slot("form"), start.slot("formaction"), start.slot("type")];
  start.write((slots, { address, painter, rows }) => {
    const { baseUrl, returnTo } = painter;
    if (!address || returnTo === undefined) return;
    const sent = data.flatMap(({ name, text, slot }) => {
      const value = slots[slot] === undefined ? text : slots[slot];
      return value === null ? [] : [[name, value] as const];
    });
    slots[form] = painter.emptyForm();
    slots[action] = formActionOf(baseUrl, {
      ...address,
      event,
      rows,
      returnTo,
      data: Object.fromEntries(sent),
    });
    if (type === "button") slots[kind] = "submit";
  });
}
