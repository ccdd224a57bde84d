import { naBind, ngBind } from "../page/attributes.ts";
import { isAmong, isChecked, isShownType } from "../page/choice.ts";
import { toText } from "../page/evaluate.ts";
import { withoutHint } from "../page/value.ts";
import { own } from "../shared/own.ts";
import { typeOf } from "./control-type.ts";
import type { Frame } from "./frame.ts";
import type { FormPlan } from "./form-plan.ts";
import { readingAt, readingOfText } from "./reading.ts";
import type { StartTag } from "./start-tag.ts";
import { type PageElement, textOf } from "./tree.ts";

/** Returns what a control is to show, or `undefined` to leave it as it is written. */
export type ReadControl = (frame: Frame) => unknown;

/** Returns what reads what a control is to show: what its `na-bind` says, or its name in a form that is bound. */
export function controlReading(
  element: PageElement,
  { depth, form }: { readonly depth: number; readonly form: FormPlan | undefined },
): ReadControl {
  const name = textOf(element, "name") ?? "";
  const reading = readingOfControl();
  return (frame) => {
    const values = frame.refused?.values;
    if (values && name !== "" && Object.hasOwn(values, name)) return own(values)[name];
    return reading?.isKnown(frame) ? reading.read(frame) : undefined;
  };

  function readingOfControl() {
    const old = textOf(element, ngBind);
    if (old !== undefined) {
      const names = withoutHint(old).split(".");
      return readingAt({ up: 0, isLocal: false, names }, depth);
    }
    const bound = textOf(element, naBind);
    if (bound !== undefined) return readingOfText(bound, depth);
    if (!form?.bound || name === "" || !isShownType(typeOf(element))) return undefined;
    const { up, names } = form.bound;
    return readingAt({
      up: up + depth - form.depth,
      isLocal: false,
      names: [...names, ...name.split(".")],
    }, depth);
  }
}

/** Shows a value in an `<input>`. */
export function bindInput(element: PageElement, start: StartTag, read: ReadControl): void {
  const type = typeOf(element);
  if (type === "file" || type === "image") return;
  const written = textOf(element, "value");
  if (type !== "checkbox" && type !== "radio") {
    const slot = start.slot("value");
    start.write((slots, frame) => {
      const value = read(frame);
      if (value === undefined) return;
      // A browser leaves line feeds out of what has one line.
      const text = toText(value).replace(/[\r\n]/g, "");
      if (text !== (slots[slot] ?? written ?? "")) slots[slot] = text;
    });
    return;
  }
  const [checked, value] = [start.slot("checked"), start.slot("value")];
  const isWritten = textOf(element, "checked") !== undefined;
  start.write((slots, frame) => {
    const wanted = read(frame);
    if (wanted === undefined) return;
    const own = slots[value] ?? written;
    const isNow = isChecked(wanted, { type, own });
    if (isNow !== isWritten) slots[checked] = isNow ? "" : null;
  });
}

/** Chooses an `<option>`, of which the content is known, if the `<select>` around it shows its value. */
export function isSelected(frame: Frame, text: string): boolean | undefined {
  const { chosen } = frame;
  if (!chosen || chosen.value === undefined) return undefined;
  return chosen.isMultiple ? isAmong(chosen.value, text) : toText(chosen.value) === text;
}
