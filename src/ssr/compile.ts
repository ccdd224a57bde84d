import { isBindable } from "../page/attribute.ts";
import {
  naBind,
  naConnect,
  naEach,
  naIf,
  naIfRow,
  naIgnore,
  naInstance,
  naKey,
  naKeyVal,
  naScope,
} from "../page/attributes.ts";
import { isTrue, readPath, toText } from "../page/evaluate.ts";
import type { Around } from "./around.ts";
import { bindAttributes, fillAttributes } from "./attributes.ts";
import { typeOf } from "./control-type.ts";
import { bindInput, controlReading, isSelected } from "./controls.ts";
import { bindError, bindInvalid, refusalFrom } from "./errors.ts";
import { escapeHtml, unescapeHtml } from "./escape.ts";
import { type FormPlan, planForm } from "./form-plan.ts";
import { bindButton, bindForm } from "./forms.ts";
import { type Frame, join, type Segment } from "./frame.ts";
import { pathOf, readingAt, readingOfText } from "./reading.ts";
import { scopeOf } from "./scope.ts";
import { StartTag } from "./start-tag.ts";
import { contentOf } from "./tokens.ts";
import { isVoid, type PageElement, type Part, readTree, textOf } from "./tree.ts";

/** A page that is ready to be rendered. */
export interface CompiledPage {
  readonly segments: readonly Segment[];
  /** What `<html lang>` says. */
  readonly language: string | undefined;
  /** What `na-connect` says. */
  readonly baseUrl: string | undefined;
  /** Whether it says where its referrer goes. */
  readonly hasReferrer: boolean;
  /** Whether it has an element for it to be in. */
  readonly hasHead: boolean;
  readonly hasBody: boolean;
}

/**
 * Compiles a page.
 *
 * @throws {Error} if something is bound to an element without an end tag, which the message names with its line
 */
export function compile(source: string): CompiledPage {
  const parts = readTree(source);
  const around: Around = {
    source,
    depth: 0,
    isMade: false,
    form: undefined,
    explained: new Set(),
  };
  const all = [...elementsIn(parts)];
  const of = (name: string) => all.find(({ tag }) => tag.name === name);
  const [html, body] = [of("html"), of("body")];
  return {
    segments: compileParts(parts, around),
    language: html && textOf(html, "lang"),
    baseUrl: body && textOf(body, naConnect),
    hasReferrer: all.some((each) =>
      each.tag.name === "meta" && textOf(each, "name")?.toLowerCase() === "referrer"
    ),
    hasHead: of("head") !== undefined,
    hasBody: body !== undefined && body.end !== "",
  };
}

function* elementsIn(parts: readonly Part[]): Generator<PageElement> {
  for (const part of parts) {
    if (typeof part === "string") continue;
    yield part;
    yield* elementsIn(part.children);
  }
}

function compileParts(parts: readonly Part[], around: Around): Segment[] {
  const segments: Segment[] = [];
  for (const part of parts) {
    for (const each of typeof part === "string" ? [part] : compileElement(part, around)) {
      const last = segments.at(-1);
      if (typeof each === "string" && typeof last === "string") {
        segments[segments.length - 1] = last + each;
      } else segments.push(each);
    }
  }
  return segments;
}

/** Compiles an element. `mark` is the attribute of an element that a template has made. */
function compileElement(
  element: PageElement,
  around: Around,
  mark?: (start: StartTag) => void,
): readonly Segment[] {
  const { tag, isForeign } = element;
  if (textOf(element, naIgnore) !== undefined) return [sourceOf(element, around.source)];
  const start = new StartTag(element, around.source);
  mark?.(start);
  if (around.isMade) fillAttributes(element, start, around.depth);
  if (tag.name === "template" && !isForeign) return compileTemplate(element, start, around);
  const isScope = textOf(element, naScope) ?? textOf(element, naInstance);
  if (isScope !== undefined) return [compileScope(element, start, around)];
  bindAttributes(element, start, around.depth);
  const content = withHooks(element, compileContent(element, start, around));
  return [start.segment(), ...content, element.end];
}

/** Adds to what is in an element what belongs into the head of a page, and before the end of its body. */
function withHooks({ tag, end }: PageElement, content: readonly Segment[]): readonly Segment[] {
  if (tag.name === "head") return [({ painter }) => painter.head(), ...content];
  return tag.name === "body" && end !== ""
    ? [...content, ({ painter }) => painter.tail()]
    : content;
}

function compileScope(element: PageElement, start: StartTag, around: Around): Segment {
  const address = scopeOf(element, start, around.depth);
  const inside: Around = {
    ...around,
    depth: 0,
    isMade: false,
    form: undefined,
    explained: new Set(),
  };
  bindAttributes(element, start, 0);
  const content = withHooks(element, compileContent(element, start, inside));
  requireEnd(element);
  const { make } = start.make();
  return (outside) => {
    const { painter } = outside;
    const shown = address(outside);
    const found = shown && painter.stateOf(shown);
    const { flash } = painter;
    const isFlashed = found && flash && flash.type === shown?.type && flash.id === shown.id;
    const frame: Frame = {
      painter,
      address: found && shown,
      hasState: found !== undefined,
      level: { value: found?.state, above: undefined, locals: painter.locals },
      rows: [],
      flash: isFlashed ? flash : undefined,
    };
    return make(start.slotsFor(outside, frame)) + join(content, frame) + element.end;
  };
}

/** Compiles what is inside of an element, or bound to it. */
function compileContent(
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

/** @throws {Error} if nothing says where an element ends that shows something of a state */
function requireEnd({ end, line, tag: { name } }: PageElement): void {
  if (end !== "" || name === "body" || name === "html") return;
  throw new Error(
    `Cannot render the page: line ${line}: <${name}> has no end tag, so nothing says what is in it; write </${name}>`,
  );
}

function compileTemplate(
  element: PageElement,
  start: StartTag,
  around: Around,
): readonly Segment[] {
  const each = textOf(element, naEach);
  const condition = textOf(element, naIf);
  // What is inside is for the client, as it stands; the tag itself may be in a row.
  const { source } = around;
  const written = [start.segment(), innerSourceOf(element, source) + element.end];
  if (each === undefined && condition === undefined) return written;
  requireEnd(element);
  const elements = element.children.filter((part) => typeof part !== "string");
  if (each !== undefined) return [compileRows(element, elements, around), ...written];
  const reading = readingOfText(condition!, around.depth);
  if (!reading) return written;
  const row = elements.flatMap((part) =>
    compileElement(part, { ...around, isMade: true }, markWith(naIfRow, () => ""))
  );
  return [
    (frame) => reading.isKnown(frame) && isTrue(reading.read(frame)) ? join(row, frame) : "",
    ...written,
  ];
}

function compileRows(
  template: PageElement,
  elements: readonly PageElement[],
  around: Around,
): Segment {
  const path = pathOf(textOf(template, naEach)!);
  const reading = path && readingAt(path, around.depth);
  const key = pathOf(textOf(template, naKey) ?? "");
  const isKeyed = textOf(template, naKey) !== undefined && key !== undefined;
  if (!reading) return "";
  const inside: Around = { ...around, depth: around.depth + 1, isMade: true };
  const row = elements.flatMap((part) =>
    compileElement(part, inside, markWith(naKeyVal, (frame) => frame.rows.at(-1)!))
  );
  return (frame) => {
    const items = reading.isKnown(frame) ? reading.read(frame) : undefined;
    if (!Array.isArray(items)) return "";
    const { painter, level, hasState, address, rows, chosen, flash, refused } = frame;
    let text = "";
    for (const [index, item] of items.entries()) {
      const rowKey = isKeyed ? toText(readPath(item, key.names)) : String(index);
      text += join(row, {
        painter,
        level: { value: item, above: level, locals: { index, number: index + 1 } },
        hasState,
        address,
        rows: [...rows, rowKey],
        chosen,
        flash,
        refused,
      });
    }
    return text;
  };
}

function markWith(name: string, valueOf: (frame: Frame) => string): (start: StartTag) => void {
  return (start) => {
    const slot = start.slot(name);
    start.fill((slots, frame) => {
      slots[slot] = valueOf(frame);
    });
  };
}

function sourceOf(element: PageElement, source: string): string {
  const { start, end } = element.tag;
  return source.slice(start, end) + innerSourceOf(element, source) + element.end;
}

function innerSourceOf({ children }: PageElement, source: string): string {
  return children.map((part) => typeof part === "string" ? part : sourceOf(part, source)).join("");
}
