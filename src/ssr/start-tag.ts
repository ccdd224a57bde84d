import { escapeHtml } from "./escape.ts";
import type { Frame, Segment } from "./frame.ts";
import type { AttributeToken } from "./tokens.ts";
import type { PageElement } from "./tree.ts";

/** The attributes that are set while a tag is made: `null` takes one away, and `undefined` leaves it as it is. */
export type Slots = (string | null | undefined)[];

/** Sets attributes of a tag for what is around it. */
export type Write = (slots: Slots, frame: Frame) => void;

/** Makes the start tag of an element: as it is written, but for the attributes that are set. */
export class StartTag {
  readonly #element: PageElement;
  readonly #source: string;
  /** The place of each attribute among those that are set. */
  readonly #slots = new Map<string, number>();
  readonly #outer: Write[] = [];
  readonly #inner: Write[] = [];

  constructor(element: PageElement, source: string) {
    this.#element = element;
    this.#source = source;
  }

  /** Returns the place of an attribute among those that are set. */
  slot(name: string): number {
    const slot = this.#slots.get(name) ?? this.#slots.size;
    this.#slots.set(name, slot);
    return slot;
  }

  /** Sets attributes for what is around the element, before others are. */
  fill(write: Write): void {
    this.#outer.push(write);
  }

  /** Sets attributes for what is around the element, or for the instance that it shows. */
  write(write: Write): void {
    this.#inner.push(write);
  }

  /** Returns what makes the tag, given what is around the element and what is around its content. */
  make(): { readonly make: (slots: Slots) => string; readonly isStatic: boolean } {
    const { tag } = this.#element;
    const segments: (string | number)[] = [];
    const isSet = ({ name }: AttributeToken) => this.#slots.has(name);
    const written = tag.attributes.filter(isSet);
    // Where the first of two is taken away, the other must not take its place.
    const left = [...written, ...tag.repeated.filter(isSet)]
      .sort((one, other) => one.start - other.start);
    const found = new Map(written.map((each) => [each.name, each]));
    const added = [...this.#slots.keys()].filter((name) => !found.has(name));
    const nameEnd = tag.start + 1 + tag.name.length;
    segments.push(this.#source.slice(tag.start, nameEnd));
    for (const name of added) segments.push(this.slot(name));
    let at = nameEnd;
    for (const each of left) {
      segments.push(this.#source.slice(at, each.start));
      if (found.get(each.name) === each) segments.push(this.slot(each.name));
      at = each.end;
    }
    segments.push(this.#source.slice(at, tag.end));
    const names = [...this.#slots.keys()];
    const sources = names.map((name) => {
      const each = found.get(name);
      return each && this.#source.slice(each.start, each.end);
    });
    return {
      isStatic: this.#outer.length + this.#inner.length === 0,
      make: (slots) => {
        let text = "";
        for (const segment of segments) {
          text += typeof segment === "string"
            ? segment
            : attributeSource(names[segment]!, slots[segment], sources[segment]);
        }
        return text;
      },
    };
  }

  /** Returns the segment of the tag, for an element that is no scope. */
  segment(): Segment {
    const { make, isStatic } = this.make();
    if (isStatic) return make([]);
    return (frame) => make(this.slotsFor(frame, frame));
  }

  /** Returns the attributes that are set for what is around the element, and around its content. */
  slotsFor(outside: Frame, inside: Frame): Slots {
    const slots: Slots = [];
    for (const write of this.#outer) write(slots, outside);
    for (const write of this.#inner) write(slots, inside);
    return slots;
  }
}

/** An attribute that the page has comes after a space there; any other brings its own. */
function attributeSource(
  name: string,
  value: string | null | undefined,
  source: string | undefined,
): string {
  if (value === undefined) return source ?? "";
  if (value === null) return "";
  const text = `${name}="${escapeHtml(value)}"`;
  return source === undefined ? ` ${text}` : text;
}
