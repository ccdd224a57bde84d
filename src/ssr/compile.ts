import { naConnect, naIgnore, naInstance, naScope } from "../page/attributes.ts";
import type { Around } from "./around.ts";
import { bindAttributes, fillAttributes } from "./attributes.ts";
import { compileContent } from "./content.ts";
import { type Frame, join, type Segment } from "./frame.ts";
import { compileParts } from "./parts.ts";
import { requireEnd } from "./require-end.ts";
import { scopeOf } from "./scope.ts";
import { StartTag } from "./start-tag.ts";
import { compileTemplate } from "./templates.ts";
import { type PageElement, type Part, readTree, sourceOf, textOf } from "./tree.ts";

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
    compileElement,
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
