import { isBindable } from "../page/attribute.ts";
import {
  naBind,
  naConnect,
  naEach,
  naError,
  naIf,
  naIfRow,
  naIgnore,
  naKey,
  naKeyVal,
  naSubmit,
} from "../page/attributes.ts";
import { isTrue, readPath, toText } from "../page/evaluate.ts";
import type { Problem } from "../page/problems.ts";
import { parseValue } from "../page/value.ts";
import { addBound, addFilled } from "./bound-attributes.ts";
import { controlReading, isControl, pathOf } from "./controls.ts";
import { escapeHtml } from "./escape.ts";
import {
  addControl,
  afterLineFeed,
  optionSegments,
  selectSegments,
  textareaSegments,
} from "./filled-controls.ts";
import type { MarkupElement } from "./markup/element.ts";
import { empty } from "./markup/kinds-of-element.ts";
import { isRaw } from "./markup/raw-text.ts";
import { readMarkup } from "./markup/read-markup.ts";
import { paint, type Segment } from "./painting.ts";
import {
  attempt,
  attributeOf,
  type FormAround,
  needEnd,
  refuse,
  type Source,
  type Surroundings,
  textOf,
} from "./place.ts";
import { type Reading, readingAt, readingOf } from "./reading.ts";
import { addAction, addButton, addTyped, errorSegments, errorsIn } from "./forms.ts";
import { isScope, outerOf, scopeSegments } from "./scopes.ts";
import { StartTag } from "./start-tag.ts";

/** A page that is ready to be painted with states. */
export interface CompiledPage {
  readonly segments: readonly Segment[];
  /** The language that the page says it is in. */
  readonly lang: string | undefined;
  /** The address of the router that the page names. */
  readonly connect: string | undefined;
  /** The mistakes of its author. */
  readonly problems: readonly (readonly [problem: Problem, ...parts: string[]])[];
}

/** What is written of an element, and where what comes after it begins. */
interface Compiled {
  readonly segments: readonly Segment[];
  readonly to: number;
  readonly next: number;
}

/** A part of a page. */
export interface Range {
  /** The places of the first element in it, and of the first after it. */
  readonly first: number;
  readonly last: number;
  readonly start: number;
  readonly end: number;
}

const deepest = 200;

/** Returns what is written for a part of a page. */
export type Walk = (range: Range, around: Surroundings) => Segment[];

/**
 * Reads a page.
 *
 * @throws {Error} if it cannot be painted
 */
export function compile(html: string): CompiledPage {
  const problems: [Problem, ...string[]][] = [];
  const markup = readMarkup(html);
  const source: Source = {
    ...markup,
    placed: new Map(),
    placedInRows: new Set(),
    report: (problem, ...parts) => void problems.push([problem, ...parts]),
  };
  const { elements, bodyEnd } = markup;
  const head = headOf(source);
  const listed = listHolders(source);
  const scopes = new Map<number, Segment[]>();

  function walk({ first, last, start, end }: Range, around: Surroundings): Segment[] {
    const segments: Segment[] = [];
    let at = start;
    for (let index = first; index < last;) {
      const element = elements[index]!;
      const made = compileElement(element, around);
      if (made) {
        copy(segments, at, element.start);
        segments.push(...made.segments);
        at = made.to;
      }
      index = made ? made.next : index + 1;
    }
    copy(segments, at, end);
    return segments;
  }

  function copy(segments: Segment[], from: number, to: number): void {
    // Without it, a browser may send a form of the page as if it came from nowhere.
    if (head !== undefined && from <= head && head < to) {
      segments.push(html.slice(from, head), referrer);
      copyRest(segments, head, to);
    } else copyRest(segments, from, to);
  }

  function copyRest(segments: Segment[], from: number, to: number): void {
    if (bodyEnd !== undefined && from <= bodyEnd && bodyEnd < to) {
      segments.push(html.slice(from, bodyEnd), endOfBody, html.slice(bodyEnd, to));
    } else if (from < to) segments.push(html.slice(from, to));
  }

  function inside(element: MarkupElement): Range {
    return {
      first: element.index + 1,
      last: element.next,
      start: element.contentStart,
      end: element.contentEnd,
    };
  }

  function deeper(element: MarkupElement, around: Surroundings): Surroundings {
    if (around.nesting === deepest) {
      refuse(
        source,
        element.start,
        `<${element.name}> is in more than ${deepest} elements like it`,
      );
    }
    return { ...around, nesting: around.nesting + 1 };
  }

  function whole(element: MarkupElement, segments: readonly Segment[]): Compiled {
    return { segments, to: element.end, next: element.next };
  }

  function endTag({ contentEnd, end }: MarkupElement): string {
    return html.slice(contentEnd, end);
  }

  function compileElement(
    element: MarkupElement,
    around: Surroundings,
    mark?: string,
  ): Compiled | undefined {
    if (attributeOf(element, naIgnore)) {
      return whole(element, [html.slice(element.start, element.end)]);
    }
    if (element.name === "template") {
      const made = compileTemplate(element, around, mark);
      if (made) return made;
    }
    if (isScope(element)) return compileScope(element, around, mark);
    const tag = new StartTag(source, element);
    if (around.isInRow) addFilled(source, element, { tag, around });
    addBound(source, element, { tag, around });
    if (mark) addMark(tag, mark);
    const held = attempt(source, () => compileHeld(element, around, tag));
    if (held) return held;
    if (tag.isPlain) return undefined;
    return { segments: tag.segments(), to: element.contentStart, next: element.index + 1 };
  }

  function addMark(tag: StartTag, mark: string): void {
    tag.add(mark, (_, { painting }) => mark === naKeyVal ? painting.rows.at(-1)! : "");
  }

  /** Compiles what an element holds, if that depends on anything. */
  function compileHeld(
    element: MarkupElement,
    around: Surroundings,
    tag: StartTag,
  ): Compiled | undefined {
    const { name } = element;
    const isShown = around.isScoped && attributeOf(element, naError);
    if (isShown && !isControl(element) && element.isEnded) {
      const content = walk(inside(element), deeper(element, around));
      const segments = errorSegments(source, element, { tag, around, content });
      return whole(element, [...segments, endTag(element)]);
    }
    if (name === "button") addButton(source, element, { tag, around });
    if (name === "form" && element.namespace === "html") return compileForm(element, around, tag);
    if (isControl(element)) {
      const bound = shownIn(around, controlReading(source, element, around));
      const reading = addTyped(source, element, { tag, around, reading: bound });
      if (name === "input") {
        addControl(source, element, { tag, reading });
        return undefined;
      }
      if (!reading && !around.form) return undefined;
      needEnd(source, element);
      const content = name === "select"
        ? walk(inside(element), { ...deeper(element, around), isInSelect: true })
        : [html.slice(element.contentStart, element.contentEnd)];
      const holding = { tag, reading, content };
      const segments = name === "select"
        ? selectSegments(element, holding)
        : textareaSegments(holding);
      return whole(element, [...segments, endTag(element)]);
    }
    const reading = textReading(element, around);
    const isOption = name === "option" && around.isInSelect;
    if (!reading && !isOption) return undefined;
    if (reading) needEnd(source, element);
    const content = walk(inside(element), deeper(element, around));
    const text = reading ? [boundText(element, reading, content)] : content;
    const segments = isOption
      ? optionSegments(source, element, { tag, reading, content: text })
      : [...tag.segments(), ...text];
    return whole(element, [...segments, endTag(element)]);
  }

  function textReading(element: MarkupElement, around: Surroundings): Reading | undefined {
    const { name, index, isSelfClosing, namespace } = element;
    const text = textOf(source, element, naBind);
    if (text === undefined || listed.has(index)) return undefined;
    if (!isBindable(name) || isRaw(name)) {
      source.report("unsafe", "the text", name);
      return undefined;
    }
    if (namespace === "html" ? empty.has(name) : isSelfClosing) return undefined;
    return shownIn(around, readingOf(parseValue(text || "."), text, around.depth));
  }

  function compileForm(
    element: MarkupElement,
    around: Surroundings,
    tag: StartTag,
  ): Compiled | undefined {
    const text = textOf(source, element, naBind);
    const path = text === undefined ? undefined : attempt(source, () => pathOf(text));
    const event = around.isScoped ? textOf(source, element, naSubmit) : undefined;
    const form: FormAround = {
      bound: path && { path, depth: around.depth },
      event,
      errors: errorsIn(source, element, event),
    };
    if (event) addAction(source, element, { tag, event });
    const content = walk(inside(element), { ...deeper(element, around), form });
    return whole(element, [...tag.segments(), ...content, endTag(element)]);
  }

  function compileScope(
    element: MarkupElement,
    around: Surroundings,
    mark: string | undefined,
  ): Compiled {
    // In whatever scope it is, it is the same, unless it is in a row.
    const known = around.isInRow ? undefined : scopes.get(element.index);
    if (known) return whole(element, known);
    const within = deeper(element, around);
    const compileAs = (isScoped: boolean) => {
      const inner: Surroundings = {
        ...within,
        isScoped,
        isSilent: !isScoped,
        depth: 0,
        isInRow: false,
        form: undefined,
        isInSelect: false,
      };
      const tag = new StartTag(source, element, outerOf);
      if (around.isInRow) addFilled(source, element, { tag, around });
      if (mark) addMark(tag, mark);
      addBound(source, element, { tag, around: inner });
      return { tag, inner };
    };
    const content = ({ tag, inner }: { readonly tag: StartTag; readonly inner: Surroundings }) => {
      const held = inner.isSilent
        ? undefined
        : attempt(source, () => compileHeld(element, inner, tag));
      if (held) return held.segments;
      return [...tag.segments(), ...walk(inside(element), inner), endTag(element)];
    };
    const segments = scopeSegments(source, element, { around, compileAs, content });
    if (!around.isInRow) scopes.set(element.index, segments);
    return whole(element, segments);
  }

  function compileTemplate(
    element: MarkupElement,
    around: Surroundings,
    mark: string | undefined,
  ): Compiled | undefined {
    const each = textOf(source, element, naEach);
    const condition = textOf(source, element, naIf);
    const isPlaced = each !== undefined || condition !== undefined;
    if (element.namespace !== "html") {
      if (!isPlaced) return undefined;
      refuse(
        source,
        element.start,
        "a <template> in <svg> or <math> has no content; write the list or condition around that",
      );
    }
    const tag = new StartTag(source, element);
    if (around.isInRow) addFilled(source, element, { tag, around });
    addBound(source, element, { tag, around });
    if (mark) addMark(tag, mark);
    const itself = [
      ...tag.segments(),
      html.slice(element.contentStart, element.end),
    ];
    if (!isPlaced || around.isSilent) return whole(element, itself);
    needEnd(source, element);
    if (each !== undefined && condition !== undefined) source.report("two-in-one");
    const placed = attempt(
      source,
      () =>
        each !== undefined
          ? compileEach(element, around, each)
          : compileCondition(element, around, condition!),
    );
    return whole(element, [...placed ? [placed] : [], ...itself]);
  }

  function compileEach(
    element: MarkupElement,
    around: Surroundings,
    text: string,
  ): Segment | undefined {
    const key = textOf(source, element, naKey);
    if (!key) source.report("keyless", text);
    const path = pathOf(text);
    const reading = shownIn(around, readingAt(path, text, around.depth));
    const names = key ? pathOf(key).names : undefined;
    if (!reading) return undefined;
    const row = compileRow(element, { ...around, depth: around.depth + 1 }, naKeyVal);
    return (painting, level) => {
      const items = reading.read(level, painting);
      if (!Array.isArray(items)) return;
      const { rows } = painting;
      for (let index = 0; index < items.length; index++) {
        const item = items[index];
        rows.push(toText(names ? readPath(item, names) : index));
        paint(row, painting, {
          value: item,
          above: level,
          locals: { index, number: index + 1 },
        });
        rows.pop();
      }
    };
  }

  function compileCondition(
    element: MarkupElement,
    around: Surroundings,
    text: string,
  ): Segment | undefined {
    const reading = shownIn(around, readingOf(parseValue(text), text, around.depth));
    if (!reading) return undefined;
    const row = compileRow(element, around, naIfRow);
    return (painting, level) => {
      if (isTrue(reading.read(level, painting))) paint(row, painting, level);
    };
  }

  /** Compiles the elements of a template, without the text between them. */
  function compileRow(template: MarkupElement, around: Surroundings, mark: string): Segment[] {
    const within = { ...deeper(template, around), isInRow: true };
    const segments: Segment[] = [];
    for (let index = template.index + 1; index < template.next;) {
      const element = elements[index]!;
      const { next, end, isEnded, name } = element;
      const made = compileElement(element, within, mark)!;
      segments.push(...made.segments);
      if (made.to < end) {
        segments.push(...walk({ first: made.next, last: next, start: made.to, end }, within));
      }
      if (!isEnded && end > element.contentStart) segments.push(`</${name}>`);
      index = next;
    }
    return segments;
  }

  const around: Surroundings = {
    isScoped: false,
    isSilent: false,
    form: undefined,
    isInSelect: false,
    depth: 0,
    isInRow: false,
    nesting: 0,
  };
  const segments = walk(
    { first: 0, last: elements.length, start: 0, end: html.length },
    around,
  );
  return {
    segments,
    lang: attributeOfFirst(source, "html", "lang"),
    connect: attributeOfFirst(source, "body", naConnect),
    problems,
  };
}

const referrer: Segment = (painting) => {
  if (painting.forms) painting.text += '<meta name="referrer" content="same-origin">';
};

const endOfBody: Segment = (painting) => painting.end(painting);

function attributeOfFirst(source: Source, name: string, attribute: string): string | undefined {
  const element = source.elements.find((each) => each.name === name);
  return element && textOf(source, element, attribute);
}

const droppingLineFeed: ReadonlySet<string> = new Set(["pre", "listing", "textarea"]);

/** Returns what writes the text of an element, or its content as it stands while it has none. */
function boundText(
  { name, namespace }: MarkupElement,
  reading: Reading,
  content: readonly Segment[],
): Segment {
  const write = namespace === "html" && droppingLineFeed.has(name) ? afterLineFeed : escapeHtml;
  return (painting, level) => {
    const value = reading.read(level, painting);
    if (value === undefined) paint(content, painting, level);
    else painting.text += write(toText(value));
  };
}

/** Returns where the head begins, unless it says what browsers are to tell of the page as they leave it. */
function headOf(source: Source): number | undefined {
  const { elements } = source;
  const says = elements.some((each) =>
    each.name === "meta" && textOf(source, each, "name")?.toLowerCase() === "referrer"
  );
  return says ? undefined : elements.find(({ name }) => name === "head")?.contentStart;
}

/** Returns a reading if it can be shown there. */
function shownIn(
  { isScoped, isSilent }: Surroundings,
  reading: Reading | undefined,
): Reading | undefined {
  return isScoped || !isSilent && reading?.isLocal ? reading : undefined;
}

/** Returns the places of the elements that have a list in them, which they show as rows. */
function listHolders({ elements }: Source): ReadonlySet<number> {
  const found = new Set<number>();
  for (const element of elements) {
    if (element.name !== "template" || !attributeOf(element, naEach)) continue;
    for (let at = element.parent; at && !found.has(at.index); at = at.parent) {
      if (at.name === "template") break;
      found.add(at.index);
    }
  }
  return found;
}
