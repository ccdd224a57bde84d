import type { MarkupElement } from "./element.ts";
import { boundary, heading, holdingHtml, special } from "./kinds-of-element.ts";

/** Elements between whose ends and what is above them others may be. */
const passable: ReadonlySet<string> = new Set(["address", "div", "p"]);

/** Places in the stack, of which the last is the innermost. */
class Places {
  readonly #all: number[] = [];

  get last(): number {
    return this.#all.at(-1) ?? -1;
  }

  push(place: number): void {
    this.#all.push(place);
  }

  pop(place: number): void {
    if (this.last === place) this.#all.pop();
  }
}

/**
 * The elements that are open at a point of the page, innermost last. It knows where the innermost of each name is, so no
 * question takes a search, and each element is pushed and popped once.
 */
export class OpenElements {
  readonly #stack: MarkupElement[] = [];
  readonly #byName = new Map<string, Places>();
  readonly #headings = new Places();
  readonly #templates = new Places();
  readonly #tables = new Places();
  readonly #boundaries = new Places();
  readonly #specials = new Places();
  readonly #stops = new Places();

  /** The innermost element. */
  get top(): MarkupElement | undefined {
    return this.#stack.at(-1);
  }

  /** How many there are. */
  get size(): number {
    return this.#stack.length;
  }

  /** The place of the innermost `<template>`, or -1. */
  get template(): number {
    return this.#templates.last;
  }

  /** The place of the innermost element that holds parts of tables, or -1. */
  get table(): number {
    return this.#tables.last;
  }

  /** The place of the innermost element that end tags of others do not pass, or -1. */
  get boundary(): number {
    return this.#boundaries.last;
  }

  /** The place of the innermost element that is special, or -1. */
  get special(): number {
    return this.#specials.last;
  }

  /** The innermost element beyond which an item of a list is not looked for. */
  get stop(): MarkupElement | undefined {
    return this.#stack[this.#stops.last];
  }

  /** The place of the innermost heading, or -1. */
  get heading(): number {
    return this.#headings.last;
  }

  /** Returns the place of the innermost element of a name, or -1. */
  place(name: string): number {
    return this.#byName.get(name)?.last ?? -1;
  }

  push(element: MarkupElement): void {
    const place = this.#stack.push(element) - 1;
    const named = this.#byName.get(element.name) ?? new Places();
    this.#byName.set(element.name, named);
    named.push(place);
    for (const each of this.#listsOf(element)) each.push(place);
  }

  pop(): MarkupElement {
    const element = this.#stack.pop()!;
    const place = this.#stack.length;
    this.#byName.get(element.name)!.pop(place);
    for (const each of this.#listsOf(element)) each.pop(place);
    return element;
  }

  #listsOf({ name, namespace }: MarkupElement): Places[] {
    if (namespace !== "html") {
      return holdingHtml[namespace].has(name)
        ? [this.#boundaries, this.#specials, this.#stops]
        : [];
    }
    const lists: Places[] = [];
    if (special.has(name)) {
      lists.push(this.#specials);
      if (!passable.has(name)) lists.push(this.#stops);
    }
    if (boundary.has(name)) lists.push(this.#boundaries);
    if (name === "table" || name === "template") lists.push(this.#tables);
    if (name === "template") lists.push(this.#templates);
    if (heading.has(name)) lists.push(this.#headings);
    return lists;
  }
}
