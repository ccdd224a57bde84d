import type { MarkupElement, Namespace } from "./element.ts";
import {
  closingParagraph,
  empty,
  heading,
  holdingHtml,
  inHead,
  leavingForeign,
  special,
  tablePart,
} from "./kinds-of-element.ts";
import { nextTag } from "./next-tag.ts";
import { OpenElements } from "./open-elements.ts";
import { isText, readRawText } from "./raw-text.ts";
import type { Tag } from "./tag.ts";

/** A page, read. */
export interface Markup {
  readonly html: string;
  /** All elements, in the order of their start tags. */
  readonly elements: readonly MarkupElement[];
  /** Where the end tag of the body begins, or `undefined` if it has none. */
  readonly bodyEnd: number | undefined;
}

/**
 * Finds the elements of a page, and where each ends, as a browser does in pages without mistakes: end tags may be
 * missing where HTML allows it. It looks at each character a bounded number of times, whatever the page is.
 */
export function readMarkup(html: string): Markup {
  const elements: MarkupElement[] = [];
  const open = new OpenElements();
  let bodyEnd: number | undefined;
  let at = 0;

  function add(tag: Tag, namespace: Namespace): MarkupElement {
    const element: MarkupElement = {
      name: tag.name,
      namespace,
      attributes: tag.attributes,
      repeated: tag.repeated,
      isSelfClosing: tag.isSelfClosing,
      start: tag.start,
      contentStart: tag.end,
      contentEnd: tag.end,
      end: tag.end,
      isEnded: false,
      index: elements.length,
      next: elements.length + 1,
      parent: open.top,
    };
    elements.push(element);
    return element;
  }

  function closeTo(place: number, start: number, end?: number): void {
    while (open.size > place) {
      const element = open.pop();
      const isLast = open.size === place && end !== undefined;
      element.contentEnd = start;
      element.end = isLast ? end : start;
      element.isEnded = isLast;
      element.next = elements.length;
    }
  }

  function isForeign(): boolean {
    const { top } = open;
    return top !== undefined && top.namespace !== "html" &&
      !holdingHtml[top.namespace].has(top.name);
  }

  function startForeign(tag: Tag, namespace: Namespace): void {
    const element = add(tag, namespace);
    if (!tag.isSelfClosing) open.push(element);
    else element.isEnded = true;
  }

  function start(tag: Tag): void {
    if (isForeign()) {
      if (!leavingForeign.has(tag.name)) return startForeign(tag, open.top!.namespace);
      while (isForeign()) closeTo(open.size - 1, tag.start);
    }
    const { name } = tag;
    if (name === "svg" || name === "math") return startForeign(tag, name);
    if (/^(?:html|head|body)$/.test(name) && (open.place(name) >= 0 || open.template >= 0)) return;
    // A form within a form is none.
    if (name === "form" && open.place(name) > open.template) return;
    for (const place of closedBy(name, open)) closeTo(place, tag.start);
    const element = add(tag, "html");
    if (empty.has(name)) return;
    if (!isText(name)) return open.push(element);
    const { contentEnd, end } = readRawText(html, name, tag.end);
    element.contentEnd = contentEnd;
    element.isEnded = end !== undefined;
    element.end = at = end ?? html.length;
  }

  function end(tag: Tag): void {
    const { name } = tag;
    if (name === "body" || name === "html") {
      if (open.template < 0) bodyEnd ??= tag.start;
      return;
    }
    const place = heading.has(name) ? open.heading : open.place(name);
    if (place > limitOf(name, open)) closeTo(place, tag.start, tag.end);
  }

  for (let tag; (tag = nextTag(html, at, isForeign()));) {
    at = tag.end;
    if (tag.isEnd) end(tag);
    else start(tag);
  }
  closeTo(0, html.length);
  return { html, elements, bodyEnd };
}

/** Returns the places of the elements that a start tag closes, with all in them, each to be looked for once it is its turn. */
function* closedBy(name: string, open: OpenElements): Generator<number> {
  const { top } = open;
  if (top?.name === "head" && !inHead.has(name)) yield open.size - 1;
  if (tablePart.has(name)) {
    if (open.table >= 0) yield* closedInTable(name, open);
    return;
  }
  if (closingParagraph.has(name)) {
    const paragraph = open.place("p");
    if (paragraph > open.boundary && paragraph > open.place("button")) yield paragraph;
  }
  const item = open.stop?.name;
  if (name === "li" && item === "li") yield open.place("li");
  if ((name === "dd" || name === "dt") && (item === "dd" || item === "dt")) yield open.place(item);
  const current = open.top?.name ?? "";
  if (heading.has(name) && heading.has(current)) yield open.size - 1;
  if ((name === "option" || name === "optgroup" || name === "hr") && current === "option") {
    yield open.size - 1;
  }
  if (name === "optgroup" && open.top?.name === "optgroup") yield open.size - 1;
  if ((name === "rt" || name === "rp") && /^(?:rt|rp|rb)$/.test(current)) yield open.size - 1;
  if (name === "a" && current === "a") yield open.size - 1;
  if (name === "button" && open.place("button") > open.boundary) yield open.place("button");
  if (name === "select" && open.place("select") > open.template) yield open.place("select");
}

const cells: readonly string[] = ["td", "th"];
const rowParts: readonly string[] = [...cells, "tr"];
const allParts: readonly string[] = [...rowParts, "tbody", "thead", "tfoot", "caption", "colgroup"];

function* closedInTable(name: string, open: OpenElements): Generator<number> {
  const parts = cells.includes(name)
    ? [...cells, "caption"]
    : name === "tr"
    ? [...rowParts, "caption", "colgroup"]
    : name === "col"
    ? allParts.filter((part) => part !== "colgroup")
    : allParts;
  const places = parts.map((part) => open.place(part)).filter((place) => place > open.table);
  if (places.length > 0) yield Math.min(...places);
}

/** Returns the place below which an end tag closes nothing. */
function limitOf(name: string, open: OpenElements): number {
  if (name === "template") return -1;
  if (name === "table") return open.template;
  if (tablePart.has(name)) return open.table;
  if (name === "li") return Math.max(open.boundary, open.place("ol"), open.place("ul"));
  if (name === "p") return Math.max(open.boundary, open.place("button"));
  if (name === "select") return open.template;
  // The end tag of what browsers call special leaves all others in it open.
  if (special.has(name)) {
    return open.boundary === open.place(name) ? open.boundary - 1 : open.boundary;
  }
  return open.special;
}
