import { type Level, toText } from "../page/evaluate.ts";
import { isChosen, isIn, typeOf } from "./controls.ts";
import { escapeHtml } from "./escape.ts";
import { decode } from "./markup/decode.ts";
import type { MarkupElement } from "./markup/element.ts";
import { paint, type Painting, type Segment } from "./painting.ts";
import type { Source } from "./place.ts";
import type { Reading } from "./reading.ts";
import type { StartTag } from "./start-tag.ts";

interface ControlOptions {
  readonly tag: StartTag;
  readonly reading: Reading | undefined;
}

interface HoldingOptions extends ControlOptions {
  /** What is written of its content as it stands. */
  readonly content: readonly Segment[];
}

/** Has an `<input>` written with the value that it shows. Without one, it stays as it is. */
export function addControl(
  source: Source,
  element: MarkupElement,
  { tag, reading }: ControlOptions,
): void {
  const type = typeOf(source, element);
  if (!reading || type === "file") return;
  if (type !== "checkbox" && type !== "radio") {
    return tag.add("value", (before, { level, painting }) => {
      const value = reading.read(level, painting);
      return value === undefined ? before : toText(value);
    });
  }
  tag.add("checked", (before, context) => {
    const value = reading.read(context.level, context.painting);
    if (value === undefined) return before;
    return isChosen(value, { type, own: tag.read("value", context) }) ? before ?? "" : undefined;
  });
}

/** Returns what writes a `<textarea>`, without its end tag. */
export function textareaSegments({ tag, reading, content }: HoldingOptions): Segment[] {
  return [...tag.segments(), (painting, level) => {
    const value = reading?.read(level, painting);
    if (value === undefined) paint(content, painting, level);
    else painting.text += afterLineFeed(toText(value));
  }];
}

/** Returns what writes a `<select>`, without its end tag. */
export function selectSegments(
  element: MarkupElement,
  { tag, reading, content }: HoldingOptions,
): Segment[] {
  const isMultiple = element.attributes.some(({ name }) => name === "multiple");
  return [...tag.segments(), (painting, level) => {
    const before = painting.choice;
    const value = reading?.read(level, painting);
    painting.choice = value === undefined ? undefined : { value, isMultiple, isMade: false };
    paint(content, painting, level);
    painting.choice = before;
  }];
}

/** Returns what writes an `<option>`, without its end tag. */
export function optionSegments(
  source: Source,
  element: MarkupElement,
  { tag, reading, content }: HoldingOptions,
): Segment[] {
  const written = writtenText(source, element);
  const textOf = (level: Level, painting: Painting) => {
    const value = reading?.read(level, painting);
    const text = value === undefined ? written : toText(value);
    return text.trim().replaceAll(/[\t\n\f\r ]+/g, " ");
  };
  tag.add("selected", (before, context) => {
    const { level, painting } = context;
    const { choice } = painting;
    if (!choice) return before;
    const own = tag.read("value", context) ?? textOf(level, painting);
    const isSelected = choice.isMultiple
      ? isIn(choice.value, own)
      : !choice.isMade && toText(choice.value) === own;
    choice.isMade ||= isSelected;
    return isSelected ? before ?? "" : undefined;
  });
  return [...tag.segments(), ...content];
}

/** Returns a text as the content of an element whose first line feed browsers leave out. */
export function afterLineFeed(text: string): string {
  return (text.startsWith("\n") ? "\n" : "") + escapeHtml(text);
}

/** Returns the text in an element, as it stands in the page. */
function writtenText({ html, elements }: Source, element: MarkupElement): string {
  let text = "";
  let at = element.contentStart;
  for (let index = element.index + 1; index < element.next; index++) {
    const { start, contentStart, contentEnd, end, next } = elements[index]!;
    text += html.slice(at, start);
    at = contentStart;
    if (next === index + 1) {
      text += html.slice(at, contentEnd);
      at = end;
    }
  }
  return decode(text + html.slice(at, element.contentEnd));
}
