import { otherName } from "../page/attributes.ts";
import { unescapeHtml } from "./escape.ts";
import { type AttributeToken, contentOf, type TagToken, Tokens } from "./tokens.ts";

/** An element that may have something of a state in it, with what is inside. */
export interface PageElement {
  readonly tag: TagToken;
  /** Whether it is a part of SVG or MathML. */
  readonly isForeign: boolean;
  /** What is inside: elements of interest, and the source between them. */
  readonly children: readonly Part[];
  /** The source of its end tag; `""` if it has none. */
  readonly end: string;
  /** Which line of the page it is on, from 1. */
  readonly line: number;
}

/** A part of a page. */
export type Part = string | PageElement;

/** An element whose content is being read. */
interface Growing extends PageElement {
  readonly children: Part[];
  end: string;
}

interface Open {
  readonly name: string;
  readonly isForeign: boolean;
  /** What it becomes in the tree; `undefined` if it is copied as it stands. */
  readonly element: Growing | undefined;
}

/** How deep elements of interest may be inside each other. */
const deepest = 500;

const empty =
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|basefont|bgsound|frame|keygen)$/;
const always =
  /^(?:html|template|form|input|textarea|select|option|button|head|body|meta|progress|meter|output)$/;
const foreign = /^(?:svg|math)$/;
const integration = /^(?:foreignobject|desc|title|annotation-xml)$/;
const block =
  /^(?:address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|main|menu|nav|ol|p|pre|section|table|ul)$/;

/** Which open elements a start tag ends, if they are innermost. */
const ended: Readonly<Record<string, RegExp>> = {
  li: /^li$/,
  dt: /^d[td]$/,
  dd: /^d[td]$/,
  option: /^option$/,
  optgroup: /^opt(?:ion|group)$/,
  td: /^t[dh]$/,
  th: /^t[dh]$/,
  tr: /^t[dhr]$/,
  tbody: /^(?:t[dhr]|thead|tbody|tfoot)$/,
  thead: /^(?:t[dhr]|thead|tbody|tfoot)$/,
  tfoot: /^(?:t[dhr]|thead|tbody|tfoot)$/,
};

/** Returns an attribute of a tag by either of its names, or `undefined`. */
export function attributeOf(tag: TagToken, name: string): AttributeToken | undefined {
  return tag.attributes.find((each) => each.name === name) ??
    tag.attributes.find((each) => each.name === otherName(name));
}

/** Returns the text of an attribute of an element as it is written, by either of its names, or `undefined`. */
export function textOf({ tag }: PageElement, name: string): string | undefined {
  const found = attributeOf(tag, name);
  return found && unescapeHtml(found.source);
}

/** Returns whether an element never has anything in it. */
export function isVoid({ isForeign, tag: { name } }: PageElement): boolean {
  return !isForeign && empty.test(name);
}

/** Returns an element as it is written. */
export function sourceOf(element: PageElement, source: string): string {
  const { start, end } = element.tag;
  return source.slice(start, end) + innerSourceOf(element, source) + element.end;
}

/** Returns what is in an element as it is written. */
export function innerSourceOf({ children }: PageElement, source: string): string {
  return children.map((part) => typeof part === "string" ? part : sourceOf(part, source)).join("");
}

/**
 * Reads a page. An element ends with its end tag, with that of one around it, or as HTML says for items of lists, cells
 * and options.
 *
 * @throws {Error} if elements of interest are too deep inside each other
 */
export function readTree(source: string): readonly Part[] {
  const tokens = new Tokens(source);
  const parts: Part[] = [];
  const open: Open[] = [];
  /** The elements of interest around the place. */
  const around: Growing[] = [];
  /** How many of each name are open, so that an end tag of none is not searched for; anew inside of each template. */
  const counts: Map<string, number>[] = [new Map()];
  let copied = 0;
  let line = 1;
  let lineEnd = source.indexOf("\n");

  function copy(end: number): void {
    if (end > copied) (around.at(-1)?.children ?? parts).push(source.slice(copied, end));
    copied = Math.max(copied, end);
  }

  function lineAt(offset: number): number {
    while (lineEnd >= 0 && lineEnd < offset) {
      line++;
      lineEnd = source.indexOf("\n", lineEnd + 1);
    }
    return line;
  }

  /** Ends the innermost element, at an end tag of its own or before something else. */
  function close(at: number, tag?: TagToken): void {
    const ended = open.pop()!;
    const { name, element } = ended;
    if (isTemplate(ended)) counts.pop();
    else count(name, -1);
    if (!element) return;
    copy(at);
    around.pop();
    if (!tag) return;
    element.end = source.slice(tag.start, tag.end);
    copied = tag.end;
  }

  function count(name: string, by: number): void {
    const inside = counts.at(-1)!;
    inside.set(name, (inside.get(name) ?? 0) + by);
  }

  function closeImplied(name: string, at: number): void {
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const isEnded = ended[name]?.test(top.name) || top.name === "p" && block.test(name);
      if (!isEnded) return;
      close(at);
    }
  }

  for (let tag; (tag = tokens.next(open.at(-1)?.isForeign ?? false));) {
    const { name } = tag;
    if (tag.kind === "end") {
      const isOpen = name === "template" ? counts.length > 1 : counts.at(-1)!.get(name);
      if (!isOpen) continue;
      while (open.at(-1)!.name !== name) close(tag.start);
      close(tag.start, tag);
      continue;
    }
    const outside = open.at(-1);
    const isForeign = foreign.test(name) || !!outside?.isForeign && !integration.test(outside.name);
    if (!isForeign) closeImplied(name, tag.start);
    const isEmpty = isForeign ? tag.isSelfClosing : empty.test(name);
    let element: Growing | undefined;
    if (isOfInterest(tag, isForeign) || isTemplate(open.at(-1))) {
      copy(tag.start);
      element = { tag, isForeign, children: [], end: "", line: lineAt(tag.start) };
      (around.at(-1)?.children ?? parts).push(element);
      copied = tag.end;
    }
    if (isEmpty) continue;
    const opened = { name, isForeign, element };
    open.push(opened);
    if (isTemplate(opened)) counts.push(new Map());
    else count(name, 1);
    if (element) around.push(element);
    if (around.length > deepest) {
      throw new Error(
        `Cannot render the page: line ${
          lineAt(tag.start)
        }: its elements are more than ${deepest} levels deep`,
      );
    }
    if (!isForeign && contentOf(name) !== "markup") tokens.passText(name);
  }
  while (open.length > 0) close(source.length);
  copy(source.length);
  return parts;
}

/** Returns whether what is inside is a part of the page of its own: elements there are those of a row, which are marked. */
function isTemplate(element: Pick<Open, "name" | "isForeign"> | undefined): boolean {
  return element?.name === "template" && !element.isForeign;
}

function isOfInterest({ name, attributes }: TagToken, isForeign: boolean): boolean {
  return !isForeign && always.test(name) ||
    attributes.some((each) =>
      /^(?:na-|data-na-|ng-bind)/.test(each.name) || each.source.includes("{{")
    );
}
