import type { Control } from "./controls.ts";
import type { Drafts } from "./drafts.ts";
import { parsePath, type Path, readPath, toText } from "./path.ts";

/** A place in the page that shows the value at a path. */
export interface Binding {
  readonly element: Element;
  readonly path: Path;
  show(value: unknown): void;
  /** Takes back what it has added to the page. */
  remove?(): void;
}

/** Everything that is bound to one value: to an instance's state, or to the item of a row. */
export class Bindings {
  #bindings: readonly Binding[] = [];

  /** Adds places. */
  add(bindings: readonly Binding[]): void {
    this.#bindings = [...this.#bindings, ...bindings];
  }

  /** Forgets the places that are gone, and returns their elements. */
  forget(isGone: (element: Element) => boolean): readonly Element[] {
    const gone = this.#bindings.filter(({ element }) => isGone(element));
    this.#bindings = this.#bindings.filter((binding) => !gone.includes(binding));
    for (const binding of gone) binding.remove?.();
    return gone.map(({ element }) => element);
  }

  /** Shows a value in all places, or only in those that depend on a changed property. */
  show(value: unknown, changed?: ReadonlySet<string>): void {
    for (const binding of this.#bindings) {
      const [property] = binding.path;
      if (property === undefined || changed === undefined || changed.has(property)) {
        binding.show(readPath(value, binding.path));
      }
    }
  }
}

/** Text content. What the markup says stays until there is a value. */
export class TextBinding implements Binding {
  readonly element: Element;
  readonly path: Path;
  #text: string | undefined;

  constructor(element: Element, path: Path) {
    this.element = element;
    this.path = path;
  }

  show(value: unknown): void {
    if (value === undefined && this.#text === undefined) return;
    const text = toText(value);
    if (text === this.#text) return;
    this.#text = text;
    this.element.textContent = text;
  }
}

/** The value of a form control, unless a person is changing it. */
export class ControlBinding implements Binding {
  readonly element: Control;
  readonly path: Path;
  readonly #drafts: Drafts;

  constructor(control: Control, path: Path, drafts: Drafts) {
    this.element = control;
    this.path = path;
    this.#drafts = drafts;
  }

  show(value: unknown): void {
    this.#drafts.show(this.element, value);
  }
}

const placeholder = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** An attribute of a row with `{{path}}` in it, filled in from the row's item. */
export class AttributeBinding implements Binding {
  readonly element: Element;
  readonly path: Path = [];
  readonly #name: string;
  readonly #pattern: string;
  #text: string | undefined;

  constructor(element: Element, { name, value }: Attr) {
    this.element = element;
    this.#name = name;
    this.#pattern = value;
  }

  show(item: unknown): void {
    const text = this.#pattern.replace(
      placeholder,
      (_, expression: string) => toText(readPath(item, parsePath(expression))),
    );
    if (text === this.#text) return;
    this.#text = text;
    this.element.setAttribute(this.#name, text);
  }
}
