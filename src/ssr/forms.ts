import { isOtherName, naClick, naError, ngBind } from "../page/attributes.ts";
import { formActionOf } from "../page/form-action.ts";
import { isButton, isControl, nameOf, typeOf } from "./controls.ts";
import { escapeHtml } from "./escape.ts";
import type { MarkupElement } from "./markup/element.ts";
import { paint, type Painting, type Segment } from "./painting.ts";
import { attributeOf, type Source, type Surroundings, textOf } from "./place.ts";
import type { Reading } from "./reading.ts";
import type { StartTag, TagContext } from "./start-tag.ts";

/** The id of the form that stands at the end of the page for its buttons. */
export const idOfButtons = "na-form-buttons";

const notKept: ReadonlySet<string> = new Set(["password", "hidden", "file"]);
const notKeptBy = /^(?:cc-.*|one-time-code|new-password)$/;

/** Has a form written that sends its event without script, unless its author says where it goes. */
export function addAction(
  source: Source,
  form: MarkupElement,
  { tag, event }: { readonly tag: StartTag; readonly event: string },
): void {
  if (attributeOf(form, "action") || textOf(source, form, "method")?.toLowerCase() === "dialog") {
    return;
  }
  const { hasFile, ...names } = namesIn(source, form);
  const whether = (text: string) => (before: string | undefined, { painting }: TagContext) =>
    painting.forms && painting.address ? text : before;
  tag.add("method", whether("post"));
  if (hasFile) tag.add("enctype", whether("multipart/form-data"));
  tag.add("action", (before, { painting }) => {
    const { address, forms } = painting;
    if (!forms || !address) return before;
    const { baseUrl, returnTo } = forms;
    return formActionOf(baseUrl, {
      ...address,
      event,
      rows: rowsOf(painting),
      returnTo,
      ...names,
    });
  });
}

/** Has a button with `na-click` written that sends its event without script. */
export function addButton(
  source: Source,
  button: MarkupElement,
  { tag, around }: { readonly tag: StartTag; readonly around: Surroundings },
): void {
  const event = textOf(source, button, naClick);
  const isTaken = attributeOf(button, "form") ?? attributeOf(button, "formaction");
  if (!event || !around.isScoped || isTaken) return;
  const data = button.attributes.map(({ name }) => name)
    .filter((name) => name.startsWith("data-") && !isOtherName(name));
  const isSent = ({ forms, address }: Painting) => forms && address;
  tag.add("form", (before, { painting }) => {
    if (!isSent(painting)) return before;
    painting.hasButtons = true;
    return idOfButtons;
  });
  tag.add("type", (before, { painting }) => isSent(painting) ? "submit" : before);
  tag.add("formaction", (before, context) => {
    const { painting } = context;
    const { address, forms } = painting;
    if (!forms || !address) return before;
    return formActionOf(forms.baseUrl, {
      ...address,
      event,
      rows: rowsOf(painting),
      returnTo: forms.returnTo,
      data: Object.fromEntries(
        data.map((name) => [name.slice("data-".length), tag.read(name, context) ?? ""]),
      ),
    });
  });
}

/** Returns what a control shows: what was typed into it, if that was refused, or else what it reads. */
export function addTyped(
  source: Source,
  control: MarkupElement,
  { tag, around, reading }: {
    readonly tag: StartTag;
    readonly around: Surroundings;
    readonly reading: Reading | undefined;
  },
): Reading | undefined {
  const { form } = around;
  const event = form?.event;
  const type = typeOf(source, control);
  const name = nameOf(source, control);
  if (!form || !event || name === "" || isButton(type)) return reading;
  const isWrong = ({ painting }: TagContext) =>
    isFlashed(painting, event) && Object.hasOwn(painting.flash!.error.fields ?? {}, name);
  tag.add("aria-invalid", (before, context) => isWrong(context) ? "true" : before);
  const place = form.errors.get(name);
  if (place !== undefined) {
    tag.add(
      "aria-describedby",
      (before, context) => isWrong(context) ? [before, place].filter(Boolean).join(" ") : before,
    );
  }
  tag.add("autofocus", (before, context) => {
    if (!isWrong(context) || context.painting.isFocused || type === "hidden") return before;
    context.painting.isFocused = true;
    return "";
  });
  if (notKept.has(type)) return reading;
  return {
    isLocal: false,
    read(level, painting) {
      const values = painting.flash?.values ?? {};
      if (isFlashed(painting, event) && Object.hasOwn(values, name)) {
        const typed = values[name];
        const isSeveral = type === "checkbox" || control.name === "select";
        if (!Array.isArray(typed) || isSeveral) return typed;
      }
      return reading?.read(level, painting);
    },
  };
}

/** Returns the ids of the places for errors in a form, by their fields, and notes that they are there. */
export function errorsIn(
  source: Source,
  form: MarkupElement,
  event: string | undefined,
): ReadonlyMap<string, string> {
  const errors = new Map<string, string>();
  if (!event) return errors;
  const placed = source.placed.get(event) ?? new Set();
  source.placed.set(event, placed);
  for (let index = form.index + 1; index < form.next; index++) {
    const element = source.elements[index]!;
    const field = textOf(source, element, naError);
    if (field === undefined || errors.has(field)) continue;
    errors.set(field, idOf(source, element));
    placed.add(field);
  }
  return errors;
}

/** Returns what writes a place for errors, without its end tag. */
export function errorSegments(
  source: Source,
  element: MarkupElement,
  { tag, around, content }: {
    readonly tag: StartTag;
    readonly around: Surroundings;
    readonly content: readonly Segment[];
  },
): Segment[] {
  const field = textOf(source, element, naError)!;
  const { form, depth } = around;
  if (!form?.event && depth > 0) source.placedInRows.add(field);

  function textFor(painting: Painting): string | undefined {
    const { flash } = painting;
    if (!flash || !isOfScope(painting)) return undefined;
    const { message, fields = {} } = flash.error;
    const text = field === "" ? message : Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (form?.event) return isFlashed(painting, form.event) ? text : undefined;
    const rows = rowsOf(painting);
    const isNearest = rows.every((key, index) => key === flash.rows[index]) &&
      !source.placed.get(flash.event)?.has(field) &&
      (depth > 0 || flash.rows.length === 0 || !source.placedInRows.has(field));
    return isNearest ? text : undefined;
  }

  tag.add(
    "role",
    (before, { painting }) => before ?? (textFor(painting) === undefined ? undefined : "alert"),
  );
  tag.add(
    "id",
    (before, { painting }) =>
      before ?? (textFor(painting) === undefined ? undefined : idOf(source, element)),
  );
  return [...tag.segments(), (painting, level) => {
    const text = textFor(painting);
    if (text === undefined) paint(content, painting, level);
    else painting.text += escapeHtml(text);
  }];
}

function idOf(source: Source, element: MarkupElement): string {
  return textOf(source, element, "id") || `na-error-${element.index}`;
}

function rowsOf({ rows, rowsFrom }: Painting): string[] {
  return rows.slice(rowsFrom);
}

function isOfScope({ address, flash }: Painting): boolean {
  return address?.type === flash?.type && address?.id === flash?.id;
}

/** Returns whether the form that is being painted is the one that was refused. */
function isFlashed(painting: Painting, event: string): boolean {
  const { flash } = painting;
  if (!flash || flash.event !== event || !isOfScope(painting)) return false;
  const rows = rowsOf(painting);
  return rows.length === flash.rows.length &&
    rows.every((key, index) => key === flash.rows[index]);
}

/** Returns which names of a form's controls are booleans, lists, or may be shown again. */
function namesIn(source: Source, form: MarkupElement): {
  readonly flags: string[];
  readonly lists: string[];
  readonly keep: string[];
  readonly hasFile: boolean;
} {
  const named = new Map<string, MarkupElement[]>();
  const repeated = new Set<string>();
  let hasFile = false;
  let rowsEnd = 0;
  for (let index = form.index + 1; index < form.next; index++) {
    const element = source.elements[index]!;
    if (element.name === "template") rowsEnd = Math.max(rowsEnd, element.next);
    if (!isControl(element)) continue;
    const type = typeOf(source, element);
    hasFile ||= type === "file";
    const name = attributeOf(element, ngBind) || attributeOf(element, "name")
      ? nameOf(source, element)
      : "";
    if (name === "" || name.includes("{{") || isButton(type)) continue;
    const controls = named.get(name) ?? [];
    named.set(name, controls);
    controls.push(element);
    if (index < rowsEnd && type !== "radio") repeated.add(name);
  }
  const of = (fits: (controls: readonly MarkupElement[], name: string) => boolean) =>
    [...named].filter(([name, controls]) => fits(controls, name)).map(([name]) => name);
  const isFlag = ([control, ...others]: readonly MarkupElement[]) =>
    others.length === 0 && typeOf(source, control!) === "checkbox" &&
    !attributeOf(control!, "value");
  return {
    hasFile,
    flags: of((controls, name) => isFlag(controls) && !repeated.has(name)),
    lists: of((controls, name) => {
      const [control] = controls;
      const type = typeOf(source, control!);
      if (type === "radio") return false;
      const isMultiple = type !== "email" && attributeOf(control!, "multiple");
      return repeated.has(name) || controls.length > 1 || Boolean(isMultiple);
    }),
    keep: of((controls) => controls.every((control) => mayBeKept(source, control))),
  };
}

function mayBeKept(source: Source, control: MarkupElement): boolean {
  const hints = textOf(source, control, "autocomplete")?.toLowerCase().split(/\s+/) ?? [];
  return !notKept.has(typeOf(source, control)) && !hints.some((hint) => notKeptBy.test(hint));
}
