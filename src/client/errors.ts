import { having, naBind, naError, naKeyVal } from "../page/attributes.ts";
import { readPath, toText } from "../page/evaluate.ts";
import type { ErrorPatch } from "../processor/message.ts";
import { type Control, controls, controlsOf } from "./controls.ts";
import { all, attribute, call, closest, get, set, setOrRemove, tag } from "./dom.ts";
import { nameOf } from "./payload.ts";
import { randomId } from "./random-id.ts";
import { closestScope } from "./scope-elements.ts";

/** What holds places for errors within a scope. */
const holding = `form,[${naKeyVal}]`;

const marks = ["aria-invalid", "aria-describedby"];

/** A place for errors. */
interface Place {
  readonly element: Element;
  /** The field that it is for; `""` for what is wrong with the whole. */
  readonly field: string;
  /** What it is in, from its form or row out to the scope. */
  readonly around: readonly Element[];
}

/** The errors of a scope: each is shown in the nearest place around its sender, and tied to the controls it is about. */
export class Errors {
  readonly #scope: Element;
  /** What takes back the marks of controls, with what these are in. */
  #marks: readonly (readonly [holder: Element, takeBack: () => void])[] = [];

  constructor(scope: Element) {
    this.#scope = scope;
  }

  /** Takes all errors away. */
  clear(): void {
    for (const { element } of this.#places()) write(element, "");
    this.#takeBack(() => true);
  }

  /** Shows an error, in place of what was shown around its sender before, and returns whether there was a place for it. */
  show(error: ErrorPatch, sender: Element = this.#scope): boolean {
    const around = this.#around(sender);
    const textFor = ({ field }: Place) =>
      toText(field ? readPath(error.fields, [field]) : error.message);
    const distance = (place: Place) => around.indexOf(place.around[0]!);
    const places = this.#places();
    let placed = places.filter((place) => distance(place) >= 0);
    // What nothing around the sender shows may be shown in a form, but not what another form has sent.
    if (!placed.some(textFor) && !around.some(isForm)) {
      placed = places.filter((place) => place.around.slice(0, -1).every(isForm));
    }
    this.#takeBack((holder) => around.includes(holder));
    const shown = placed.filter((place) =>
      textFor(place) !== "" &&
      placed.every((other) => other.field !== place.field || distance(other) >= distance(place))
    );
    for (const place of placed) write(place.element, shown.includes(place) ? textFor(place) : "");
    for (const field of Object.keys(error.fields ?? {})) {
      this.#mark(field, around, shown.find((each) => each.field === field)?.element);
    }
    return shown.length > 0;
  }

  #places(): Place[] {
    return all(this.#scope, having(naError))
      .filter((element) => closestScope(element) === this.#scope)
      .map((element) => ({
        element,
        field: attribute(element, naError) ?? "",
        around: this.#around(element),
      }));
  }

  #around(element: Element): Element[] {
    const found: Element[] = [];
    let at: Element | null = element;
    while (at && (at = closest(at, holding)) && at !== this.#scope) {
      if (!call(this.#scope, "contains", at)) break;
      found.push(at);
      at = get(at, "parentElement");
    }
    return [...found, this.#scope];
  }

  /** Marks the nearest controls of a field as wrong, described by the place that says why. */
  #mark(field: string, around: readonly Element[], place: Element | undefined): void {
    for (const holder of around) {
      const inside = isForm(holder) ? controlsOf(holder) : all(holder, controls) as Control[];
      const wrong = inside.filter((control) =>
        nameOf(control) === field || attribute(control, naBind) === field
      );
      if (place && !attribute(place, "id")) call(place, "setAttribute", "id", `e-${randomId()}`);
      for (const control of wrong) {
        const before = marks.map((name) => attribute(control, name));
        const ids = [before[1], place && attribute(place, "id")].filter(Boolean).join(" ");
        const mark = (values: readonly (string | null | undefined)[]) =>
          marks.forEach((name, index) => setOrRemove(control, name, values[index] || null));
        mark(["true", ids]);
        this.#marks = [...this.#marks, [holder, () => mark(before)]];
      }
      if (wrong.length > 0) return;
    }
  }

  #takeBack(isOver: (holder: Element) => boolean): void {
    const before = this.#marks;
    this.#marks = before.filter(([holder]) => !isOver(holder));
    for (const [holder, takeBack] of before) if (isOver(holder)) takeBack();
  }
}

function isForm(element: Element): element is HTMLFormElement {
  return tag(element) === "form";
}

function write(place: Element, text: string): void {
  if (text !== "" && attribute(place, "role") === null) {
    call(place, "setAttribute", "role", "alert");
  }
  // The same text once more is said once more.
  if (text !== "" || get(place, "textContent") !== "") set(place, "textContent", text);
}
