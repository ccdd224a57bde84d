import { isBindable } from "../page/attribute.ts";
import { naBind, naEach } from "../page/attributes.ts";
import { toText } from "../page/evaluate.ts";
import type { Around } from "./around.ts";
import { typeOf } from "./control-type.ts";
import { bindInput, controlReading, isSelected } from "./controls.ts";
import { bindError, bindInvalid, refusalFrom } from "./errors.ts";
import { escapeHtml, unescapeHtml } from "./escape.ts";
import { type FormPlan, planForm } from "./form-plan.ts";
import { bindButton, bindForm } from "./forms.ts";
import { type Frame, join, type Segment } from "./frame.ts";
import { compileParts } from "./parts.ts";
import { readingOfText } from "./reading.ts";
import { requireEnd } from "./require-end.ts";
import type { StartTag } from "./start-tag.ts";
import { contentOf } from "./tokens.ts";
import { isVoid, type PageElement, type Part, textOf } from "./tree.ts";

/** Compiles what is inside of an element, or bound to it. */
export function compileContent(
  element: PageElement,
  start: StartTag,
  around: Around,
): readonly Segment[] {
  const { name } = element.tag;
  if (element.isForeign) return compileText(element, around);
  switch (name) {
    case "form": {
      const form = planForm(element, around.depth);
      if (form.event !== undefined && form.hasError) around.explained.add(form.event);
      bindForm(element, start, form);
      const content = compileParts(element.children, { ...around, form });
      return [(frame) => join(content, withRefused(frame, form))];
    }
    case "input":
      bindInput(element, start, controlReading(element, around));
      bindInvalid(element, start, around.form);
      bindButton(element, start);
      return [];
    case "button":
      bindButton(element, start);
      return compileText(element, around);
    case "textarea": {
      const read = controlReading(element, around);
      bindInvalid(element, start, around.form);
      requireEnd(element);
      const written = compileParts(element.children, around);
      return [(frame) => {
        const value = read(frame);
        return value === undefined ? join(written, frame) : content(name, toText(value));
      }];
    }
    case "select": {
      const read = controlReading(element, around);
      bindInvalid(element, start, around.form);
      const isMultiple = typeOf(element) === "select-multiple";
      const options = compileParts(element.children, around);
      return [(frame) => join(options, { ...frame, chosen: { value: read(frame), isMultiple } })];
    }
    case "option":
      return compileOption(element, start, around);
    case "progress":
    case "meter":
      bindInput(element, start, controlReading(element, around));
      return compileParts(element.children, around);
    default:
      return compileText(element, around, start);
  }
}

function withRefused(frame: Frame, { event }: FormPlan): Frame {
  const refused = refusalFrom(frame, (each) => each === event);
  return refused ? { ...frame, refused } : frame;
}

function compileOption(
  element: PageElement,
  start: StartTag,
  around: Around,
): readonly Segment[] {
  const text = compileText(element, around);
  const [selected, value] = [start.slot("selected"), start.slot("value")];
  const written = textOf(element, "value");
  const isWritten = textOf(element, "selected") !== undefined;
  start.write((slots, frame) => {
    const own = slots[value] ?? written ??
      unescapeHtml(join(text, frame)).replace(/\s+/g, " ").trim();
    const isChosen = isSelected(frame, own);
    if (isChosen !== undefined && isChosen !== isWritten) slots[selected] = isChosen ? "" : null;
  });
  return text;
}

/** Compiles what an element shows as text: a value, an error, or else what is in it. */
function compileText(
  element: PageElement,
  around: Around,
  start?: StartTag,
): readonly Segment[] {
  const { name } = element.tag;
  const inside = compileParts(element.children, around);
  if (isVoid(element)) return [];
  const error = start && bindError(element, start, around);
  if (error) {
    requireEnd(element);
    return [(frame) => error(frame) ?? join(inside, frame)];
  }
  const bound = textOf(element, naBind);
  // The container of a list may name the list, and shows it as rows.
  const isText = bound !== undefined && isBindable(name) && contentOf(name) !== "raw" &&
    !hasRows(element.children);
  const reading = isText ? readingOfText(bound, around.depth) : undefined;
  if (!reading) return inside;
  requireEnd(element);
  return [(frame) => {
    const value = reading.isKnown(frame) ? reading.read(frame) : undefined;
    return value === undefined ? join(inside, frame) : content(name, toText(value));
  }];
}

function hasRows(parts: readonly Part[]): boolean {
  return parts.some((part) =>
    typeof part !== "string" &&
    (part.tag.name === "template" ? textOf(part, naEach) !== undefined : hasRows(part.children))
  );
}

/** Returns a text as the content of an element. A parser drops a line feed at the beginning of some. */
function content(name: string, text: string): string {
  const isDropped = text.startsWith("\n") && /^(?:pre|listing|textarea)$/.test(name);
  return (isDropped ? "\n" : "") + escapeHtml(text);
}
