import type { Level } from "../page/evaluate.ts";
import { escapeHtml } from "./escape.ts";
import { decode } from "./markup/decode.ts";
import type { MarkupElement } from "./markup/element.ts";
import type { Painting, Segment } from "./painting.ts";
import type { Source } from "./place.ts";

/** What an attribute is written from. */
export interface TagContext {
  readonly painting: Painting;
  /** Where what the element shows is read. */
  readonly level: Level;
  /** Where its braces are read: for a scope in a row, in the row. */
  readonly outer: Level;
}

/** Returns what becomes of an attribute, given what it was; `undefined` means that the element is without it. */
export type Writer = (before: string | undefined, context: TagContext) => string | undefined;

/** One attribute that is not written as it stands. */
interface Slot {
  readonly name: string;
  readonly initial: string | undefined;
  readonly writers: Writer[];
}

type OuterOf = (painting: Painting, level: Level) => Level;

/** The start tag of an element, of which most is written as it stands in the page. */
export class StartTag {
  readonly #source: Source;
  readonly #element: MarkupElement;
  readonly #slots = new Map<string, Slot>();

  readonly #outerOf: OuterOf;

  constructor(
    source: Source,
    element: MarkupElement,
    /** Returns where its braces are read. */
    outerOf: OuterOf = (_, level) => level,
  ) {
    this.#source = source;
    this.#element = element;
    this.#outerOf = outerOf;
  }

  /** Whether it is written as it stands. */
  get isPlain(): boolean {
    return this.#slots.size === 0;
  }

  /** Has an attribute written by this, after what has been added before. */
  add(name: string, writer: Writer): void {
    const key = name.toLowerCase();
    const slot = this.#slots.get(key) ?? { name, initial: this.#initial(key), writers: [] };
    this.#slots.set(key, slot);
    slot.writers.push(writer);
  }

  /** Returns what an attribute is once it is written. */
  read(name: string, context: TagContext): string | undefined {
    const slot = this.#slots.get(name);
    return slot ? valueOf(slot, context) : this.#initial(name);
  }

  /** Returns what writes the tag. */
  segments(): Segment[] {
    const { html } = this.#source;
    const { attributes, repeated, start, contentStart, isSelfClosing } = this.#element;
    const segments: Segment[] = [];
    let at = start;
    const write = (slot: Slot) =>
      segments.push((painting, level) => {
        const value = valueOf(slot, { painting, level, outer: this.#outerOf(painting, level) });
        if (value !== undefined) painting.text += ` ${slot.name}="${escapeHtml(value)}"`;
      });
    // Of two with one name browsers know the first, so the other must not take its place.
    const replaced = [...attributes, ...repeated]
      .filter(({ name }) => this.#slots.has(name))
      .sort((one, other) => one.start - other.start);
    for (const each of replaced) {
      const isSpaced = each.start > at && /\s/.test(html[each.start - 1]!);
      segments.push(html.slice(at, isSpaced ? each.start - 1 : each.start));
      at = each.end;
      if (attributes.includes(each)) write(this.#slots.get(each.name)!);
    }
    const end = isSelfClosing ? contentStart - 2 : contentStart - 1;
    segments.push(html.slice(at, end));
    const known = new Set(attributes.map(({ name }) => name));
    for (const [key, slot] of this.#slots) if (!known.has(key)) write(slot);
    segments.push(html.slice(end, contentStart));
    return segments;
  }

  #initial(name: string): string | undefined {
    const found = this.#element.attributes.find((each) => each.name === name);
    return found && decode(this.#source.html.slice(found.valueStart, found.valueEnd));
  }
}

function valueOf({ initial, writers }: Slot, context: TagContext): string | undefined {
  let value = initial;
  for (const write of writers) value = write(value, context);
  return value;
}
